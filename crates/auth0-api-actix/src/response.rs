//! What the middleware does with the response of the service behind it.

use std::fmt;

use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, VARY};
use actix_web::{HttpResponse, ResponseError};
use auth0_api_core::adapter::{Admission, outlives_its_body};

use crate::admitted::Admitted;
use crate::handler_error::HandlerError;
use crate::rejection::TokenRejection;

type Outcome<B> = Result<ServiceResponse<B>, actix_web::Error>;

/// Turns an error of a handler into a rejection, and sets the headers of the admission.
pub(crate) fn finish<B>(admitted: &Admitted, outcome: Outcome<B>) -> Outcome<EitherBody<B>> {
    let rejection =
        |error: &HandlerError| TokenRejection::new(admitted.admission.reject(error.error()), admitted.bodies.clone());
    match outcome {
        Ok(response) => {
            // The response of the handler contains the error, even if an error of the application wraps it.
            let error = response.response().extensions().get::<HandlerError>().cloned();
            let mut response = match error.as_ref().map(rejection) {
                Some(rejection) => replaced(response, &rejection).map_into_right_body(),
                None => response.map_into_left_body(),
            };
            set_headers(&admitted.admission, response.headers_mut());
            Ok(response)
        }
        Err(error) => {
            // As above: an error of the application may wrap the error.
            let wrapped = error.error_response().extensions().get::<HandlerError>().cloned();
            let error = wrapped.as_ref().map(rejection).map_or(error, Into::into);
            if admitted.admission.response_headers().next().is_none() {
                return Err(error);
            }
            Err(ErrorWithHeaders { error, admission: admitted.admission.clone() }.into())
        }
    }
}

/// Replaces a response by a rejection. Headers that middleware between the handler and this one has set are kept, such
/// as those of CORS. A header that the rejection sets itself replaces all lines of the same name, except `Vary`, which
/// both may extend.
fn replaced<B>(response: ServiceResponse<B>, rejection: &TokenRejection) -> ServiceResponse<BoxBody> {
    let mut rejected = rejection.error_response();
    let set: Vec<HeaderName> = rejected.headers().keys().filter(|name| *name != VARY).cloned().collect();
    for (name, value) in response.headers() {
        if !set.contains(name) && outlives_its_body(name.as_str()) {
            rejected.headers_mut().append(name.clone(), value.clone());
        }
    }
    response.into_response(rejected)
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
