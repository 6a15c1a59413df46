//! An issuer's keys as last fetched, and whether they still are what the issuer says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::documents::KeySource;
use super::key_set::KeySet;
use crate::clock::since_epoch;

/// The keys as last fetched.
#[derive(Debug)]
pub(crate) struct Snapshot {
    fetched_at: SystemTime,
    generation: u64,
    issuer: Arc<str>,
    keys: Arc<KeySet>,
    source: KeySource,
    current_version: Arc<CurrentVersion>,
}

/// Which set of keys a token was verified with.
#[derive(Clone, Debug)]
pub(crate) struct KeySetVersion {
    generation: u64,
    current_version: Arc<CurrentVersion>,
}

/// What an issuer's keys are at the moment; all snapshots of one issuer share it.
#[derive(Debug, Default)]
pub(super) struct CurrentVersion {
    /// Changes with the set: 0 while there is none, and once the issuer is no longer held.
    generation: AtomicU64,
    /// Milliseconds since the epoch.
    fetched_at: AtomicU64,
    refresh_at: AtomicU64,
}

impl Snapshot {
    /// The first set of an issuer, or another one than before.
    pub(super) fn changed(
        last: Option<&Self>,
        issuer: Arc<str>,
        current_version: &Arc<CurrentVersion>,
        keys: KeySet,
        source: KeySource,
        fetched_at: SystemTime,
    ) -> Self {
        let generation = last.map_or(0, |last| last.generation) + 1;
        Self {
            fetched_at,
            generation,
            issuer,
            keys: Arc::new(keys),
            source,
            current_version: Arc::clone(current_version),
        }
    }

    /// The same set, confirmed.
    pub(super) fn confirmed(&self, source: KeySource, fetched_at: SystemTime) -> Self {
        let (issuer, keys, current_version) =
            (Arc::clone(&self.issuer), Arc::clone(&self.keys), Arc::clone(&self.current_version));
        Self { fetched_at, generation: self.generation, issuer, keys, source, current_version }
    }

    /// Makes it the issuer's current one.
    pub(super) fn publish(&self, refresh_after: Duration) {
        let milliseconds = |time| u64::try_from(since_epoch(time).as_millis()).unwrap_or(u64::MAX);
        self.current_version.fetched_at.store(milliseconds(self.fetched_at), Ordering::Release);
        self.current_version.refresh_at.store(milliseconds(self.fetched_at + refresh_after), Ordering::Release);
        self.current_version.generation.store(self.generation, Ordering::Release);
    }

    pub(super) fn keys(&self) -> &KeySet {
        &self.keys
    }

    pub(super) fn issuer(&self) -> Arc<str> {
        Arc::clone(&self.issuer)
    }

    pub(super) fn source(&self) -> &KeySource {
        &self.source
    }

    pub(super) fn version(&self) -> KeySetVersion {
        KeySetVersion { generation: self.generation, current_version: Arc::clone(&self.current_version) }
    }

    /// A clock that was set back makes a snapshot old, never fresh for longer.
    pub(super) fn age(&self, now: SystemTime) -> Duration {
        now.duration_since(self.fetched_at).unwrap_or(if self.fetched_at > now + CLOCK_SLACK {
            Duration::MAX
        } else {
            Duration::ZERO
        })
    }
}

impl KeySetVersion {
    /// Whether the issuer's keys are still these, as far as anybody can know without asking it: false from when newer ones are
    /// due, so that the one who wants to know goes the long way, which asks.
    pub(crate) fn is_current(&self, now: SystemTime) -> bool {
        let now = u64::try_from(since_epoch(now).as_millis()).unwrap_or(u64::MAX);
        let slack = u64::try_from(CLOCK_SLACK.as_millis()).unwrap_or(u64::MAX);
        self.current_version.generation.load(Ordering::Acquire) == self.generation
            && now < self.current_version.refresh_at.load(Ordering::Acquire)
            && now.saturating_add(slack) >= self.current_version.fetched_at.load(Ordering::Acquire)
    }
}

impl CurrentVersion {
    /// The issuer is no longer held: nobody will notice when its keys change.
    pub(super) fn end(&self) {
        self.generation.store(0, Ordering::Release);
    }
}

/// Fetches end a little after the request that asked for them began.
pub(super) const CLOCK_SLACK: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::jose::{Algorithm, AlgorithmSet};

    /// RFC 9449 §4.1.
    const JWKS: &[u8] = br#"{"keys":[{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}]}"#;
    const REFRESH_AFTER: Duration = Duration::from_secs(480);

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    fn changed(last: Option<&Snapshot>, current_version: &Arc<CurrentVersion>, fetched_at: SystemTime) -> Snapshot {
        let keys = KeySet::parse(JWKS, &AlgorithmSet::new([Algorithm::ES256]).unwrap(), 100).unwrap();
        Snapshot::changed(
            last,
            "https://tenant.example/".into(),
            current_version,
            keys,
            KeySource::default(),
            fetched_at,
        )
    }

    #[test]
    fn a_version_is_current_until_the_keys_change_or_newer_ones_are_due() {
        let current_version = Arc::default();
        let first = changed(None, &current_version, at(0));
        first.publish(REFRESH_AFTER);
        let version = first.version();
        assert_eq!([0, 479, 480].map(|second| version.is_current(at(second))), [true, true, false]);

        first.confirmed(KeySource::default(), at(500)).publish(REFRESH_AFTER);
        assert_eq!([500, 979, 980].map(|second| version.is_current(at(second))), [true, true, false]);

        let second = changed(Some(&first), &current_version, at(600));
        second.publish(REFRESH_AFTER);
        assert!(!version.is_current(at(600)) && second.version().is_current(at(600)));
    }

    #[test]
    fn a_version_ends_with_its_issuer_and_with_a_clock_set_back() {
        let current_version = Arc::default();
        let snapshot = changed(None, &current_version, at(1000));
        snapshot.publish(REFRESH_AFTER);
        let version = snapshot.version();
        assert_eq!([939, 940].map(|second| version.is_current(at(second))), [false, true]);
        current_version.end();
        assert!(!version.is_current(at(1000)));
    }
}
