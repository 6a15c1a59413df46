//! Rejections as HTTP responses.

use std::fmt;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use auth0_api_core::Rejection;

/// The rejection of an extractor, or the one that the middleware makes of a [`HandlerError`](crate::HandlerError).
///
/// actix-web turns it into the response to the client, with status, challenges and body.
#[derive(Debug)]
pub struct TokenRejection {
    rejection: Rejection,
    bodies: RejectionBody,
}

/// Builds the bodies of rejections: with a hook, or as the default JSON.
#[derive(Clone)]
pub(crate) enum RejectionBody {
    Hook(Hook),
    Json,
}

type Hook = Arc<dyn Fn(&Rejection) -> (&'static str, BoxBody) + Send + Sync>;

impl TokenRejection {
    pub(crate) fn new(rejection: Rejection, bodies: RejectionBody) -> Self {
        Self { rejection, bodies }
    }

    /// Returns the [`Rejection`], which has the status, the label and the challenges.
    pub fn rejection(&self) -> &Rejection {
        &self.rejection
    }
}

impl ResponseError for TokenRejection {
    fn status_code(&self) -> StatusCode {
        status(&self.rejection)
    }

    fn error_response(&self) -> HttpResponse {
        reject(&self.rejection, &self.bodies)
    }
}

impl fmt::Display for TokenRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.rejection.label(), self.rejection.status())
    }
}

impl RejectionBody {
    pub(crate) fn hook<F, B>(hook: F) -> Self
    where
        F: Fn(&Rejection) -> (&'static str, B) + Send + Sync + 'static,
        B: MessageBody + 'static,
    {
        Self::Hook(Arc::new(move |rejection| {
            let (content_type, body) = hook(rejection);
            (content_type, body.boxed())
        }))
    }

    fn body(&self, rejection: &Rejection) -> (&'static str, BoxBody) {
        match self {
            Self::Hook(hook) => hook(rejection),
            Self::Json => ("application/json", rejection.body().boxed()),
        }
    }
}

impl fmt::Debug for RejectionBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hook(_) => "Hook",
            Self::Json => "Json",
        })
    }
}

/// Returns the response to a rejected request.
pub(crate) fn reject(rejection: &Rejection, bodies: &RejectionBody) -> HttpResponse {
    let (content_type, body) = bodies.body(rejection);
    let mut response = HttpResponse::with_body(status(rejection), body);
    for (name, value) in rejection.headers() {
        // Always `Ok`: core writes printable ASCII only.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn status(rejection: &Rejection) -> StatusCode {
    StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
