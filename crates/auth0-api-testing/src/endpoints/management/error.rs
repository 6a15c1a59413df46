//! The errors of the Management API, in Auth0's form.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;

/// What the API answers in place of a result.
#[derive(Debug)]
pub(crate) struct ManagementError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ManagementError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// Members of the body are missing or invalid.
    pub(crate) fn invalid_body(problems: &[String]) -> Self {
        let message = format!("Payload validation error: {}", problems.join("; "));
        Self::new(StatusCode::BAD_REQUEST, "invalid_body", message)
    }

    pub(crate) fn not_found() -> Self {
        let message = "The token exchange profile does not exist";
        Self::new(StatusCode::NOT_FOUND, "inexistent_token_exchange_profile", message)
    }

    pub(crate) fn no_such_api() -> Self {
        let message = "The resource server does not exist";
        Self::new(StatusCode::NOT_FOUND, "inexistent_resource_server", message)
    }

    pub(crate) fn conflict() -> Self {
        let message = "A token exchange profile with this subject_token_type already exists";
        Self::new(StatusCode::CONFLICT, "token_exchange_profile_conflict", message)
    }
}

impl IntoResponse for ManagementError {
    fn into_response(self) -> Response {
        let body = json!({
            "statusCode": self.status.as_u16(),
            "error": self.status.canonical_reason().unwrap_or_default(),
            "message": self.message,
            "errorCode": self.code,
        });
        let headers = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
        (self.status, headers, body.to_string()).into_response()
    }
}
