//! How often strangers can make us do something: a token bucket.

use std::time::{Duration, SystemTime};

/// Permits that come back one by one, and no more than a burst of them is kept.
///
/// A flat cool-down would let one stranger block what a real user needs.
#[derive(Debug)]
pub(super) struct Permits {
    burst: u32,
    interval: Duration,
    left: u32,
    refilled_at: SystemTime,
}

impl Permits {
    pub(super) fn full(burst: u32, interval: Duration, now: SystemTime) -> Self {
        Self { burst, interval, left: burst, refilled_at: now }
    }

    /// Takes a permit, if there is one.
    pub(super) fn take(&mut self, now: SystemTime) -> bool {
        // A clock that was set back counts as a new start.
        let elapsed = now.duration_since(self.refilled_at).unwrap_or(self.interval * self.burst);
        let earned = elapsed.as_nanos() / self.interval.as_nanos().max(1);
        let earned = u32::try_from(earned).unwrap_or(self.burst).min(self.burst);
        if earned > 0 {
            self.left = (self.left + earned).min(self.burst);
            self.refilled_at = if self.left == self.burst { now } else { self.refilled_at + self.interval * earned };
        }
        let granted = self.left > 0;
        self.left -= u32::from(granted);
        granted
    }

    /// Who took it was no stranger.
    pub(super) fn give_back(&mut self) {
        self.left = (self.left + 1).min(self.burst);
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    fn full(seconds: u64) -> Permits {
        Permits::full(3, Duration::from_secs(10), at(seconds))
    }

    #[test]
    fn three_permits_at_once_then_one_per_ten_seconds() {
        let mut permits = full(0);
        assert_eq!([0, 1, 2, 3, 9].map(|second| permits.take(at(second))), [true, true, true, false, false]);
        assert_eq!([10, 11, 19, 20].map(|second| permits.take(at(second))), [true, false, false, true]);
    }

    #[test]
    fn permits_do_not_pile_up_beyond_the_burst() {
        let mut permits = full(0);
        assert_eq!([3600; 4].map(|second| permits.take(at(second))), [true, true, true, false]);
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_and_is_no_more_than_was_taken() {
        let mut permits = full(0);
        permits.give_back();
        assert_eq!([0; 4].map(|second| permits.take(at(second))), [true, true, true, false]);
        permits.give_back();
        assert_eq!([0; 2].map(|second| permits.take(at(second))), [true, false]);
    }

    #[test]
    fn a_clock_set_back_does_not_lock_anybody_out() {
        let mut permits = full(1000);
        while permits.take(at(1000)) {}
        assert!(permits.take(at(0)));
    }
}
