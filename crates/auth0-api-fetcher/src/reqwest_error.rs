//! What the errors of reqwest mean.

use std::error::Error;
use std::io::{self, ErrorKind};

use auth0_api_core::http::HttpError;

/// Returns true if the error or one of its sources says that the other side has ended the connection.
pub(crate) fn is_disconnection(error: &(dyn Error + 'static)) -> bool {
    fn ended(error: &(dyn Error + 'static)) -> bool {
        let hyper = error.downcast_ref::<hyper::Error>();
        let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
        hyper.is_some_and(|error| error.is_incomplete_message() || error.is_canceled() || error.is_closed())
            || matches!(io, Some(ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset))
    }
    ended(error) || error.source().is_some_and(is_disconnection)
}

pub(crate) fn classify(error: reqwest::Error) -> HttpError {
    // Leave the URL out: reqwest would put it into the error's text, and errors are logged.
    let error = error.without_url();
    if error.is_timeout() {
        HttpError::Timeout
    } else if error.is_connect() {
        HttpError::Connect(error.into())
    } else {
        HttpError::Exchange(error.into())
    }
}
