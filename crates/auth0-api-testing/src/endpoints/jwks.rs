//! The published keys, with the `Cache-Control` that Auth0 sends.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, header};

use crate::state::Tenant;

pub(crate) const PATH: &str = "/.well-known/jwks.json";

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>, request: HeaderMap) -> Response {
    let body = tenant.keys.jwks().to_string();
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest(&SHA256, body.as_bytes())));
    let unchanged = already_has(&request, &etag);
    let caching = [(header::CACHE_CONTROL, CACHE_CONTROL.to_owned()), (header::ETAG, etag)];
    if unchanged {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// [RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2): returns whether `If-None-Match` contains
/// the current tag. The header is `*` or a list of tags. The comparison ignores `W/`.
fn already_has(request: &HeaderMap, etag: &str) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut candidates = values.flat_map(|value| value.split(',')).map(str::trim);
    candidates.any(|candidate| candidate == "*" || candidate.trim_start_matches("W/") == etag)
}

/// The value that Auth0 sends.
const CACHE_CONTROL: &str = "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400";
