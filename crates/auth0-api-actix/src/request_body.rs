//! The body of a request, and how it ended.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_core::Stream;

/// A body that remembers how it ended. After its end, nothing more is read of it.
pub(crate) struct RequestBody {
    payload: Payload,
    end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Something else than the connection ended the body, such as a limit of a middleware further out. The client may
    /// still send the rest.
    Failed,
    /// The whole body has arrived, or its connection has ended.
    Over,
}

impl RequestBody {
    pub(crate) fn new(payload: Payload) -> Self {
        Self { payload, end: None }
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.end == Some(End::Failed)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.end == Some(End::Over)
    }

    /// Looks for the end without waiting for it, and discards what has arrived, about 1 MiB at most.
    pub(crate) async fn ends_now(&mut self) -> bool {
        let mut left = MOST_OCTETS;
        poll_fn(|context| {
            while left > 0
                && let Poll::Ready(Some(Ok(octets))) = self.poll_octets(context)
            {
                // An empty part counts too, so that endless empty parts end.
                left = left.saturating_sub(octets.max(1));
            }
            Poll::Ready(())
        })
        .await;
        self.is_over()
    }

    /// Reads the next part, and returns the number of its octets.
    pub(crate) fn poll_octets(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<usize, PayloadError>>> {
        let part = ready!(Pin::new(self).poll_next(context));
        Poll::Ready(part.map(|part| part.map(|part| part.len())))
    }
}

impl Stream for RequestBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.end.is_some() {
            return Poll::Ready(None);
        }
        let part = ready!(Pin::new(&mut self.payload).poll_next(context));
        self.end = match &part {
            Some(Ok(_)) => None,
            // With this error, actix-http reports the end of the connection.
            Some(Err(PayloadError::Incomplete(_))) | None => Some(End::Over),
            Some(Err(_)) => Some(End::Failed),
        };
        Poll::Ready(part)
    }
}

/// As much as the middleware reads of the body of a rejected request.
const MOST_OCTETS: usize = 1 << 20;
