//! The future that completes when a token ends.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use super::Ended;

/// A future that completes when the token of a connection ends: see
/// [`ApiClient::until_ended`](crate::ApiClient::until_ended).
///
/// It can be moved into a stream or a task. It starts no task, and holds one timer. Dropping it stops everything that it
/// does. Once it has completed, it returns the same value when it is polled again, so `&mut until_ended` can be awaited
/// in each round of a loop. It must be polled inside a tokio runtime with a timer.
#[must_use = "a connection ends with its token only if this future is awaited"]
pub struct UntilEnded(Progress);

enum Progress {
    Open(Pin<Box<dyn Future<Output = Ended> + Send>>),
    Ended(Ended),
}

impl UntilEnded {
    pub(crate) fn new(watch: impl Future<Output = Ended> + Send + 'static) -> Self {
        Self(Progress::Open(Box::pin(watch)))
    }

    /// Runs `work` until the token ends. Then `work` is dropped, even in the middle of a step.
    ///
    /// Use it for the handler of a WebSocket, so that a handler that waits for something else cannot miss the end:
    ///
    /// ```
    /// use auth0_api_core::{ApiClient, VerifiedToken};
    ///
    /// # struct Socket;
    /// # async fn talk(_: &mut Socket) {}
    /// # async fn close(_: Socket, _: u16, _: String) {}
    /// async fn serve(api: ApiClient, token: VerifiedToken, mut socket: Socket) {
    ///     if let Err(ended) = api.until_ended(&token).limit(talk(&mut socket)).await {
    ///         close(socket, ended.close_code(), ended.to_string()).await;
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Ended`] if the token ends first. If both end at the same moment, the token counts.
    pub async fn limit<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Ended> {
        let mut work = pin!(work);
        poll_fn(|context| match Pin::new(&mut *self).poll(context) {
            Poll::Ready(ended) => Poll::Ready(Err(ended)),
            Poll::Pending => work.as_mut().poll(context).map(Ok),
        })
        .await
    }
}

impl Future for UntilEnded {
    type Output = Ended;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ended> {
        let ended = match &mut self.0 {
            Progress::Open(watch) => std::task::ready!(watch.as_mut().poll(context)),
            Progress::Ended(ended) => *ended,
        };
        self.0 = Progress::Ended(ended);
        Poll::Ready(ended)
    }
}

impl fmt::Debug for UntilEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Progress::Open(_) => f.write_str("UntilEnded(open)"),
            Progress::Ended(ended) => f.debug_tuple("UntilEnded").field(ended).finish(),
        }
    }
}
