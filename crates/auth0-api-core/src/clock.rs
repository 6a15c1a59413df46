//! The source of time. A verification reads the clock once, and tests can replace the clock.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Provides the current time to everything in this crate that compares times.
///
/// A verification reads the clock once, so that all checks of one request use the same "now". Tests can replace the
/// clock: see `ManualClock` in `auth0-api-testing`.
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
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> SystemTime {
        (**self).now()
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

/// Returns the time since 1970-01-01T00:00:00Z, which is also the epoch of a JWT's `NumericDate`. An earlier time
/// counts as 0.
pub(crate) fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}
