//! A clock that moves only when a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::{Clock, Sleep};
use tokio::sync::Notify;

/// A clock that does not move until a test moves it.
///
/// Clones share one time: a test keeps one clone and gives another to the code under test. The clock counts
/// microseconds since the epoch. A time before the epoch counts as the epoch.
///
/// Whoever sleeps until a time of this clock ([`Clock::sleep_until`]) wakes when a test moves the clock to that time. So
/// a test of a connection that ends with its token does not wait. A sleeper also wakes when the clock is set back: it
/// then looks at the clock again, as it does with the system clock.
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
#[doc(alias = "mock", alias = "time_travel")]
#[derive(Clone, Debug)]
pub struct ManualClock {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    micros: AtomicU64,
    moved: Notify,
}

impl ManualClock {
    /// Makes a clock at 2023-11-14T22:13:20Z, which is 1 700 000 000 seconds since the epoch.
    pub fn new() -> Self {
        Self::at(UNIX_EPOCH + DEFAULT_START)
    }

    /// Makes a clock at `time`.
    pub fn at(time: SystemTime) -> Self {
        let micros = AtomicU64::new(micros(since_epoch(time)));
        Self { shared: Arc::new(Shared { micros, moved: Notify::new() }) }
    }

    /// Moves the clock forward by `duration`.
    pub fn advance(&self, duration: Duration) {
        self.shared.micros.fetch_add(micros(duration), Ordering::SeqCst);
        self.shared.moved.notify_waiters();
    }

    /// Sets the clock to `time`, later or earlier than now.
    pub fn set(&self, time: SystemTime) {
        self.shared.micros.store(micros(since_epoch(time)), Ordering::SeqCst);
        self.shared.moved.notify_waiters();
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(self.shared.micros.load(Ordering::SeqCst))
    }

    fn sleep_until(&self, time: SystemTime) -> Sleep {
        let (clock, begin) = (self.clone(), self.now());
        Box::pin(async move {
            loop {
                // Created before the clock is read, so that a move in between wakes it too.
                let moved = clock.shared.moved.notified();
                let now = clock.now();
                if now >= time || now < begin {
                    return;
                }
                moved.await;
            }
        })
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
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    /// Polls a sleeper once, and returns whether it has completed.
    async fn is_over(sleep: &mut Sleep) -> bool {
        poll_fn(|context| Poll::Ready(sleep.as_mut().poll(context).is_ready())).await
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_reaches_its_time() {
        let clock = ManualClock::new();
        let time = clock.now() + Duration::from_secs(60);
        let sleepers: Vec<_> = (0..3).map(|_| tokio::spawn(clock.sleep_until(time))).collect();
        let mut observed = clock.sleep_until(time);
        clock.advance(Duration::from_secs(59));
        assert!(!is_over(&mut observed).await);
        clock.clone().advance(Duration::from_secs(1));
        for sleeper in sleepers {
            let woken = tokio::time::timeout(Duration::from_secs(10), sleeper).await;
            assert!(matches!(woken, Ok(Ok(()))), "{woken:?}");
        }
        assert!(is_over(&mut observed).await);
    }

    #[tokio::test]
    async fn a_sleeper_that_begins_after_the_move_completes_at_once() {
        let clock = ManualClock::new();
        let time = clock.now() + Duration::from_secs(60);
        let mut before = clock.sleep_until(time);
        clock.set(time);
        // The first was created before the move and is polled after it.
        for sleep in [&mut before, &mut clock.sleep_until(time), &mut clock.sleep_until(UNIX_EPOCH)] {
            assert!(is_over(sleep).await);
        }
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_wakes_its_sleepers() {
        let clock = ManualClock::new();
        let mut sleep = clock.sleep_until(clock.now() + Duration::from_secs(60));
        assert!(!is_over(&mut sleep).await);
        clock.set(clock.now() - Duration::from_secs(1));
        assert!(is_over(&mut sleep).await);
    }

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
