//! A body that returns to the layer when it is dropped before its end, or after an error.

use std::any::Any;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum_core::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

/// Where a body returns to.
#[derive(Clone, Default)]
pub(crate) struct Returned(Arc<Mutex<Option<(Body, Progress)>>>);

/// What the service has done with a body that has returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It has asked for a part.
    Begun,
    /// It has got an error. The client may still send, such as after a limit of a layer further out.
    Failed,
    /// Nothing.
    Untouched,
}

/// A body that returns when it is dropped.
struct ReturningBody {
    body: Body,
    has_ended: bool,
    progress: Progress,
    to: Returned,
}

/// Returns a body that can return. `None` for bodies of other types than axum's, and for bodies that have arrived
/// completely.
pub(crate) fn returning<B: 'static>(body: &mut B) -> Option<&mut Body> {
    (body as &mut dyn Any).downcast_mut::<Body>().filter(|body| !body.is_end_stream())
}

impl Returned {
    /// Wraps a body, so that it returns.
    pub(crate) fn lend(body: &mut Body) -> Self {
        let returned = Self::default();
        let inner = std::mem::take(body);
        let (has_ended, progress) = (false, Progress::Untouched);
        *body = Body::new(ReturningBody { body: inner, has_ended, progress, to: returned.clone() });
        returned
    }

    /// Returns the body, if it has returned.
    pub(crate) fn take(&self) -> Option<(Body, Progress)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl http_body::Body for ReturningBody {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.progress == Progress::Untouched {
            self.progress = Progress::Begun;
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(_)) => {}
            Some(Err(_)) => self.progress = Progress::Failed,
            // Many bodies say so after an error too.
            None => self.has_ended = self.progress != Progress::Failed,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ReturningBody {
    fn drop(&mut self) {
        if !self.has_ended && !self.is_end_stream() {
            let body = std::mem::take(&mut self.body);
            *self.to.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((body, self.progress));
        }
    }
}
