//! What is known about an issuer's fetches: the last failure, the permits, and the unknown `kid`s.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::permits::Permits;
use super::removed_keys::RemovedKeys;
use super::unknown_keys::UnknownKeys;
use super::{CheckedKeyPolicy, DiscoveryError, KeysUnavailable};
use crate::back_off::BackOff;
use crate::clock::elapsed;

/// The state of an issuer's fetches. [`IssuerState`](super::state::IssuerState) keeps it behind a lock.
///
/// Callers pass the time that they read while they hold the lock, so the time never goes back unless the clock was set
/// back.
#[derive(Debug)]
pub(super) struct Fetching {
    /// Limits the fetches that unknown `kid`s cause.
    pub(super) permits: Permits,
    pub(super) unknown: UnknownKeys,
    pub(super) removed: RemovedKeys,
    /// When the fetch in progress begins, while it waits for its permit.
    pub(super) begins_at: Option<SystemTime>,
    pub(super) first: FirstFetch,
    /// The key set that the next fetch asks for, if the last one was told to try later.
    pub(super) postponed: Option<PostponedKeySet>,
    /// How often an operator has begun to ask for keys, and whether they still wait for a fetch that succeeds.
    pub(super) refreshes: u64,
    is_refreshing: bool,
    back_off: BackOff,
    failure: Option<Failure>,
}

/// The URL of a key set whose server answered that this client must try later.
#[derive(Debug)]
pub(super) struct PostponedKeySet {
    pub(super) jwks_uri: String,
    /// When the discovery document was fetched.
    pub(super) read_at: SystemTime,
    /// [`Fetching::refreshes`] when the fetch began.
    pub(super) refreshes: u64,
}

/// The permits of an issuer without a verified token.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FirstFetch {
    /// When the first fetch may begin, if it needs no further permit.
    pub(super) begins_at: Option<SystemTime>,
    /// The permits that this issuer has taken so far. They are returned when the issuer has a verified token.
    pub(super) permits: u32,
}

/// The failure of the last fetch.
#[derive(Clone, Debug)]
struct Failure {
    at: SystemTime,
    /// The number of failures since the last success.
    count: u32,
    /// `retry_after` is the length of the back-off.
    error: KeysUnavailable,
}

impl FirstFetch {
    /// The first fetch needs no permit.
    pub(super) fn free(now: SystemTime) -> Self {
        Self { begins_at: Some(now), permits: 0 }
    }

    /// The first fetch has taken its permit, and begins at this time.
    pub(super) fn paid(begins_at: SystemTime) -> Self {
        Self { begins_at: Some(begins_at), permits: 1 }
    }
}

impl Fetching {
    pub(super) fn new(policy: &CheckedKeyPolicy, first: FirstFetch, now: SystemTime) -> Self {
        let permits = Permits::full(policy.unknown_key_burst, policy.unknown_key_interval, now);
        let (unknown, removed, back_off) = (UnknownKeys::default(), RemovedKeys::default(), policy.back_off);
        Self {
            permits,
            unknown,
            removed,
            begins_at: None,
            first,
            postponed: None,
            refreshes: 0,
            is_refreshing: false,
            back_off,
            failure: None,
        }
    }

    /// Whether a fetch that ended a short time ago did not find this key.
    pub(super) fn looked_for(&mut self, key_id: &str, now: SystemTime) -> bool {
        self.removed.remembers(key_id, now) || self.unknown.remembers(key_id, now)
    }

    /// Records that a key set lacks this key. The set was fetched after the request for the key began.
    pub(super) fn miss(&mut self, key_id: &str, now: SystemTime) {
        self.removed.remember(key_id, now);
        self.unknown.remember(key_id, now);
    }

    /// Records that the operator asks for keys. A repeated call, because the last one failed, changes nothing.
    pub(super) fn refresh(&mut self) {
        if !self.is_refreshing {
            self.is_refreshing = true;
            self.refreshes = self.refreshes.saturating_add(1);
        }
    }

    /// Records that the operator waits for a fetch that is in progress. A repeated call, because it fails, changes nothing.
    pub(super) fn refresh_by_fetch_in_progress(&mut self) {
        self.is_refreshing = true;
    }

    /// Returns the postponed key set, and forgets it. `None` if its discovery document is as old as this, or if the
    /// operator has begun to ask for keys since: the tenant may have changed `jwks_uri`, and a cache may have answered.
    pub(super) fn take_postponed(&mut self, too_old: Duration, now: SystemTime) -> Option<PostponedKeySet> {
        let is_new = |read_at| elapsed(read_at, now).is_some_and(|age| age < too_old);
        self.postponed.take().filter(|key_set| is_new(key_set.read_at) && key_set.refreshes == self.refreshes)
    }

