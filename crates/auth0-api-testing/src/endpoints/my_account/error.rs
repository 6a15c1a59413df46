//! The errors of the My Account API ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).

use axum::response::{AppendHeaders, IntoResponse, Response};
use http::{HeaderName, StatusCode, header};
use serde_json::{Value, json};

/// What the API answers in place of a result.
#[derive(Debug)]
pub(crate) struct MyAccountError {
    status: StatusCode,
    detail: String,
    validation_errors: Vec<Value>,
    challenge: Option<String>,
}

impl MyAccountError {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), validation_errors: Vec::new(), challenge: None }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Members of the body are missing or invalid.
    pub(crate) fn invalid(errors: Vec<Value>) -> Self {
        let error = Self::bad_request("The body of the request is invalid");
        Self { validation_errors: errors, ..error }
    }

    pub(crate) fn with_challenge(self, challenge: impl Into<String>) -> Self {
        Self { challenge: Some(challenge.into()), ..self }
    }
}

impl IntoResponse for MyAccountError {
    fn into_response(self) -> Response {
        // RFC 9457 §4.2.1: `about:blank` says that the problem is that of the status.
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or_default(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(members) = body.as_object_mut().filter(|_| !self.validation_errors.is_empty()) {
            members.insert("validation_errors".into(), self.validation_errors.into());
        }
        let challenge = self.challenge.map(|challenge| (header::WWW_AUTHENTICATE, challenge));
        let headers: [(HeaderName, &str); 2] =
            [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        (self.status, headers, AppendHeaders(challenge), body.to_string()).into_response()
    }
}
