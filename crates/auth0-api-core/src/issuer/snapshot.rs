//! An issuer's keys from one fetch, and the check whether they are still the current ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::documents::KeySource;
use super::key_set::KeySet;
use crate::clock::since_epoch;

/// An issuer's keys from one fetch.
///
/// `generation` numbers the key sets of an issuer from 1. If a fetch finds the key set unchanged, the new snapshot has
/// the same generation.
#[derive(Debug)]
pub(crate) struct Snapshot {
    fetched_at: SystemTime,
    generation: u64,
    issuer: Arc<str>,
    keys: Arc<KeySet>,
    source: KeySource,
    current_version: Arc<CurrentVersion>,
}

/// The key set that a token was verified with.
#[derive(Clone, Debug)]
pub(crate) struct KeySetVersion {
    generation: u64,
    current_version: Arc<CurrentVersion>,
}

/// Which of an issuer's key sets is the current one. All snapshots and [`KeySetVersion`]s of one issuer share this
/// record.
///
/// Each remembered token has a [`KeySetVersion`]. It has a reference to this small record and not to the issuer's
/// state. So a remembered token does not keep an evicted issuer in memory, and the check needs no lock.
#[derive(Debug, Default)]
pub(super) struct CurrentVersion {
    /// The generation of the current key set; 0 before the first fetch, and after the issuer was evicted.
    generation: AtomicU64,
    /// When the set was fetched, in milliseconds since the epoch.
    fetched_at: AtomicU64,
    /// When a refresh is due, in milliseconds since the epoch.
    refresh_at: AtomicU64,
}

impl Snapshot {
    /// Creates the snapshot of an issuer's first key set, or of a key set that differs from the last one.
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

    /// Creates a snapshot of the same key set, after a later fetch has found it unchanged.
    pub(super) fn confirmed(&self, source: KeySource, fetched_at: SystemTime) -> Self {
        let (issuer, keys, current_version) =
            (Arc::clone(&self.issuer), Arc::clone(&self.keys), Arc::clone(&self.current_version));
        Self { fetched_at, generation: self.generation, issuer, keys, source, current_version }
    }

    /// Makes this key set the issuer's current one.
    ///
    /// The order of the three stores matters, because [`KeySetVersion::is_current`] reads them without a lock. The
    /// generation is stored last and read first, so a reader that sees the new generation also sees the new times. A
    /// reader that reads between the stores still sees the previous generation, and may treat the previous key set as
    /// current once more.
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

    /// Returns how old the keys are.
    ///
    /// `now` is the time when a request begins, and `fetched_at` is the time when a fetch ends. So `now` may be a
    /// little earlier than `fetched_at`, and the age is then zero. If `now` is earlier by more than [`CLOCK_SLACK`],
    /// the clock was set back, and the keys count as expired.
    pub(super) fn age(&self, now: SystemTime) -> Duration {
        now.duration_since(self.fetched_at).unwrap_or(if self.fetched_at > now + CLOCK_SLACK {
            Duration::MAX
        } else {
            Duration::ZERO
        })
    }
}

impl KeySetVersion {
    /// Whether this key set is still the issuer's current one. Returns false as soon as a refresh is due. The caller
    /// then verifies the token again, and this verification starts the refresh. Also returns false if the issuer was
    /// evicted, or if the clock was set back by more than [`CLOCK_SLACK`].
    pub(crate) fn is_current(&self, now: SystemTime) -> bool {
        let now = u64::try_from(since_epoch(now).as_millis()).unwrap_or(u64::MAX);
        let slack = u64::try_from(CLOCK_SLACK.as_millis()).unwrap_or(u64::MAX);
        self.current_version.generation.load(Ordering::Acquire) == self.generation
            && now < self.current_version.refresh_at.load(Ordering::Acquire)
            && now.saturating_add(slack) >= self.current_version.fetched_at.load(Ordering::Acquire)
    }
}

impl CurrentVersion {
    /// Makes all versions outdated. The issuer was evicted, so the client no longer notices when the issuer's keys
    /// change.
    pub(super) fn end(&self) {
        self.generation.store(0, Ordering::Release);
    }
}

/// How much later than the time of a request the fetch of its keys may have ended. A request reads the clock before the
/// fetch ends.
pub(super) const CLOCK_SLACK: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

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
    fn a_version_is_current_until_the_keys_change_or_a_refresh_is_due() {
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
    fn a_version_is_not_current_after_its_issuer_is_evicted_or_the_clock_is_set_back() {
        let current_version = Arc::default();
        let snapshot = changed(None, &current_version, at(1000));
        snapshot.publish(REFRESH_AFTER);
        let version = snapshot.version();
        assert_eq!([939, 940].map(|second| version.is_current(at(second))), [false, true]);
        current_version.end();
        assert!(!version.is_current(at(1000)));
    }
}
