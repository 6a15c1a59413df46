//! Rejections as HTTP responses.

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use auth0_api_core::Rejection;

/// The rejection of an extractor, or the one that the middleware makes of a [`HandlerError`](crate::HandlerError).
///
/// actix-web turns it into the response to the client, with status, challenges and body. The extensions of the response
/// contain the [`Rejection`].
#[derive(Clone, Debug)]
pub struct TokenRejection {
    rejection: Rejection,
    content_type: &'static str,
    body: Bytes,
}

/// Builds the bodies of rejections: with a hook, or as the default JSON.
#[derive(Clone)]
pub(crate) enum RejectionBody {
    Hook(Hook),
    Json,
}

type Hook = Arc<dyn Fn(&Rejection, Option<&HttpRequest>) -> (&'static str, Bytes) + Send + Sync>;

impl TokenRejection {
    pub(crate) fn new(rejection: Rejection, bodies: &RejectionBody, request: Option<&HttpRequest>) -> Self {
        let (content_type, body) = match bodies {
            RejectionBody::Hook(hook) => hook(&rejection, request),
            RejectionBody::Json => ("application/json", rejection.body().into()),
        };
        Self { rejection, content_type, body }
    }

    /// Returns the [`Rejection`], which has the status, the label and the challenges.
    pub fn rejection(&self) -> &Rejection {
        &self.rejection
    }
}

impl ResponseError for TokenRejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.rejection.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code()).set_body(self.body.clone()).map_into_boxed_body();
        for (name, value) in self.rejection.headers() {
            // Always `Ok`: core writes printable ASCII only.
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        response.extensions_mut().insert(self.rejection.clone());
        response
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
        F: Fn(&Rejection, Option<&HttpRequest>) -> (&'static str, B) + Send + Sync + 'static,
        B: Into<Bytes>,
    {
        Self::Hook(Arc::new(move |rejection, request| {
            let (content_type, body) = hook(rejection, request);
            (content_type, body.into())
        }))
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
