//! The body of a `POST` while it arrives: within a limit for its length, and one for its time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::Body;
use tokio::time::{Sleep, sleep};

use crate::message::MessageError;

/// The limits of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimits {
    pub(crate) octets: usize,
    pub(crate) time: Duration,
}

/// What has arrived of a body. A body that arrives in one piece is not copied.
#[derive(Debug, Default)]
pub(crate) struct Receiving {
    first: Bytes,
    /// The first part and the following ones.
    all: BytesMut,
    trailers: Option<HeaderMap>,
    /// Set when the body lets the layer wait for the first time.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Receiving {
    /// Reads to the end of the body.
    pub(crate) fn poll<B: Body<Data = Bytes>>(
        &mut self,
        mut body: Pin<&mut B>,
        limits: BodyLimits,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), MessageError>> {
        // Bounds the work for a body of empty parts, which would never exceed the limit for octets. A body that is ready
        // again and again is also interrupted, so that its time limit is looked at.
        for _ in 0..PARTS_AT_ONCE {
            match body.as_mut().poll_frame(context) {
                Poll::Pending => return self.poll_timer(limits, context),
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Ready(Some(Err(_))) => return Poll::Ready(Err(MessageError::BodyIncomplete)),
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(part) if part.len() > limits.octets.saturating_sub(self.len()) => {
                        return Poll::Ready(Err(MessageError::BodyTooLong));
                    }
                    Ok(part) => self.add(part),
                    Err(frame) => self.trailers = frame.into_trailers().ok(),
                },
            }
        }
        context.waker().wake_by_ref();
        self.poll_timer(limits, context)
    }

    /// Returns the octets and the trailers.
    pub(crate) fn take(&mut self) -> (Bytes, Option<HeaderMap>) {
        let Self { first, all, trailers, .. } = std::mem::take(self);
        (if all.is_empty() { first } else { all.freeze() }, trailers)
    }

    fn len(&self) -> usize {
        if self.all.is_empty() { self.first.len() } else { self.all.len() }
    }

    fn add(&mut self, part: Bytes) {
        if part.is_empty() {
            return;
        }
        if self.len() == 0 {
            self.first = part;
            return;
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&part);
    }

    fn poll_timer(&mut self, limits: BodyLimits, context: &mut Context<'_>) -> Poll<Result<(), MessageError>> {
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(limits.time)));
        timer.as_mut().poll(context).map(|()| Err(MessageError::BodyTimeout))
    }
}

/// The number is a choice of this crate. hyper's parts have at least a few octets, and most messages are one or two parts.
const PARTS_AT_ONCE: usize = 256;
