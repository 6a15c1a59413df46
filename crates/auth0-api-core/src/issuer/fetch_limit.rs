//! How often strangers can make us fetch: a token bucket, and back-off after failures.

use std::time::{Duration, SystemTime};

/// Permits for fetches that an unknown `kid` asks for. One permit per 10 s comes back, three at most are kept.
///
/// A flat cool-down would let a bogus `kid` block the fetch that a real rotation needs.
#[derive(Debug)]
pub(super) struct UnknownKeyBucket {
    permits: u32,
    refilled_at: SystemTime,
}

impl UnknownKeyBucket {
    pub(super) fn full(now: SystemTime) -> Self {
        Self { permits: BURST, refilled_at: now }
    }

    /// Takes a permit, if there is one.
    pub(super) fn take(&mut self, now: SystemTime) -> bool {
        // A clock that was set back counts as a new start.
        let elapsed = now.duration_since(self.refilled_at).unwrap_or(REFILL_EVERY * BURST);
        let earned = u32::try_from(elapsed.as_secs() / REFILL_EVERY.as_secs()).unwrap_or(BURST).min(BURST);
        if earned > 0 {
            self.permits = (self.permits + earned).min(BURST);
            self.refilled_at = if self.permits == BURST { now } else { self.refilled_at + REFILL_EVERY * earned };
        }
        let granted = self.permits > 0;
        self.permits -= u32::from(granted);
        granted
    }
}

/// How long a failure keeps us from trying again: 1 s, doubled with each further failure, 60 s at most; or what the server said.
pub(super) fn back_off(failures: u32, asked_for: Option<Duration>) -> Duration {
    let doubled = FIRST_BACK_OFF * 2_u32.saturating_pow(failures.saturating_sub(1)).min(LONGEST_BACK_OFF_FACTOR);
    asked_for.unwrap_or(doubled).clamp(FIRST_BACK_OFF, LONGEST_BACK_OFF)
}

/// Enough for a real rotation while somebody probes.
const BURST: u32 = 3;
/// Auth0's smallest tenants may ask for keys 20 times a second; a hundred replicas of us stay below that.
const REFILL_EVERY: Duration = Duration::from_secs(10);
const FIRST_BACK_OFF: Duration = Duration::from_secs(1);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
const LONGEST_BACK_OFF_FACTOR: u32 = 60;

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    #[test]
    fn three_permits_at_once_then_one_per_ten_seconds() {
        let mut bucket = UnknownKeyBucket::full(at(0));
        assert_eq!([0, 1, 2, 3, 9].map(|second| bucket.take(at(second))), [true, true, true, false, false]);
        assert_eq!([10, 11, 19, 20].map(|second| bucket.take(at(second))), [true, false, false, true]);
    }

    #[test]
    fn permits_do_not_pile_up_beyond_the_burst() {
        let mut bucket = UnknownKeyBucket::full(at(0));
        assert_eq!([3600; 4].map(|second| bucket.take(at(second))), [true, true, true, false]);
    }

    #[test]
    fn a_clock_set_back_does_not_lock_anybody_out() {
        let mut bucket = UnknownKeyBucket::full(at(1000));
        while bucket.take(at(1000)) {}
        assert!(bucket.take(at(0)));
    }

    #[test]
    fn back_off_doubles_up_to_a_minute_and_heeds_the_server() {
        assert_eq!([1, 2, 3, 7, 40].map(|failures| back_off(failures, None).as_secs()), [1, 2, 4, 60, 60]);
        assert_eq!(back_off(1, Some(Duration::from_secs(30))).as_secs(), 30);
        assert_eq!(back_off(9, Some(Duration::from_secs(86_400))).as_secs(), 60);
    }
}
