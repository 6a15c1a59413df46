//! CORS: pages of every origin may call the tenant, for example a single-page application in development.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, HeaderName,
};
use http::{HeaderValue, Method, StatusCode};

/// Answers preflight requests and adds the headers to every other answer.
pub(crate) async fn allow(request: Request, next: Next) -> Response {
    let mut response = match *request.method() {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    response.headers_mut().extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

/// The request headers are listed because `*` would not include `Authorization`. `DPoP-Nonce` is exposed because
/// otherwise a page could not read it ([RFC 9449 §8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).
const HEADERS: [(HeaderName, &str); 4] = [
    (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
    (ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, DPoP, Auth0-Client, MCP-Protocol-Version"),
    (ACCESS_CONTROL_EXPOSE_HEADERS, "DPoP-Nonce, WWW-Authenticate"),
];
