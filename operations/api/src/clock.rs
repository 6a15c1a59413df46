//! A clock that an operator of a drill can set, to see what the API does when the clock of its machine jumps.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use auth0_api_core::{Clock, Sleep, SystemClock};

/// The system clock, and a number of seconds that is added to it. Clones share this number.
#[derive(Clone, Debug, Default)]
pub(crate) struct AdjustableClock(Arc<AtomicI64>);

impl AdjustableClock {
    /// From now on, the clock is ahead of the system clock by so many seconds, or behind if the number is negative.
    pub(crate) fn set_ahead(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for AdjustableClock {
    fn now(&self) -> SystemTime {
        let ahead = self.0.load(Ordering::SeqCst);
        let (now, difference) = (SystemClock.now(), Duration::from_secs(ahead.unsigned_abs()));
        let moved = if ahead < 0 { now.checked_sub(difference) } else { now.checked_add(difference) };
        moved.unwrap_or(now)
    }

    /// Sleeps for a second at most, so that a sleeper notices soon that the clock was set.
    fn sleep_until(&self, time: SystemTime) -> Sleep {
        let left = time.duration_since(self.now()).unwrap_or_default().min(LONGEST_SLEEP);
        Box::pin(tokio::time::sleep(left))
    }
}

const LONGEST_SLEEP: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_clones_are_ahead_or_behind() {
        let clock = AdjustableClock::default();
        let (shared, minutes) = (clock.clone(), Duration::from_secs(600));
        let system = || SystemClock.now();
        for (ahead, expected) in [(0, system()), (600, system() + minutes), (-600, system() - minutes)] {
            shared.set_ahead(ahead);
            let now = clock.now();
            let difference = now.duration_since(expected).unwrap_or_else(|earlier| earlier.duration());
            assert!(difference < Duration::from_secs(60), "{ahead}: {difference:?}");
        }
    }
}
