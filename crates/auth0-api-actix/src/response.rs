//! The responses of the middleware.

use std::fmt;

use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use auth0_api_core::Rejection;
use auth0_api_core::adapter::{Admission, ReturnedError};

use crate::admitted::Admitted;
use crate::rejection::{RejectionBody, TokenRejection};

type Outcome<B> = Result<ServiceResponse<B>, actix_web::Error>;

/// Returns the response to a rejected request.
pub(crate) fn reject<B>(
    request: ServiceRequest,
    rejection: Rejection,
    bodies: &RejectionBody,
) -> ServiceResponse<EitherBody<B>> {
    let response = TokenRejection::new(rejection, bodies, Some(request.request())).error_response();
    request.into_response(response).map_into_right_body()
}

/// Turns an error of a handler into a rejection, and sets the headers of the admission.
pub(crate) fn finish<B>(admitted: &Admitted, outcome: Outcome<B>) -> Outcome<EitherBody<B>> {
    match outcome {
        Ok(response) => {
            let mut response = match rejection(admitted, response.response()) {
                Some(rejection) => replaced(response, rejection, &admitted.bodies).map_into_right_body(),
                None => response.map_into_left_body(),
            };
            set_headers(&admitted.admission, response.headers_mut());
            Ok(response)
        }
        Err(error) => {
            let rejection = rejection(admitted, &error.error_response());
            let rejected = rejection.map(|rejection| TokenRejection::new(rejection, &admitted.bodies, None));
            let error = rejected.map_or(error, Into::into);
            if admitted.admission.response_headers().next().is_none() {
                return Err(error);
            }
            Err(ErrorWithHeaders { error, admission: admitted.admission.clone() }.into())
        }
    }
}

/// Returns true for a rejection of this crate.
pub(crate) fn is_rejection<B>(outcome: &Outcome<B>) -> bool {
    match outcome {
        Ok(response) => response.response().extensions().contains::<Rejection>(),
        Err(error) => error.error_response().extensions().contains::<Rejection>(),
    }
}

/// Returns the rejection that replaces a response. The response contains the error of a handler even if an error of the
/// application wraps it.
fn rejection<B>(admitted: &Admitted, response: &HttpResponse<B>) -> Option<Rejection> {
    let returned = response.extensions().get::<ReturnedError>().cloned();
    returned.and_then(|error| admitted.admission.reject_returned(&error, response.status().as_u16()))
}

/// Replaces a response by a rejection. Headers that middleware between the handler and this one has set are kept, such
/// as those of CORS.
fn replaced<B>(response: ServiceResponse<B>, rejection: Rejection, bodies: &RejectionBody) -> ServiceResponse<BoxBody> {
    let rejected = TokenRejection::new(rejection, bodies, Some(response.request()));
    let mut own = rejected.error_response();
    let kept = |name: &HeaderName| rejected.rejection().keeps_replaced_header(name.as_str());
    for (name, value) in response.headers().iter().filter(|(name, _)| kept(name)) {
        own.headers_mut().append(name.clone(), value.clone());
    }
    response.into_response(own)
}

fn set_headers(admission: &Admission, headers: &mut HeaderMap) {
    for (name, value) in admission.response_headers() {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// An error of a middleware further in, with the headers of the admission. Errors of handlers are responses already.
struct ErrorWithHeaders {
    error: actix_web::Error,
    admission: Admission,
}

impl ResponseError for ErrorWithHeaders {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.error.error_response();
        set_headers(&self.admission, response.headers_mut());
        response
    }
}

impl fmt::Debug for ErrorWithHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Display for ErrorWithHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}
