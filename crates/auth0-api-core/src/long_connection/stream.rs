//! A stream that ends with a token.

use std::fmt;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::{Ended, UntilEnded};

/// A stream that yields the items of another stream until the token ends.
///
/// It works with each framework whose responses are streams: `Sse` and `Body::from_stream` of axum, `streaming` of
/// actix-web, and the streams of tonic. At the end, it drops the other stream. It never yields an item of the other
/// stream after the end, also not one that was ready before.
///
/// A server polls the stream only while the client reads. If a client stops reading, the stream ends when the client
/// reads on, or when the server's own time limit closes the connection. Until then nothing is sent.
///
/// The client of a plain body sees a complete response if the token ends in the middle. If the client must notice,
/// yield an error as the last item: see [`with_last`](Self::with_last).
///
/// ```
/// use auth0_api_core::{ApiClient, VerifiedToken};
/// use auth0_api_core::long_connection::EndsWithToken;
/// # use futures_core::Stream;
///
/// fn prices(
///     api: &ApiClient,
///     token: &VerifiedToken,
///     prices: impl Stream<Item = f64>,
/// ) -> impl Stream<Item = f64> {
///     EndsWithToken::new(prices, api.until_ended(token))
/// }
/// ```
#[must_use = "a stream does nothing unless it is polled"]
pub struct EndsWithToken<S: Stream> {
    /// `None` once the stream has ended. Boxed, so that `S` may be any stream.
    stream: Option<Pin<Box<S>>>,
    until_ended: UntilEnded,
    last: Option<Last<S::Item>>,
}

/// Makes the last item.
type Last<T> = Box<dyn FnOnce(Ended) -> T + Send>;

impl<S: Stream> EndsWithToken<S> {
    /// Ends `stream` with the token.
    pub fn new(stream: S, until_ended: UntilEnded) -> Self {
        Self { stream: Some(Box::pin(stream)), until_ended, last: None }
    }

    /// Yields one more item when the token ends: an event that says why, an error that aborts the body, or a gRPC status.
    /// If the other stream ends before the token, there is no such item.
    pub fn with_last(mut self, last: impl FnOnce(Ended) -> S::Item + Send + 'static) -> Self {
        self.last = Some(Box::new(last));
        self
    }
}

impl<S: Stream> Stream for EndsWithToken<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = &mut *self;
        let Some(stream) = &mut this.stream else { return Poll::Ready(None) };
        // The token comes first: a stream that always has an item would otherwise never end.
        if let Poll::Ready(ended) = Pin::new(&mut this.until_ended).poll(context) {
            this.stream = None;
            return Poll::Ready(this.last.take().map(|last| last(ended)));
        }
        let item = ready!(stream.as_mut().poll_next(context));
        if item.is_none() {
            this.stream = None;
        }
        Poll::Ready(item)
    }
}

impl<S: Stream> fmt::Debug for EndsWithToken<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndsWithToken").field("until_ended", &self.until_ended).finish_non_exhaustive()
    }
}
