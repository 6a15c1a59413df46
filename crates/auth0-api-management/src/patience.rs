//! Which failures a call repeats, and how long it waits before.
//!
//! | failure | repeated | wait |
//! |---|---|---|
//! | 429 | five times, because the request had no effect | as the tenant says: `Retry-After`, or until `x-ratelimit-reset`; otherwise 1 s, 2 s, 4 s … |
//! | no connection | twice | `Retry-After`, otherwise 1 s, then 2 s |
//! | no answer, 408, 500 and above | twice, except POST, which may have had an effect | the same |
//!
//! The same counts for token requests, which may all be repeated. These are the counts of one request. All waits of a call
//! together, with all its pages and rounds, take at most the `longest_wait`. Up to a fifth is added to each at random, so
//! that many deployments that wait for the same limit do not all return at the same moment.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long one call may still wait. Clones belong to the same call.
#[derive(Clone, Debug)]
pub(crate) struct Patience(Arc<Mutex<Duration>>);

/// What one request of a call has spent.
#[derive(Debug)]
pub(crate) struct Spent {
    patience: Patience,
    limits: u32,
    outages: u32,
}

impl Patience {
    pub(crate) fn new(longest_wait: Duration) -> Self {
        Self(Arc::new(Mutex::new(longest_wait)))
    }

    /// Begins a request.
    pub(crate) fn begin(&self) -> Spent {
        Spent { patience: self.clone(), limits: 0, outages: 0 }
    }

    /// Takes the time for a wait of at most this length.
    pub(crate) fn take_up_to(&self, wait: Duration) -> Duration {
        self.take(|left| Some(wait.min(left))).unwrap_or_default()
    }

    /// Takes the time for a wait, which is at most what is left; `None` if the call must give up.
    fn take(&self, wait: impl FnOnce(Duration) -> Option<Duration>) -> Option<Duration> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = wait(*left)?;
        *left = left.saturating_sub(wait);
        Some(wait)
    }
}

impl Spent {
    /// Returns how long to wait for a rate limit; `None` if the call must give up.
    pub(crate) fn on_limit(&mut self, asked_for: Option<Duration>) -> Option<Duration> {
        let wait = self.wait(self.limits, MOST_LIMITS, asked_for, random())?;
        self.limits += 1;
        Some(wait)
    }

    /// Returns how long to wait after an outage; `None` if the call must give up.
    pub(crate) fn on_outage(&mut self, asked_for: Option<Duration>) -> Option<Duration> {
        let wait = self.wait(self.outages, MOST_OUTAGES, asked_for, random())?;
        self.outages += 1;
        Some(wait)
    }

    /// `chance` is a random number over all values of its type.
    fn wait(&self, failures: u32, most: u32, asked_for: Option<Duration>, chance: u16) -> Option<Duration> {
        if failures >= most {
            return None;
        }
        let wait = asked_for.unwrap_or(FIRST_WAIT * 2_u32.pow(failures)).max(FIRST_WAIT);
        self.patience.take(|left| {
            if wait > left {
                return None;
            }
            let wait = (wait + wait / 5 * u32::from(chance) / u32::from(u16::MAX)).min(left);
            // Clocks differ in their precision: a clock that counts microseconds never reaches a time between two of them.
            Some(Duration::from_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)))
        })
    }
}

/// A new `RandomState` has other keys each time, and a hasher of it returns a number that depends on these keys. That is
/// enough to spread requests.
fn random() -> u16 {
    let [high, low, ..] = RandomState::new().hash_one(()).to_be_bytes();
    u16::from_be_bytes([high, low])
}

/// As Auth0's SDKs. A rate limit of the Management API counts seconds.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The limit may be shared by many deployments, of which some get through each time.
const MOST_LIMITS: u32 = 5;
/// As Auth0's SDKs. More would make an outage worse.
const MOST_OUTAGES: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(most: u32, asked_for: Option<u64>, chance: u16) -> Vec<u128> {
        let spent = Patience::new(Duration::from_secs(60)).begin();
        let asked_for = asked_for.map(Duration::from_secs);
        (0..9)
            .map_while(|failures| spent.wait(failures, most, asked_for, chance))
            .map(|wait| wait.as_millis())
            .collect()
    }

    #[test]
    fn waits_double_unless_the_tenant_names_one() {
        assert_eq!(waits(MOST_LIMITS, None, 0), [1_000, 2_000, 4_000, 8_000, 16_000]);
        assert_eq!(waits(MOST_OUTAGES, None, 0), [1_000, 2_000]);
        assert_eq!(waits(MOST_OUTAGES, Some(7), 0), [7_000, 7_000]);
        assert_eq!(waits(MOST_OUTAGES, Some(0), 0), [1_000, 1_000]);
    }

    #[test]
    fn all_waits_together_have_a_limit() {
        assert_eq!(waits(MOST_LIMITS, Some(25), 0), [25_000, 25_000]);
        assert_eq!(waits(MOST_LIMITS, Some(60), 0), [60_000]);
        assert_eq!(waits(MOST_LIMITS, Some(61), 0), [0; 0]);
        assert_eq!(waits(MOST_LIMITS, Some(u64::MAX), u16::MAX), [0; 0]);
    }

    #[test]
    fn the_requests_of_a_call_share_its_patience() {
        let call = Patience::new(Duration::from_secs(60));
        let second = |number: u64| Some(Duration::from_secs(number));
        let wait = |asked_for| call.begin().wait(0, MOST_LIMITS, second(asked_for), 0);
        assert_eq!([wait(25), wait(25), wait(25), wait(10)], [second(25), second(25), None, second(10)]);
        assert_eq!(call.take_up_to(Duration::from_secs(2)), Duration::ZERO);
        assert_eq!(Patience::new(Duration::from_secs(3)).take_up_to(Duration::from_secs(2)), Duration::from_secs(2));
    }

    #[test]
    fn chance_adds_a_fifth_at_most() {
        assert_eq!(waits(MOST_OUTAGES, Some(10), u16::MAX), [12_000, 12_000]);
        assert_eq!(waits(MOST_OUTAGES, Some(60), u16::MAX), [60_000]);
        assert!((0..100).map(|_| random()).collect::<std::collections::HashSet<_>>().len() > 50);
    }
}
