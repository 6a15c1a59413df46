//! The error response of the tenant's endpoints ([RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)),
//! with Auth0's status codes and texts.

use std::borrow::Cow;

use axum::Json;
use axum::response::{AppendHeaders, IntoResponse, Response};
use http::{HeaderName, StatusCode};
use serde_json::{Map, Value};

#[derive(Debug)]
pub(crate) struct ErrorResponse {
    pub(crate) status: StatusCode,
    pub(crate) error: Cow<'static, str>,
    pub(crate) description: String,
    headers: Vec<(HeaderName, String)>,
    /// Further members of the body, after `error` and `error_description`.
    members: Vec<(&'static str, Value)>,
}

impl ErrorResponse {
    pub(crate) fn new(status: StatusCode, error: impl Into<Cow<'static, str>>, description: impl Into<String>) -> Self {
        Self { status, error: error.into(), description: description.into(), headers: Vec::new(), members: Vec::new() }
    }

    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(crate) fn access_denied(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied", description)
    }

    /// The client is unknown or its authentication failed.
    pub(crate) fn invalid_client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    /// The client is authenticated, but is not allowed to make this request.
    pub(crate) fn unauthorized_client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "unauthorized_client", description)
    }

    /// Nobody is signed in, and the client wants no page (OpenID Connect Core §3.1.2.6).
    pub(crate) fn login_required(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "login_required", description)
    }

    /// The code or the refresh token is invalid. The status is 403, as in Auth0.
    pub(crate) fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_grant", description)
    }

    pub(crate) fn no_such_api(audience: &str) -> Self {
        Self::access_denied(format!("Service not found: {audience}"))
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn with_member(mut self, name: &'static str, value: Value) -> Self {
        self.members.push((name, value));
        self
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        let error = [("error", self.error.into()), ("error_description", self.description.into())];
        let members = error.into_iter().chain(self.members).map(|(name, value)| (name.to_owned(), value));
        let body = Json(members.collect::<Map<_, _>>());
        (self.status, AppendHeaders(self.headers), body).into_response()
    }
}
