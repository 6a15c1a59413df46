//! The routes.

use auth0_api_axum::{ApiClient, AuthLayer, Requirement, Token};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

pub(crate) fn app(api: ApiClient) -> Router {
    let auth = AuthLayer::new(api.clone());
    let reading = auth.require(Requirement::scope("read:messages"));
    Router::new()
        .route("/api/private", get(private))
        .route("/api/private-scoped", get(private_scoped).route_layer(reading))
        .route("/api/claims", get(claims))
        .layer(auth)
        .route("/api/public", get(public))
        .route("/health/ready", get(ready))
        .with_state(api)
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

/// Fetches the tenant's keys if they are missing, and answers 204 if the client has keys. So an API that was started
/// during an outage of the tenant becomes ready as soon as the outage ends.
async fn ready(State(api): State<ApiClient>) -> StatusCode {
    match api.warm_up().await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