    /// Records that a fetch ended with keys.
    pub(super) fn succeed(&mut self, now: SystemTime) {
        self.failure = None;
        self.is_refreshing = false;
        self.unknown.forget_old(now);
    }

    /// Records that a fetch failed, and starts the back-off.
    pub(super) fn fail(&mut self, cause: DiscoveryError, issuer: Arc<str>, now: SystemTime) -> KeysUnavailable {
        let count = self.failure.as_ref().map_or(0, |failure| failure.count).saturating_add(1);
        let retry_after = self.back_off.after(count, cause.retry_after());
        let error = KeysUnavailable { issuer, cause: Arc::new(cause), retry_after };
        self.failure = Some(Failure { at: now, count, error: error.clone() });
        error
    }

    /// Whether the last fetch failed.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Whether the last fetch failed a short time ago: within the time for which keys are fresh, or within its back-off and
    /// the time that the next fetch takes at most. If the clock was set back, the failure counts as old.
    pub(super) fn has_just_failed(&self, fresh_for: Duration, fetching: Duration, now: SystemTime) -> bool {
        self.failure.as_ref().is_some_and(|Failure { at, error, .. }| {
            let recent = fresh_for.max(error.retry_after.saturating_add(fetching));
            elapsed(*at, now).is_some_and(|age| age < recent)
        })
    }

    /// Returns the last failure until its back-off is over, with the remaining time as `retry_after`. If the clock was
    /// set back, the back-off is over.
    pub(super) fn failure_at(&self, now: SystemTime) -> Option<KeysUnavailable> {
        let Failure { at, error, .. } = self.failure.as_ref()?;
        let left = error.retry_after.checked_sub(elapsed(*at, now)?).filter(|left| !left.is_zero())?;
        Some(KeysUnavailable { retry_after: left, ..error.clone() })
    }

    /// Returns the last failure for a request that comes after the back-off, but before the next permitted fetch.
    pub(super) fn failure_until(&self, next_fetch: Duration) -> Option<KeysUnavailable> {
        let Failure { error, .. } = self.failure.as_ref()?;
        Some(KeysUnavailable { retry_after: next_fetch, ..error.clone() })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::issuer::KeyPolicy;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    #[test]
    fn an_older_time_does_not_end_a_back_off_and_a_clock_set_back_does() {
        let policy = KeyPolicy::new().jitter_percent(0).check().unwrap();
        let mut fetching = Fetching::new(&policy, FirstFetch::default(), at(1_000));
        fetching.fail(DiscoveryError::GivenUp, "https://tenant.example/".into(), at(1_000));
        fetching.fail(DiscoveryError::GivenUp, "https://tenant.example/".into(), at(1_001));
        let left = |now| fetching.failure_at(at(now)).map(|failure| failure.retry_after.as_secs());
        assert_eq!([1_001, 1_000, 941, 1_002, 1_003, 940].map(left), [Some(2), Some(2), Some(2), Some(1), None, None]);
        let until = fetching.failure_until(Duration::from_secs(7)).map(|failure| failure.retry_after.as_secs());
        assert_eq!(until, Some(7));
    }

    #[test]
    fn a_failure_is_recent_until_its_time_is_over_or_the_clock_is_set_back() {
        let policy = KeyPolicy::new().jitter_percent(0).check().unwrap();
        let mut fetching = Fetching::new(&policy, FirstFetch::default(), at(1_000));
        let is_recent = |fetching: &Fetching, fresh_for, now| {
            fetching.has_just_failed(Duration::from_secs(fresh_for), Duration::from_secs(10), at(now))
        };
        assert!(!is_recent(&fetching, 600, 1_000));
        fetching.fail(DiscoveryError::GivenUp, "https://tenant.example/".into(), at(1_000));
        let recent = |fresh_for, times: [u64; 4]| times.map(|now| is_recent(&fetching, fresh_for, now));
        assert_eq!(recent(600, [1_000, 1_599, 1_600, 900]), [true, true, false, false]);
        assert_eq!(
            recent(1, [1_000, 1_010, 1_011, 900]),
            [true, true, false, false],
            "1 s of back-off, 10 s of the fetch"
        );
    }

    /// Otherwise the postponed key set of the fetch in progress would be lost.
    #[test]
    fn a_call_that_is_repeated_after_a_fetch_of_another_request_counts_once() {
        let policy = KeyPolicy::new().check().unwrap();
        let mut fetching = Fetching::new(&policy, FirstFetch::default(), at(1_000));
        fetching.refresh();
        fetching.succeed(at(1_001));
        let at_start_of_fetch = fetching.refreshes;
        fetching.refresh_by_fetch_in_progress();
        fetching.refresh();
        assert_eq!(fetching.refreshes, at_start_of_fetch);
    }
}
