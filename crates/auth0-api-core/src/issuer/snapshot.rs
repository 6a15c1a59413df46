//! An issuer's keys from one fetch, and the check whether they are still the current ones.

use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use super::documents::Fetched;
use super::key_set::KeySet;
use crate::clock::elapsed;
use crate::sync::ArcSwapOption;

/// An issuer's keys from one fetch.
#[derive(Debug)]
pub(super) struct Snapshot {
    fetched_at: SystemTime,
    /// The age at which a refresh is due.
    refresh_after: Duration,
    fetched: Fetched,
}

/// The present keys of an issuer; empty before the first successful fetch, and after the issuer was evicted.
pub(super) type CurrentSnapshot = ArcSwapOption<Snapshot>;

/// The key set that a token was verified with.
///
/// Each remembered token has a [`KeySetVersion`]. It keeps neither the issuer's state nor old keys in memory: it has a
/// weak reference to its key set, and [`IssuerState`](super::state::IssuerState) empties `current` when the issuer is
/// evicted.
#[derive(Debug)]
pub(crate) struct KeySetVersion {
    keys: Weak<KeySet>,
    current: Arc<CurrentSnapshot>,
}

impl Snapshot {
    /// Creates the snapshot of a key set that was fetched at this time.
    pub(super) fn new(fetched: Fetched, fetched_at: SystemTime, refresh_after: Duration) -> Self {
        Self { fetched_at, refresh_after, fetched }
    }

    /// The key set. If a fetch finds the key set unchanged, the new snapshot shares it with the old one.
    pub(super) fn keys(&self) -> &Arc<KeySet> {
        &self.fetched.keys
    }

    pub(super) fn fetched(&self) -> &Fetched {
        &self.fetched
    }

    /// Returns how old the keys are.
    ///
    /// `now` is the time when a request begins, and `fetched_at` is the time when a fetch ends. So `now` may be a
    /// little earlier than `fetched_at`, and the age is then zero. If the clock was set back, the keys count as
    /// expired: they could otherwise be used for much longer than the policy allows.
    pub(super) fn age(&self, now: SystemTime) -> Duration {
        elapsed(self.fetched_at, now).unwrap_or(Duration::MAX)
    }

    /// Whether the keys are so old that a refresh is due.
    pub(super) fn is_refresh_due(&self, now: SystemTime) -> bool {
        self.age(now) >= self.refresh_after
    }
}

impl KeySetVersion {
    pub(super) fn new(keys: &Arc<KeySet>, current: &Arc<CurrentSnapshot>) -> Self {
        Self { keys: Arc::downgrade(keys), current: Arc::clone(current) }
    }

    /// Whether this key set is still the issuer's current one. Returns false as soon as a refresh is due: the caller
    /// then asks [`Trust::still_uses`](super::trust::Trust::still_uses), which starts the refresh. Also returns false if
    /// the issuer was evicted, or if the clock was set back.
    pub(crate) fn is_current(&self, now: SystemTime) -> bool {
        self.current.load().as_ref().is_some_and(|snapshot| self.is_of(snapshot) && !snapshot.is_refresh_due(now))
    }

    /// Whether the issuer has no other key set by now. Its keys may be old.
    pub(crate) fn is_latest(&self) -> bool {
        self.current.load().as_ref().is_some_and(|snapshot| self.is_of(snapshot))
    }

    /// Whether the key set was published there.
    pub(super) fn is_from(&self, current: &Arc<CurrentSnapshot>) -> bool {
        Arc::ptr_eq(&self.current, current)
    }

    /// Whether this is the key set of the snapshot.
    pub(super) fn is_of(&self, snapshot: &Snapshot) -> bool {
        // The weak reference keeps the address of the key set reserved, so no later key set has the same address.
        std::ptr::eq(Arc::as_ptr(snapshot.keys()), self.keys.as_ptr())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::UNIX_EPOCH;

    use super::super::documents::KeySource;
    use super::*;
    use crate::jose::{Algorithm, AlgorithmSet};

    /// RFC 9449 §4.1.
    const JWKS: &[u8] = br#"{"keys":[{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}]}"#;
    const REFRESH_AFTER: Duration = Duration::from_secs(480);

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    fn fetched_keys() -> Arc<KeySet> {
        Arc::new(KeySet::parse(JWKS, &AlgorithmSet::new([Algorithm::ES256]).unwrap(), 100).unwrap())
    }

    fn publish(current: &CurrentSnapshot, keys: &Arc<KeySet>, fetched_at: SystemTime) {
        let fetched = Fetched { keys: Arc::clone(keys), source: KeySource::default() };
        current.store(Some(Arc::new(Snapshot::new(fetched, fetched_at, REFRESH_AFTER))));
    }

    #[test]
    fn a_version_is_current_until_the_keys_change_or_a_refresh_is_due() {
        let (current, first, second) = (Arc::default(), fetched_keys(), fetched_keys());
        publish(&current, &first, at(0));
        let version = KeySetVersion::new(&first, &current);
        assert_eq!([0, 479, 480].map(|second| version.is_current(at(second))), [true, true, false]);

        publish(&current, &first, at(500));
        assert_eq!([500, 979, 980].map(|second| version.is_current(at(second))), [true, true, false]);

        publish(&current, &second, at(600));
        assert!(!version.is_current(at(600)) && KeySetVersion::new(&second, &current).is_current(at(600)));
    }

    #[test]
    fn a_version_is_not_current_after_its_issuer_is_evicted_or_the_clock_is_set_back() {
        let (current, keys) = (Arc::default(), fetched_keys());
        publish(&current, &keys, at(1000));
        let version = KeySetVersion::new(&keys, &current);
        assert_eq!([939, 940].map(|second| version.is_current(at(second))), [false, true]);
        current.store(None);
        assert!(!version.is_current(at(1000)));
    }

    #[test]
    fn a_version_does_not_keep_old_keys_in_memory() {
        let (current, first) = (Arc::default(), fetched_keys());
        publish(&current, &first, at(0));
        let version = KeySetVersion::new(&first, &current);
        publish(&current, &fetched_keys(), at(1));
        drop(first);
        assert!(version.keys.upgrade().is_none());
    }
}
