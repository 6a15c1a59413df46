//! A token bucket: it limits how often clients without a valid token cause a fetch.

use std::time::{Duration, SystemTime};

use crate::clock::elapsed;

/// A token bucket: it starts with `burst` permits, gets one more per `interval`, and never holds more than `burst`.
///
/// With a plain cool-down after each fetch, one attacker could block the fetch that a valid token needs.
///
/// If the bucket is empty, a fetch can get a permit that the bucket earns later. The fetch then waits for it. So those
/// who wait are served in the order of their arrival, and a request that comes later cannot take their permits.
///
/// Callers pass the time that they read while they have exclusive access to the bucket, and never the time at which
/// their request began: a request that waited for a resolver has an old time.
#[derive(Debug)]
pub(super) struct Permits {
    burst: i64,
    interval: Duration,
    /// Negative while fetches wait for permits: the number of permits that the bucket owes them.
    left: i64,
    refilled_at: SystemTime,
}

impl Permits {
    pub(super) fn full(burst: usize, interval: Duration, now: SystemTime) -> Self {
        // `KeyPolicy` allows at most 100 000 permits.
        let burst = i64::try_from(burst).unwrap_or(i64::MAX);
        Self { burst, interval, left: burst, refilled_at: now }
    }

    /// Takes a permit, and returns how long the fetch has to wait for it: zero, or less than `patience`. If the wait
    /// were longer, this method takes no permit, and returns that wait as an error.
    pub(super) fn take(&mut self, now: SystemTime, patience: Duration) -> Result<Duration, Duration> {
        self.earn(now);
        let wait = self.wait(now);
        if !wait.is_zero() && wait >= patience {
            return Err(wait);
        }
        self.left -= 1;
        Ok(wait)
    }

    /// Returns permits, because the issuer now has a verified token or because the permits were not needed.
    pub(super) fn give_back(&mut self, permits: u32) {
        self.left = self.left.saturating_add(permits.into()).min(self.burst);
    }

    fn earn(&mut self, now: SystemTime) {
        let Some(elapsed) = elapsed(self.refilled_at, now) else {
            // The clock was set back. Nothing is earned, and the next interval starts now. Without this rule, no
            // permit would be added until the clock reaches the old time again.
            self.refilled_at = now;
            return;
        };
        let earned = i64::try_from(elapsed.as_nanos() / self.interval.as_nanos().max(1)).unwrap_or(i64::MAX);
        let missing = self.burst - self.left;
        if earned >= missing {
            // If all permits are available, the next interval starts now, because no more permits can be added. An
            // older `now` must not start it earlier.
            self.left = self.burst;
            self.refilled_at = self.refilled_at.max(now);
        } else {
            // The next interval starts at the end of the last whole interval, so that the time since then still
            // counts.
            self.left += earned;
            self.refilled_at += self.times_interval(earned);
        }
    }

    /// Returns how long a further fetch has to wait.
    fn wait(&self, now: SystemTime) -> Duration {
        if self.left > 0 {
            return Duration::ZERO;
        }
        let due = self.refilled_at + self.times_interval(1 - self.left);
        due.duration_since(now).unwrap_or_default()
    }

    fn times_interval(&self, intervals: i64) -> Duration {
        self.interval.saturating_mul(u32::try_from(intervals).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const NONE: Duration = Duration::ZERO;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn full(now: u64) -> Permits {
        Permits::full(3, seconds(10), at(now))
    }

    fn taken<const N: usize>(permits: &mut Permits, times: [u64; N]) -> [bool; N] {
        times.map(|second| permits.take(at(second), NONE).is_ok())
    }

    #[test]
    fn three_permits_can_be_taken_at_once_and_then_one_per_ten_seconds() {
        let mut permits = full(0);
        assert_eq!(taken(&mut permits, [0, 1, 2, 3, 9]), [true, true, true, false, false]);
        assert_eq!(taken(&mut permits, [10, 11, 19, 20]), [true, false, false, true]);
    }

    #[test]
    fn permits_never_exceed_the_burst() {
        assert_eq!(taken(&mut full(0), [3600; 4]), [true, true, true, false]);
    }

    #[test]
    fn a_returned_permit_can_be_taken_again_and_the_burst_is_not_exceeded() {
        let mut permits = full(0);
        permits.give_back(1);
        assert_eq!(taken(&mut permits, [0; 4]), [true, true, true, false]);
        permits.give_back(1);
        assert_eq!(taken(&mut permits, [0; 2]), [true, false]);
    }

    #[test]
    fn a_wait_ends_with_the_next_permit_that_nobody_waits_for() {
        let mut permits = full(0);
        assert_eq!(taken(&mut permits, [0; 3]), [true; 3]);
        assert_eq!(permits.take(at(4), seconds(6)), Err(seconds(6)));
        assert_eq!(
            [4, 4, 5].map(|now| permits.take(at(now), seconds(17))),
            [Ok(seconds(6)), Ok(seconds(16)), Err(seconds(25))]
        );
        // The permits of the waiting fetches are earned at 10 and 20.
        assert_eq!(taken(&mut permits, [10, 20, 29, 30, 31]), [false, false, false, true, false]);
    }

    #[test]
    fn an_older_time_earns_nothing() {
        let mut permits = full(0);
        assert_eq!(taken(&mut permits, [100, 100, 100]), [true; 3]);
        for now in [99, 40, 101, 41, 109, 60, 109] {
            assert!(permits.take(at(now), NONE).is_err(), "{now}");
        }
        assert_eq!(taken(&mut permits, [110, 109, 50, 119, 120]), [true, false, false, false, true]);
    }

    #[test]
    fn an_older_time_does_not_make_a_full_bucket_earn_earlier() {
        let mut permits = full(100);
        assert_eq!(taken(&mut permits, [50, 51, 52]), [true; 3]);
        assert_eq!(taken(&mut permits, [100, 109, 110]), [false, false, true]);
    }

    #[test]
    fn after_the_clock_is_set_back_permits_are_earned_from_then_on() {
        let mut permits = full(10_000);
        assert_eq!(taken(&mut permits, [10_000; 3]), [true; 3]);
        assert_eq!(taken(&mut permits, [0, 9, 10, 11]), [false, false, true, false]);
        // The clock is set forward again.
        assert_eq!(taken(&mut permits, [10_000; 4]), [true, true, true, false]);
    }
}
