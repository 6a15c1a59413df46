//! The limits that all issuers of a client share. They stay when an issuer's state is created anew.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::SemaphorePermit;

use super::CheckedKeyPolicy;
use super::permits::Permits;
use super::policy::PATIENCE;
use crate::clock::Clock;
use crate::sync::{Mutex, MutexGuard, Semaphore};

/// Limits the fetches for issuers without a verified token, the requests that wait for such a fetch to begin, and the
/// answers of caches.
#[derive(Debug)]
pub(super) struct Limits {
    newcomers: Mutex<Permits>,
    places: Semaphore,
    /// The issuers whose keys the operator asked for. No cache on the way to the tenant may answer a fetch for them.
    past_caches: Mutex<HashSet<Arc<str>>>,
}

impl Limits {
    pub(super) fn new(policy: &CheckedKeyPolicy, now: SystemTime) -> Self {
        let newcomers = Mutex::new(Permits::full(policy.newcomers, policy.newcomer_interval, now));
        Self { newcomers, places: Semaphore::new(MOST_WAITING), past_caches: Mutex::default() }
    }

    /// From now on, no cache may answer a fetch for this issuer.
    pub(super) fn go_past_caches(&self, issuer: Arc<str>) {
        let mut issuers = self.past_caches();
        if issuers.len() < MOST_PAST_CACHES {
            issuers.insert(issuer);
        }
    }

    /// Whether no cache may answer a fetch for this issuer.
    pub(super) fn goes_past_caches(&self, issuer: &str) -> bool {
        let issuers = self.past_caches();
        issuers.len() >= MOST_PAST_CACHES || issuers.contains(issuer)
    }

    /// Takes a permit for a fetch, and returns how long the fetch has to wait for it. If the wait is a second or longer,
    /// this method takes no permit, and returns that wait as an error.
    pub(super) fn take(&self, clock: &dyn Clock) -> Result<Duration, Duration> {
        let mut permits = self.newcomers();
        // The clock is read while the lock is held, so no other task takes a permit at a later time in between.
        permits.take(clock.now(), PATIENCE)
    }

    /// Returns permits, because the issuer now has a verified token or because the permits were not needed.
    pub(super) fn give_back(&self, permits: u32) {
        self.newcomers().give_back(permits);
    }

    /// Takes a place for a request that waits until a fetch may begin; `None` if too many requests wait. Dropping the
    /// permit frees the place.
    pub(super) fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.try_acquire().ok()
    }

    #[cfg(all(test, shuttle))]
    pub(super) fn free_places(&self) -> usize {
        self.places.available_permits()
    }

    fn newcomers(&self) -> MutexGuard<'_, Permits> {
        // No code panics while it holds this lock. Even after a panic, the numbers would be consistent.
        self.newcomers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn past_caches(&self) -> MutexGuard<'_, HashSet<Arc<str>>> {
        // No code panics while it holds this lock.
        self.past_caches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An operator asks for the keys of a few issuers. If the operator asks for those of so many, no fetch is answered by a
/// cache.
const MOST_PAST_CACHES: usize = 10_000;

/// A request holds its token, of 16 KiB at most, while it waits for a fetch to begin: 16 MiB in total. Clients with a
/// valid token rarely wait, because their issuers' keys are known.
/// A model has two, so that few requests reach the limit.
pub(super) const MOST_WAITING: usize = if cfg!(all(test, shuttle)) { 2 } else { 1024 };

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::UNIX_EPOCH;

    use super::super::KeyPolicy;
    use super::*;

    #[test]
    fn no_cache_answers_for_an_issuer_that_was_asked_for_or_for_any_after_ten_thousand() {
        let limits = Limits::new(&KeyPolicy::new().check().unwrap(), UNIX_EPOCH);
        assert!(!limits.goes_past_caches("0"));
        for issuer in 0..9_999 {
            limits.go_past_caches(issuer.to_string().into());
        }
        assert!(limits.goes_past_caches("0") && !limits.goes_past_caches("other"));
        for issuer in 9_999..10_100 {
            limits.go_past_caches(issuer.to_string().into());
        }
        assert!(limits.goes_past_caches("0") && limits.goes_past_caches("other"));
        assert_eq!(limits.past_caches().len(), 10_000);
    }
}
