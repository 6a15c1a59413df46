//! Adds the next nonce to the answer of the service. The answer is a response or an error.

use std::fmt;

use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use auth0_api_core::VerifiedToken;

/// Returns the nonce that the client should use from now on, if the client's current nonce is about to expire.
pub(crate) fn next(token: &VerifiedToken) -> Option<HeaderValue> {
    token.next_nonce().and_then(|nonce| HeaderValue::from_str(nonce).ok())
}

/// Adds the nonce to a response. If the outcome is an error, this function wraps the error, so that the response that
/// actix-web later makes from the error contains the nonce.
pub(crate) fn add<B>(
    nonce: HeaderValue,
    outcome: Result<ServiceResponse<B>, actix_web::Error>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    match outcome {
        Ok(mut response) => {
            add_to_headers(nonce, response.headers_mut());
            Ok(response)
        }
        Err(error) => Err(ErrorWithNonce { error, nonce }.into()),
    }
}

/// RFC 9449 §8.2: a response with a nonce should not be cached. This function replaces the `Cache-Control` of the
/// service.
fn add_to_headers(nonce: HeaderValue, headers: &mut HeaderMap) {
    headers.insert(HeaderName::from_static("dpop-nonce"), nonce);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// An error of an inner middleware, with the nonce for its response. For an error of a handler this type is not needed:
/// actix-web turns such an error into a response before the middleware gets it.
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
        add_to_headers(self.nonce.clone(), response.headers_mut());
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
