//! The next nonce, which goes out with whatever answer the service behind gives.

use std::fmt;

use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use auth0_api_core::VerifiedToken;

/// The nonce that the client should use from now on, if it has turned.
pub(crate) fn next(token: &VerifiedToken) -> Option<HeaderValue> {
    token.next_nonce().and_then(|nonce| HeaderValue::from_str(nonce).ok())
}

/// Adds it to a response, or to the one that an error will make.
pub(crate) fn hand_out<B>(
    nonce: HeaderValue,
    outcome: Result<ServiceResponse<B>, actix_web::Error>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    match outcome {
        Ok(mut response) => {
            add(nonce, response.headers_mut());
            Ok(response)
        }
        Err(error) => Err(ErrorWithNonce { error, nonce }.into()),
    }
}

/// RFC 9449 §8.2: a response with a nonce is for one client, and not for a cache, whatever the service behind says.
fn add(nonce: HeaderValue, headers: &mut HeaderMap) {
    headers.insert(HeaderName::from_static("dpop-nonce"), nonce);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// An error of a middleware further in; those of handlers are responses already.
struct ErrorWithNonce {
    error: actix_web::Error,
    nonce: HeaderValue,
}

impl ResponseError for ErrorWithNonce {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.error.error_response();
        add(self.nonce.clone(), response.headers_mut());
        response
    }
}

impl fmt::Debug for ErrorWithNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Display for ErrorWithNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}
