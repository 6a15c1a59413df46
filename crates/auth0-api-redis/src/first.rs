//! Asks several servers the same question.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::trouble::Trouble;

/// Asks one server.
pub(crate) type Attempt<T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + Send>>;

/// Returns the first answer of several attempts, or the error of the last attempt that failed.
///
/// The attempts start one after the other. The next one starts when one fails, or when there was no answer for the time
/// `between`. So a server that is down or silent delays the answer only a little, and while all servers work, only the
/// first one is asked. Attempts that are still in progress end when there is an answer.
pub(crate) async fn first_answer<T: Send + 'static>(
    attempts: Vec<Attempt<T>>,
    between: Duration,
) -> Result<T, Trouble> {
    let mut waiting = attempts.into_iter();
    let mut running = JoinSet::new();
    let mut failed = Trouble::Stopped;
    loop {
        let ended = match waiting.next() {
            Some(attempt) => {
                running.spawn(attempt);
                match tokio::time::timeout(between, running.join_next()).await {
                    Ok(ended) => ended,
                    Err(_) => continue,
                }
            }
            None => running.join_next().await,
        };
        match ended {
            Some(Ok(Ok(answer))) => return Ok(answer),
            Some(Ok(Err(error))) => failed = error,
            // The runtime is shutting down.
            Some(Err(_)) => {}
            None => return Err(failed),
        }
    }
}
