//! Whether a request may wait, for example for the network. Most requests need not: they end in one step.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Whether a request may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    Allowed,
    /// The request is an attempt: [`at_once`] runs it.
    Refused,
}

impl Waiting {
    /// Ends an attempt: this future never completes. Otherwise does nothing.
    ///
    /// A step calls this before it waits, and before it changes anything, because the request then begins again.
    pub(crate) async fn begin(self) {
        if self == Self::Refused {
            std::future::pending::<()>().await;
        }
    }
}

/// Runs an attempt. Returns `None` if it would have to wait.
///
/// The future is on the stack, so an attempt needs no memory of its own.
pub(crate) fn at_once<F: Future>(attempt: F) -> Option<F::Output> {
    match pin!(attempt).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Changes `steps` before and after it waits.
    async fn steps(waiting: Waiting, steps: &mut u32) {
        *steps += 1;
        waiting.begin().await;
        *steps += 1;
    }

    #[test]
    fn an_attempt_ends_where_it_would_wait() {
        let mut taken = 0;
        assert_eq!(at_once(steps(Waiting::Refused, &mut taken)), None);
        assert_eq!(taken, 1);
    }

    #[test]
    fn a_request_that_may_wait_goes_on() {
        let mut taken = 0;
        assert_eq!(at_once(steps(Waiting::Allowed, &mut taken)), Some(()));
        assert_eq!(taken, 2);
    }
}
