//! The source of time, which tests can replace.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The future that [`Clock::sleep_until`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Provides the current time to everything in this crate that compares times.
///
/// All checks of a token use the time when the request arrived. A proof is checked at the time after the request has waited
/// for keys, so that a replay store has not forgotten it meanwhile. Tests can replace the clock: see `ManualClock` in
/// `auth0-api-testing`.
///
/// ```
/// use std::time::{Duration, SystemTime, UNIX_EPOCH};
/// use auth0_api_core::Clock;
///
/// #[derive(Debug)]
/// struct Stopped;
///
/// impl Clock for Stopped {
///     fn now(&self) -> SystemTime {
///         UNIX_EPOCH + Duration::from_secs(1_700_000_000)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not provide the current time",
    label = "pass a clock here: a type that implements `Clock`",
    note = "the default is `SystemClock`",
    note = "for a test, pass `ManualClock` of the crate `auth0-api-testing`: `builder.clock(ManualClock::new())`"
)]
pub trait Clock: Debug + Send + Sync + 'static {
    /// Returns the current time.
    fn now(&self) -> SystemTime;

    /// Completes when this clock reaches `time`, or earlier. The caller then reads the clock again, and sleeps again if
    /// it is too early. If the clock has already reached `time`, the future completes at once.
    ///
    /// The default waits on tokio's timer, for at most 10 s. tokio's timer stops while the machine is suspended, and it
    /// does not notice when an operator sets the system clock. With the bound, the caller notices either within 10 s. A
    /// clock that a test moves overrides this method, so that its sleepers wake when it is moved.
    ///
    /// The future may be created anywhere, but the default must be polled inside a tokio runtime with a timer.
    fn sleep_until(&self, time: SystemTime) -> Sleep {
        let left = time.duration_since(self.now()).unwrap_or_default().min(LONGEST_SLEEP);
        Box::pin(async move {
            if !left.is_zero() {
                tokio::time::sleep(left).await;
            }
        })
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> SystemTime {
        (**self).now()
    }

    fn sleep_until(&self, time: SystemTime) -> Sleep {
        (**self).sleep_until(time)
    }
}

/// The system clock, which is the default.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the system clock")]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Returns the time from `since` to `now`; `None` if the clock was set back in between.
///
/// `now` may be a little earlier than `since` although no clock was set back: a request reads the clock, waits, and is
/// overtaken by a later request. The elapsed time is then zero. So a limit gains nothing, and a memory loses nothing.
/// If `now` is earlier by more than [`CLOCK_SLACK`], the clock was set back. Each caller decides what that means to
/// it. It must not wait until the clock reaches the old time again, because that may take hours.
pub(crate) fn elapsed(since: SystemTime, now: SystemTime) -> Option<Duration> {
    match now.duration_since(since) {
        Ok(elapsed) => Some(elapsed),
        Err(ahead) => (ahead.duration() <= CLOCK_SLACK).then_some(Duration::ZERO),
    }
}

/// The longest time by which one request overtakes another, with a wide margin: a resolver and the documents of an
/// issuer have a few seconds each. After the clock is set back by less, a limit or a memory counts as up to this much
/// younger than it is.
const CLOCK_SLACK: Duration = Duration::from_secs(60);

/// How late a sleeper notices that the machine was suspended, or that the system clock was set. A thousand sleepers wake
/// a hundred times a second in total, which costs a core far less than a thousandth of its time.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);

/// Returns the time since 1970-01-01T00:00:00Z, which is also the epoch of a JWT's `NumericDate`. An earlier time
/// counts as 0.
pub(crate) fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_goes_back_a_little_is_zero_and_a_clock_set_back_is_none() {
        let at = |seconds: u64| UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds);
        for (now, expected) in [(3_600, Some(2_600)), (1_000, Some(0)), (999, Some(0)), (940, Some(0)), (939, None)] {
            assert_eq!(elapsed(at(1_000), at(now)), expected.map(Duration::from_secs), "{now}");
        }
    }

    /// A clock that was written before `sleep_until` existed.
    #[derive(Debug)]
    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> SystemTime {
            UNIX_EPOCH + Duration::from_secs(1_700_000_000)
        }
    }

    /// Returns how long a sleeper of a shared clock sleeps, by tokio's paused clock, which skips every wait.
    #[expect(clippy::disallowed_methods, reason = "measures tokio's paused clock")]
    async fn slept(until: SystemTime) -> Duration {
        let clock: Arc<dyn Clock> = Arc::new(Stopped);
        let begin = tokio::time::Instant::now();
        clock.sleep_until(until).await;
        begin.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleep_takes_the_time_that_is_left_and_ten_seconds_at_most() {
        let (now, seconds) = (Stopped.now(), Duration::from_secs);
        assert_eq!(slept(now + seconds(3)).await, seconds(3));
        assert_eq!(slept(now + seconds(11)).await, seconds(10));
        assert_eq!(slept(now + seconds(250_000_000_000)).await, seconds(10));
        assert_eq!(slept(now).await, Duration::ZERO);
        assert_eq!(slept(UNIX_EPOCH).await, Duration::ZERO);
    }
}
