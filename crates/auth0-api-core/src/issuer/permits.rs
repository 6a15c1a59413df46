//! A token bucket: it limits how often clients without a valid token cause a fetch.

use std::time::{Duration, SystemTime};

/// A token bucket: it starts with `burst` permits, gets one more per `interval`, and never holds more than `burst`.
///
/// With a plain cool-down after each fetch, one attacker could block the fetch that a valid token needs.
#[derive(Debug)]
pub(super) struct Permits {
    burst: u32,
    interval: Duration,
    left: u32,
    refilled_at: SystemTime,
}

impl Permits {
    pub(super) fn full(burst: usize, interval: Duration, now: SystemTime) -> Self {
        // A `Duration` is multiplied by a `u32`. `KeyPolicy` allows at most 100 000 permits.
        let burst = u32::try_from(burst).unwrap_or(u32::MAX);
        Self { burst, interval, left: burst, refilled_at: now }
    }

    /// Takes a permit. Returns false if no permit is left.
    pub(super) fn take(&mut self, now: SystemTime) -> bool {
        // If the clock was set back, all permits are available again. Without this rule, no permit would be added until
        // the clock reaches the old time again.
        let elapsed = now.duration_since(self.refilled_at).unwrap_or(self.interval * self.burst);
        let earned = elapsed.as_nanos() / self.interval.as_nanos().max(1);
        let earned = u32::try_from(earned).unwrap_or(self.burst).min(self.burst);
        if earned > 0 {
            // If all permits are available, the next interval starts now, because no more permits can be added.
            // Otherwise the next interval starts at the end of the last whole interval, so that the time since then
            // still counts.
            self.left = (self.left + earned).min(self.burst);
            self.refilled_at = if self.left == self.burst { now } else { self.refilled_at + self.interval * earned };
        }
        let granted = self.left > 0;
        self.left -= u32::from(granted);
        granted
    }

    /// Returns a permit, because the issuer now has a verified token or because the permit was not needed.
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
    fn three_permits_can_be_taken_at_once_and_then_one_per_ten_seconds() {
        let mut permits = full(0);
        assert_eq!([0, 1, 2, 3, 9].map(|second| permits.take(at(second))), [true, true, true, false, false]);
        assert_eq!([10, 11, 19, 20].map(|second| permits.take(at(second))), [true, false, false, true]);
    }

    #[test]
    fn permits_never_exceed_the_burst() {
        let mut permits = full(0);
        assert_eq!([3600; 4].map(|second| permits.take(at(second))), [true, true, true, false]);
    }

    #[test]
    fn a_returned_permit_can_be_taken_again_and_the_burst_is_not_exceeded() {
        let mut permits = full(0);
        permits.give_back();
        assert_eq!([0; 4].map(|second| permits.take(at(second))), [true, true, true, false]);
        permits.give_back();
        assert_eq!([0; 2].map(|second| permits.take(at(second))), [true, false]);
    }

    #[test]
    fn a_clock_set_back_fills_the_bucket() {
        let mut permits = full(1000);
        while permits.take(at(1000)) {}
        assert!(permits.take(at(0)));
    }
}
