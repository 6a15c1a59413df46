//! How often a rejected token is replaced.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, SystemTime};

use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

/// The last renewal of each caller's token.
///
/// An API that answers 401 to every token must not cause two token requests for each call. So the token of one caller is
/// replaced at most once in [`PAUSE`]. Requests that were under way with the same token when it was replaced share the
/// renewal: each of them also gets the new token.
#[derive(Debug)]
pub(crate) struct Renewals {
    hashes: RandomState,
    latest: Cache<u64, LatestRenewal>,
    /// The number of renewals so far.
    made: AtomicU64,
}

/// How many renewals there were before a token was obtained.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(u64);

#[derive(Clone, Copy, Debug)]
struct LatestRenewal {
    at: SystemTime,
    number: u64,
}

impl Renewals {
    pub(crate) fn new() -> Self {
        let latest = Cache::builder()
            .max_capacity(MAX_CALLERS)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(PAUSE * 2)
            .build();
        Self { hashes: RandomState::new(), latest, made: AtomicU64::new(0) }
    }

    /// To be called before a token is obtained.
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.made.load(SeqCst))
    }

    /// Whether a rejected token, which was obtained after `mark`, may be replaced now.
    ///
    /// The decision and its record are one step, so of any number of simultaneous requests, one begins a renewal, and those
    /// whose token is older than this renewal share it.
    pub(crate) fn permit(&self, caller: &str, mark: Mark, now: SystemTime) -> bool {
        let mut permitted = false;
        self.latest.entry(self.hashes.hash_one(caller)).and_compute_with(|latest| {
            let recent = latest.map(moka::Entry::into_value).filter(|latest| latest.is_recent(now));
            permitted = recent.is_none_or(|recent| recent.number > mark.0);
            if recent.is_some() {
                return Op::Nop;
            }
            Op::Put(LatestRenewal { at: now, number: self.made.fetch_add(1, SeqCst) + 1 })
        });
        permitted
    }
}

impl LatestRenewal {
    /// A clock that was set back does not make a renewal recent for longer.
    fn is_recent(self, now: SystemTime) -> bool {
        let passed = now.duration_since(self.at).unwrap_or_else(|earlier| earlier.duration());
        passed < PAUSE
    }
}

/// Long enough that an API that rejects every token causes few token requests, and short enough that a key rotation of that
/// API is over for each caller within seconds.
const PAUSE: Duration = Duration::from_secs(10);
/// As many as the exchange cache of `auth0-api-core` has answers.
const MAX_CALLERS: u64 = 10_000;

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn the_token_of_a_caller_is_replaced_once_in_ten_seconds() {
        let renewals = Renewals::new();
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let before = renewals.mark();
        assert!(renewals.permit("ada", before, at(100)));
        let after = renewals.mark();
        for (caller, mark, now, expected) in [
            // The token of this request is older than the renewal.
            ("ada", before, 100, true),
            ("ada", after, 100, false),
            ("bob", after, 101, true),
            ("ada", after, 109, false),
            ("ada", before, 109, true),
            ("ada", after, 110, true),
            ("ada", after, 109, true),
            // The clock was set back by more than the pause.
            ("ada", after, 90, true),
        ] {
            let permitted = renewals.permit(caller, mark, at(now));
            assert_eq!(permitted, expected, "{caller} {mark:?} {now}");
        }
    }
}
