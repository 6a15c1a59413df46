//! The routes.

use std::convert::Infallible;
use std::time::Duration;

use auth0_api_axum::long_connection::{Ended, EndsWithToken};
use auth0_api_axum::{ApiClient, AuthLayer, CorsOrigins, Requirement, Token, TokenEnd};
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderName, Method, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::{Map, Value, json};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Builds the API.
pub fn app(api: ApiClient, origins: CorsOrigins) -> Router {
    let auth = AuthLayer::new(api.clone());
    let reading = auth.require(Requirement::scope("read:messages"));
    Router::new()
        .route("/api/private", get(private))
        .route("/api/private-scoped", get(private_scoped).route_layer(reading))
        .route("/api/claims", get(claims))
        .route("/api/stream", get(events))
        .layer(auth)
        .route("/api/public", get(public))
        .route("/health/ready", get(ready))
        .with_state(api)
        // Outside of the auth layer: a browser sends a preflight request without a token, and a page can read a
        // rejection only if the rejection has the headers of CORS too.
        .layer(cors(origins))
}

/// Returns the CORS layer of the API.
///
/// It has the headers that a page may send, and the response headers that it must be able to read: the nonce for its next
/// proof, and the reason of a rejection.
pub fn cors(origins: CorsOrigins) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| origins.allow(origin.as_bytes())))
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, DPOP])
        .expose_headers([DPOP_NONCE, WWW_AUTHENTICATE])
        .max_age(PREFLIGHT_LIFETIME)
}

async fn public() -> Json<Value> {
    Json(json!({ "message": "Hello from a public endpoint!" }))
}

async fn private(Token(token): Token) -> Json<Value> {
    Json(json!({ "message": "Hello from a private endpoint!", "subject": token.subject() }))
}

async fn private_scoped(Token(token): Token) -> Json<Value> {
    let scopes: Vec<_> = token.scopes().collect();
    Json(json!({ "message": "Hello from a private endpoint that needs read:messages!", "scopes": scopes }))
}

async fn claims(Token(token): Token) -> Json<Map<String, Value>> {
    Json(token.claims().clone())
}

/// Sends an event every second, until the token of the request ends.
///
/// Every stream ends after some seconds, and an `EventSource` then connects again. So the program can stop: it waits for
/// its open streams.
async fn events(TokenEnd(until_ended): TokenEnd) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let seconds = stream::unfold(tokio::time::interval(Duration::from_secs(1)), async |mut interval| {
        interval.tick().await;
        Some((Ok(Event::default().data("connected")), interval))
    });
    let last = |ended: Ended| Ok(Event::default().event("token_ended").data(ended.label()));
    Sse::new(EndsWithToken::new(seconds.take(EVENTS), until_ended).with_last(last))
}

/// Fetches the tenant's keys if they are missing, and answers 204 if the client has keys. So an API that was started
/// during an outage of the tenant becomes ready as soon as the outage ends.
async fn ready(State(api): State<ApiClient>) -> StatusCode {
    if !api.is_ready() {
        // An error if one of several tenants is down. The others are served all the same, and `is_ready` says so.
        _ = api.warm_up().await;
    }
    if api.is_ready() { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// The events of one stream. Orchestrators give a program 30 s to stop.
const EVENTS: usize = 20;

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Browsers ask again after this time. It is short, so that a changed configuration soon has its effect.
const PREFLIGHT_LIFETIME: Duration = Duration::from_secs(600);
