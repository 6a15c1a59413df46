//! Errors that a handler returns.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Admission;
use super::layer_missing::LayerMissing;
use crate::error::Error;
use crate::place::KeptPlace;
use crate::rejection::Rejection;

/// An error that a handler returns, until the middleware around the handler rejects the request.
///
/// An adapter wraps it into a type that its framework takes as the error of a handler. The response of this type is
/// that of [`answer`](Self::answer), and its extensions contain the error. The middleware finds the error there and
/// replaces the response by [`Admission::reject_returned`].
#[derive(Clone)]
pub struct ReturnedError(Arc<Inner>);

struct Inner {
    error: Error,
    /// A response contains the error.
    answered: AtomicBool,
    /// A middleware has found the error in a response.
    claimed: AtomicBool,
}

impl ReturnedError {
    /// Returns the error.
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// Returns the response that the client receives if no middleware replaces it: 500.
    ///
    /// If no middleware has claimed the error when its last clone is dropped, the event `layer_missing` tells the
    /// operator.
    pub fn answer(&self) -> Rejection {
        self.0.answered.store(true, Ordering::Relaxed);
        Rejection::misconfigured()
    }

    fn claim(&self) -> &Error {
        self.0.claimed.store(true, Ordering::Relaxed);
        self.error()
    }
}

impl Admission {
    /// Rejects a request because of the error that is in the extensions of the handler's response. `status` is the
    /// status of this response.
    ///
    /// `None` if the status is not 500 any more: code between the handler and the middleware has handled the error, and
    /// its response goes to the client.
    pub fn reject_returned(&self, returned: &ReturnedError, status: u16) -> Option<Rejection> {
        let error = returned.claim();
        (status == Rejection::misconfigured().status()).then(|| self.reject(error))
    }
}

impl<E: Into<Error>> From<E> for ReturnedError {
    fn from(error: E) -> Self {
        Self(Arc::new(Inner { error: error.into(), answered: AtomicBool::new(false), claimed: AtomicBool::new(false) }))
    }
}

impl fmt::Debug for ReturnedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

impl fmt::Display for ReturnedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

/// A response does not know which middleware is around it. So the error itself notices that it leaves with the response.
impl Drop for Inner {
    fn drop(&mut self) {
        if *self.answered.get_mut() && !*self.claimed.get_mut() {
            LayerMissing::Returned(&self.error).log(self.error.place.as_deref().map(KeptPlace::place));
        }
    }
}
