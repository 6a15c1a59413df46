//! CORS: pages of every origin may call the tenant, for example a single-page application in development. The operator can
//! allow only some origins. No page may read what a browser gets by navigation: pages for a person, and the redirects and
//! messages that contain a code.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, HeaderName, ORIGIN, VARY,
};
use http::{HeaderValue, Method, StatusCode};

use crate::pages::SameOriginOnly;
use crate::state::Tenant;

/// Answers preflight requests and adds the headers to every other answer, except where [`SameOriginOnly`] marks the
/// answer of an endpoint that browsers navigate to.
pub(crate) async fn allow(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = match *request.method() {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    if response.extensions().get::<SameOriginOnly>().is_some() {
        return response;
    }
    let headers = response.headers_mut();
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    match &tenant.cors_origins {
        None => drop(headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))),
        Some(origins) => {
            // The answer depends on the header, so a cache must not give it to a page of another origin.
            headers.append(VARY, HeaderValue::from_static("Origin"));
            if let Some(origin) = origin.filter(|origin| origins.iter().any(|known| known.as_bytes() == origin)) {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            }
        }
    }
    response
}

/// The request headers are listed because `*` would not include `Authorization`. `DPoP-Nonce` is exposed because
/// otherwise a page could not read it ([RFC 9449 §8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).
const HEADERS: [(HeaderName, &str); 3] = [
    (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE, OPTIONS"),
    (ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, DPoP, Auth0-Client, MCP-Protocol-Version"),
    (ACCESS_CONTROL_EXPOSE_HEADERS, "DPoP-Nonce, Retry-After, WWW-Authenticate"),
];
