//! The server of the page: its files, its configuration, and the login of the old system.

use std::sync::Arc;

use auth0_api_core::ApiClient;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;

use crate::legacy::LegacySessions;

/// What the page needs to know, and where it may connect to.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) configuration: Arc<Value>,
    /// The sources of the content security policy: the tenant and the APIs.
    pub(crate) tenant_url: String,
    pub(crate) api_urls: String,
    pub(crate) library: Arc<str>,
    pub(crate) legacy: Arc<LegacySessions>,
    pub(crate) api: ApiClient,
}

pub(crate) fn app(page: Page) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/app.js", get(|| async { script(include_str!("../page/app.js")) }))
        .route("/view.js", get(|| async { script(include_str!("../page/view.js")) }))
        .route("/style.css", get(style))
        .route("/icon.svg", get(|| async { file("image/svg+xml", &[], include_str!("../page/icon.svg")) }))
        .route("/auth0-spa-js.js", get(library))
        .route("/configuration.json", get(configuration))
        .route("/legacy/session", post(legacy_session))
        .route("/health/ready", get(ready))
        .with_state(page)
}

async fn index(State(page): State<Page>) -> Response {
    // auth0-spa-js keeps its refresh token in a worker, and asks the tenant in a frame.
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; worker-src blob:; connect-src 'self' {tenant} {apis}; \
         frame-src {tenant}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        tenant = page.tenant_url,
        apis = page.api_urls,
    );
    file("text/html; charset=utf-8", &[(header::CONTENT_SECURITY_POLICY, policy)], include_str!("../page/index.html"))
}

async fn style() -> Response {
    file("text/css; charset=utf-8", &[], include_str!("../page/style.css"))
}

async fn library(State(page): State<Page>) -> Response {
    script(&page.library)
}

async fn configuration(State(page): State<Page>) -> Response {
    file("application/json", &[], &page.configuration.to_string())
}

/// The login page of the old system. Its user is always signed in.
async fn legacy_session(State(page): State<Page>) -> Response {
    match page.legacy.issue("grace") {
        Ok(session) => file("text/plain", &[], &session),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn ready(State(page): State<Page>) -> StatusCode {
    if !page.api.is_ready() {
        // An error if one of several tenants is down. The others are served all the same, and `is_ready` says so.
        _ = page.api.warm_up().await;
    }
    if page.api.is_ready() { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}

fn script(text: &str) -> Response {
    file("text/javascript; charset=utf-8", &[], text)
}

fn file(content_type: &str, headers: &[(HeaderName, String)], text: &str) -> Response {
    let always = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    // A text has a content type already, which this array replaces.
    (always, AppendHeaders(headers.iter().cloned()), text.to_owned()).into_response()
}
