//! Time that moves only when a test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::Clock;

/// A clock that stands still until it is moved.
///
/// Clones share one time, so a test keeps one and gives the other away. It counts microseconds since the epoch, and an
/// earlier time counts as the epoch.
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::Clock;
/// use auth0_api_testing::ManualClock;
///
/// let clock = ManualClock::new();
/// let given_away = clock.clone();
/// let before = given_away.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(given_away.now(), before + Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    micros: Arc<AtomicU64>,
}

impl ManualClock {
    /// Starts at 2023-11-14T22:13:20Z, which is 1 700 000 000 seconds since the epoch.
    pub fn new() -> Self {
        Self::at(UNIX_EPOCH + DEFAULT_START)
    }

    /// Starts at `time`.
    pub fn at(time: SystemTime) -> Self {
        Self { micros: Arc::new(AtomicU64::new(micros(since_epoch(time)))) }
    }

    /// Moves forward by `duration`.
    pub fn advance(&self, duration: Duration) {
        self.micros.fetch_add(micros(duration), Ordering::SeqCst);
    }

    /// Moves to `time`, forward or back.
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

/// Whole seconds since the epoch, as Auth0 writes a `NumericDate`; a time before the epoch counts as 0.
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
    fn it_starts_where_documented_and_stands_still() {
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
    fn it_reaches_the_last_second_of_9999_and_not_below_the_epoch() {
        let last = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        assert_eq!(ManualClock::at(last).now(), last);
        assert_eq!(ManualClock::at(UNIX_EPOCH - Duration::from_secs(1)).now(), UNIX_EPOCH);
    }
}
