//! A clock that moves only when a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::Clock;

/// A clock that does not move until a test moves it.
///
/// Clones share one time: a test keeps one clone and gives another to the code under test. The clock counts
/// microseconds since the epoch. A time before the epoch counts as the epoch.
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::Clock;
/// use auth0_api_testing::ManualClock;
///
/// let clock = ManualClock::new();
/// let shared = clock.clone();
/// let before = shared.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(shared.now(), before + Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    micros: Arc<AtomicU64>,
}

impl ManualClock {
    /// Makes a clock at 2023-11-14T22:13:20Z, which is 1 700 000 000 seconds since the epoch.
    pub fn new() -> Self {
        Self::at(UNIX_EPOCH + DEFAULT_START)
    }

    /// Makes a clock at `time`.
    pub fn at(time: SystemTime) -> Self {
        Self { micros: Arc::new(AtomicU64::new(micros(since_epoch(time)))) }
    }

    /// Moves the clock forward by `duration`.
    pub fn advance(&self, duration: Duration) {
        self.micros.fetch_add(micros(duration), Ordering::SeqCst);
    }

    /// Sets the clock to `time`, later or earlier than now.
    pub fn set(&self, time: SystemTime) {
        self.micros.store(micros(since_epoch(time)), Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(self.micros.load(Ordering::SeqCst))
    }
}

/// Returns the whole seconds since the epoch, as Auth0 writes a `NumericDate`; 0 for a time before the epoch.
pub(crate) fn numeric_date(time: SystemTime) -> u64 {
    since_epoch(time).as_secs()
}

fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

const DEFAULT_START: Duration = Duration::from_secs(1_700_000_000);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_starts_at_the_documented_time_and_does_not_move() {
        let clock = ManualClock::new();
        assert_eq!(numeric_date(clock.now()), 1_700_000_000);
        assert_eq!(clock.now(), clock.now());
    }

    #[test]
    fn clones_share_the_time() {
        let clock = ManualClock::new();
        let other = clock.clone();
        clock.advance(Duration::from_millis(1500));
        assert_eq!(other.now(), UNIX_EPOCH + Duration::from_millis(1_700_000_001_500));
        other.set(UNIX_EPOCH + Duration::from_secs(5));
        assert_eq!(numeric_date(clock.now()), 5);
    }

    #[test]
    fn the_last_second_of_9999_is_kept_and_a_time_before_the_epoch_becomes_the_epoch() {
        let last = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        assert_eq!(ManualClock::at(last).now(), last);
        assert_eq!(ManualClock::at(UNIX_EPOCH - Duration::from_secs(1)).now(), UNIX_EPOCH);
    }
}
