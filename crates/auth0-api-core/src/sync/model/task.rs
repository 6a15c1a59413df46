//! Tasks and timers of a model.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use shuttle::future::{JoinHandle, yield_now};

/// A task ended without a result.
#[derive(Debug)]
pub(crate) struct JoinError;

/// The time is over.
#[derive(Debug)]
pub(crate) struct Elapsed;

/// The payload of a panic that a model causes.
struct OnPurpose;

/// Starts a task. As in tokio, the handle returns an error if the task panicked.
pub(crate) fn spawn<F>(work: F) -> Task<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    Task(shuttle::future::spawn(until_panic(work)))
}

/// Ends the task of [`spawn`] that calls it.
pub(crate) fn panic_on_purpose() -> ! {
    // Without the panic hook, which would print a failing schedule.
    resume_unwind(Box::new(OnPurpose))
}

pub(crate) async fn sleep(_: Duration) {
    yield_now().await;
}

pub(crate) async fn timeout<F: Future>(limit: Duration, work: F) -> Result<F::Output, Elapsed> {
    let (mut work, mut timer) = (pin!(work), shuttle::future::spawn(async {}));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Ok(done)),
        Poll::Pending if limit.is_zero() => Poll::Ready(Err(Elapsed)),
        Poll::Pending => Pin::new(&mut timer).poll(context).map(|_| Err(Elapsed)),
    })
    .await
}

/// The handle of a task.
#[derive(Debug)]
pub(crate) struct Task<T>(JoinHandle<Result<T, JoinError>>);

impl<T> Future for Task<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|ended| ended.unwrap_or(Err(JoinError)))
    }
}

/// Tasks that end with the set.
pub(crate) struct JoinSet<T>(Vec<Task<T>>);

impl<T: Send + 'static> JoinSet<T> {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn spawn(&mut self, work: impl Future<Output = T> + Send + 'static) {
        self.0.push(spawn(work));
    }

    /// Waits for the next task that ends; `None` if there are no more tasks.
    pub(crate) async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        poll_fn(|context| {
            let ended = self.0.iter_mut().enumerate().find_map(|(index, task)| match Pin::new(task).poll(context) {
                Poll::Ready(ended) => Some((index, ended)),
                Poll::Pending => None,
            });
            match ended {
                Some((index, ended)) => {
                    self.0.remove(index);
                    Poll::Ready(Some(ended))
                }
                None if self.0.is_empty() => Poll::Ready(None),
                None => Poll::Pending,
            }
        })
        .await
    }
}

impl<T> Drop for JoinSet<T> {
    fn drop(&mut self) {
        self.0.iter().for_each(|task| task.0.abort());
    }
}

/// Runs the work until it ends or panics on purpose. The work is dropped before this future is ready.
async fn until_panic<F: Future>(work: F) -> Result<F::Output, JoinError> {
    let mut work = Box::pin(work);
    poll_fn(|context| {
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) if (*payload).is::<OnPurpose>() => Poll::Ready(Err(JoinError)),
            // A failed assertion, or the end of an execution that unwinds its tasks.
            Err(payload) => resume_unwind(payload as Box<dyn Any + Send>),
        }
    })
    .await
}
