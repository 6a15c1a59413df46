//! A value that all requests share.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::trouble::Trouble;

/// A value that is made when it is first needed, and made again after a request has discarded it.
///
/// A task makes the value, and all requests wait for its result. So a request that is given up does not make the next
/// request start again: during an outage, there is one attempt at a time, however many requests there are. If the value
/// cannot be made, the requests that wait for it share the error, and the next request tries again.
pub(crate) struct Shared<T> {
    /// How long the task may take.
    limit: Duration,
    current: Mutex<Option<Making<T>>>,
}

/// A value that is made, or is being made.
struct Making<T> {
    began: Instant,
    outcome: Outcome<T>,
}

/// The value, once the task has made it.
type Outcome<T> = watch::Receiver<Option<Result<T, Trouble>>>;

/// Identifies the value that a request has used, so that the request discards this value and no newer one.
pub(crate) struct Used<T>(Outcome<T>);

impl<T: Clone + Send + Sync + 'static> Shared<T> {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, current: Mutex::default() }
    }

    pub(crate) async fn get<F>(&self, make: impl FnOnce() -> F) -> Result<(T, Used<T>), Trouble>
    where
        F: Future<Output = Result<T, Trouble>> + Send + 'static,
    {
        let mut outcome = self.begin(make);
        let result = outcome.wait_for(Option::is_some).await.ok().and_then(|result| result.clone());
        let used = Used(outcome);
        match result.unwrap_or(Err(Trouble::Stopped)) {
            Ok(value) => Ok((value, used)),
            Err(error) => {
                self.discard(&used);
                Err(error)
            }
        }
    }

    /// Discards the value that this request has used, so that the next request makes a new one.
    pub(crate) fn discard(&self, used: &Used<T>) {
        // Several requests may fail with the same value. The first request removes it. The other requests must not
        // remove a newer value, so the channels are compared.
        self.lock().take_if(|current| current.outcome.same_channel(&used.0));
    }

    /// Discards the value, unless it is still being made.
    pub(crate) fn discard_made(&self) {
        self.lock().take_if(|making| making.outcome.borrow().is_some());
    }

    /// Discards the value if this request is given up after its server was silent for the time `patience` or longer.
    pub(crate) fn unless_answered<'a>(&'a self, used: &'a Used<T>, patience: Duration) -> Unanswered<'a, T> {
        Unanswered { shared: self, used, patience, since: timer_now(), is_answered: false }
    }

    fn begin<F>(&self, make: impl FnOnce() -> F) -> Outcome<T>
    where
        F: Future<Output = Result<T, Trouble>> + Send + 'static,
    {
        let mut current = self.lock();
        // The task ends in time, unless its runtime does not run: the application blocks the runtime's only thread, or does
        // not drive it any more. Another runtime may share this store.
        current.take_if(|making| making.outcome.borrow().is_none() && making.began.elapsed() >= 2 * self.limit);
        let making = current.get_or_insert_with(|| {
            let (sender, outcome) = watch::channel(None);
            let (value, limit) = (make(), self.limit);
            tokio::spawn(async move {
                let result = tokio::time::timeout(limit, value).await;
                sender.send_replace(Some(result.unwrap_or(Err(Trouble::NotConnected(limit)))));
            });
            Making { began: timer_now(), outcome }
        });
        making.outcome.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Making<T>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request whose server has not answered yet.
///
/// The request may be given up at any time: its time limit ends, or its caller hangs up. If the server has been silent for
/// long, the next request should not rely on it. A caller who hangs up early says nothing about the server.
pub(crate) struct Unanswered<'a, T: Clone + Send + Sync + 'static> {
    shared: &'a Shared<T>,
    used: &'a Used<T>,
    patience: Duration,
    since: Instant,
    is_answered: bool,
}

impl<T: Clone + Send + Sync + 'static> Unanswered<'_, T> {
    pub(crate) fn answered(mut self) {
        self.is_answered = true;
    }
}

impl<T: Clone + Send + Sync + 'static> Drop for Unanswered<'_, T> {
    fn drop(&mut self) {
        if !self.is_answered && self.since.elapsed() >= self.patience {
            self.shared.discard(self.used);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "measures how long a server or a task is silent, as a timer would")]
fn timer_now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::future::{pending, ready};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_that_are_given_up_start_no_second_attempt() {
        let (shared, started) = (Shared::<()>::new(LIMIT), Arc::new(AtomicUsize::new(0)));
        let never = || {
            started.fetch_add(1, Ordering::Relaxed);
            pending()
        };
        for _ in 0..9 {
            tokio::time::timeout(LIMIT / 10, shared.get(never)).await.map(drop).unwrap_err();
        }
        assert_eq!(started.load(Ordering::Relaxed), 1);
        assert!(matches!(shared.get(never).await, Err(Trouble::NotConnected(_))), "the attempt has a limit");
        assert_eq!(shared.get(|| ready(Ok(()))).await.map(drop).ok(), Some(()), "the next request tries again");
    }

    #[tokio::test]
    async fn only_the_value_that_a_request_has_used_is_discarded() {
        let shared = Shared::new(LIMIT);
        let (_, first) = shared.get(|| ready(Ok(1))).await.unwrap();
        shared.discard(&first);
        assert_eq!(shared.get(|| ready(Ok(2))).await.unwrap().0, 2);
        shared.discard(&first);
        drop(shared.unless_answered(&first, Duration::ZERO));
        let (value, second) = shared.get(|| ready(Ok(3))).await.unwrap();
        assert_eq!(value, 2);

        drop(shared.unless_answered(&second, LIMIT));
        shared.unless_answered(&second, Duration::ZERO).answered();
        assert_eq!(shared.get(|| ready(Ok(4))).await.unwrap().0, 2, "given up early, and answered");
        drop(shared.unless_answered(&second, Duration::ZERO));
        assert_eq!(shared.get(|| ready(Ok(5))).await.unwrap().0, 5, "given up late");
    }

    #[test]
    fn a_runtime_that_does_not_run_delays_no_other_for_long() {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (stopped, other) = (runtime(), runtime());
        let shared = Shared::new(Duration::from_millis(10));
        let soon = Duration::from_millis(1);
        let given_up = stopped.block_on(async { tokio::time::timeout(soon, shared.get(pending)).await.map(drop) });
        assert!(given_up.is_err());
        let made = other.block_on(async {
            let made = async {
                loop {
                    if let Ok(Ok((value, _))) = tokio::time::timeout(soon, shared.get(|| ready(Ok(1)))).await {
                        return value;
                    }
                }
            };
            tokio::time::timeout(LIMIT, made).await
        });
        assert_eq!(made, Ok(1));
        drop(stopped);
    }

    const LIMIT: Duration = Duration::from_secs(60);
}
