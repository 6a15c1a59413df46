//! What the token endpoint answers when it issues nothing
//! ([RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2), with Auth0's status codes and wordings).

use std::borrow::Cow;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, StatusCode};
use serde_json::json;

#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    pub(crate) error: Cow<'static, str>,
    pub(crate) description: String,
    header: Option<(HeaderName, String)>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, error: impl Into<Cow<'static, str>>, description: impl Into<String>) -> Self {
        Self { status, error: error.into(), description: description.into(), header: None }
    }

    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(crate) fn access_denied(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied", description)
    }

    /// The client is not who it says.
    pub(crate) fn invalid_client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    /// The client is who it says, and may not do this.
    pub(crate) fn unauthorized_client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "unauthorized_client", description)
    }

    /// A code or a refresh token that is not good, with Auth0's 403.
    pub(crate) fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_grant", description)
    }

    pub(crate) fn no_such_api(audience: &str) -> Self {
        Self::access_denied(format!("Service not found: {audience}"))
    }

    pub(crate) fn with_header(self, name: HeaderName, value: impl Into<String>) -> Self {
        Self { header: Some((name, value.into())), ..self }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.error, "error_description": self.description }));
        match self.header {
            Some(header) => (self.status, [header], body).into_response(),
            None => (self.status, body).into_response(),
        }
    }
}
