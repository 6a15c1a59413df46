//! A clock that jumps to the time for which somebody waits.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use auth0_api_core::{Clock, Sleep};
use auth0_api_testing::ManualClock;

type OnWait = Box<dyn Fn() + Send>;

/// A task that sleeps with this clock wakes at once: the clock jumps to the time, and keeps how long the sleeper would have
/// waited.
#[derive(Clone)]
pub(crate) struct JumpingClock {
    time: ManualClock,
    waits: Arc<Mutex<Vec<Duration>>>,
    on_wait: Arc<Mutex<Option<OnWait>>>,
}

impl JumpingClock {
    pub(crate) fn new() -> Self {
        Self { time: ManualClock::new(), waits: Arc::default(), on_wait: Arc::default() }
    }

    /// Returns the time of this clock, for the tenant.
    pub(crate) fn time(&self) -> ManualClock {
        self.time.clone()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.time.advance(Duration::from_secs(seconds));
    }

    /// Calls this whenever somebody waits.
    pub(crate) fn on_wait(&self, action: impl Fn() + Send + 'static) {
        *self.on_wait.lock().unwrap() = Some(Box::new(action));
    }

    /// Returns the waits so far.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().clone()
    }

    /// Asserts that the waits took these numbers of seconds. Chance adds a fifth at most.
    pub(crate) fn assert_waits(&self, expected: &[u64]) {
        let waits = self.waits();
        let fit = waits.len() == expected.len()
            && waits.iter().zip(expected).all(|(wait, seconds)| {
                let shortest = Duration::from_secs(*seconds);
                (shortest..=shortest + shortest / 5).contains(wait)
            });
        assert!(fit, "{waits:?} instead of {expected:?}");
    }
}

impl Clock for JumpingClock {
    fn now(&self) -> SystemTime {
        self.time.now()
    }

    fn sleep_until(&self, time: SystemTime) -> Sleep {
        self.waits.lock().unwrap().push(time.duration_since(self.now()).unwrap_or_default());
        self.time.set(time);
        if let Some(action) = &*self.on_wait.lock().unwrap() {
            action();
        }
        Box::pin(async {})
    }
}

impl fmt::Debug for JumpingClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JumpingClock").field("time", &self.time).finish_non_exhaustive()
    }
}
