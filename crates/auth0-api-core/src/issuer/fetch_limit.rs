//! How often strangers can make us fetch: a token bucket.

use std::time::{Duration, SystemTime};

use super::KeyPolicy;

/// Permits for fetches that an unknown `kid` asks for. They come back one by one, and no more than a burst of them is kept.
///
/// A flat cool-down would let a bogus `kid` block the fetch that a real rotation needs.
#[derive(Debug)]
pub(super) struct UnknownKeyBucket {
    burst: u32,
    interval: Duration,
    permits: u32,
    refilled_at: SystemTime,
}

impl UnknownKeyBucket {
    pub(super) fn full(policy: &KeyPolicy, now: SystemTime) -> Self {
        let (burst, interval) = (policy.unknown_key_burst, policy.unknown_key_interval);
        Self { burst, interval, permits: burst, refilled_at: now }
    }

    /// Takes a permit, if there is one.
    pub(super) fn take(&mut self, now: SystemTime) -> bool {
        // A clock that was set back counts as a new start.
        let elapsed = now.duration_since(self.refilled_at).unwrap_or(self.interval * self.burst);
        let earned = elapsed.as_nanos() / self.interval.as_nanos().max(1);
        let earned = u32::try_from(earned).unwrap_or(self.burst).min(self.burst);
        if earned > 0 {
            self.permits = (self.permits + earned).min(self.burst);
            self.refilled_at = if self.permits == self.burst { now } else { self.refilled_at + self.interval * earned };
        }
        let granted = self.permits > 0;
        self.permits -= u32::from(granted);
        granted
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    fn full(seconds: u64) -> UnknownKeyBucket {
        UnknownKeyBucket::full(&KeyPolicy::new(), at(seconds))
    }

    #[test]
    fn three_permits_at_once_then_one_per_ten_seconds() {
        let mut bucket = full(0);
        assert_eq!([0, 1, 2, 3, 9].map(|second| bucket.take(at(second))), [true, true, true, false, false]);
        assert_eq!([10, 11, 19, 20].map(|second| bucket.take(at(second))), [true, false, false, true]);
    }

    #[test]
    fn permits_do_not_pile_up_beyond_the_burst() {
        let mut bucket = full(0);
        assert_eq!([3600; 4].map(|second| bucket.take(at(second))), [true, true, true, false]);
    }

    #[test]
    fn a_clock_set_back_does_not_lock_anybody_out() {
        let mut bucket = full(1000);
        while bucket.take(at(1000)) {}
        assert!(bucket.take(at(0)));
    }
}
