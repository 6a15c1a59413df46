//! The routes of the API, and who may call them.

use auth0_api_axum::{ApiClient, AuthLayer, Requirement, Token};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

/// Makes the router. `main` gives it the client of the tenant, and a test the client of its own tenant.
pub fn app(api: ApiClient) -> Router {
    let auth = AuthLayer::new(api.clone());
    let reads = auth.require(Requirement::scope("read:messages"));
    let protected = Router::new()
        .route("/me", get(me))
        .route("/messages", get(messages).route_layer(reads))
        .route_layer(auth);
    let open = Router::new()
        .route("/health/ready", get(ready))
        .with_state(api);
    protected.merge(open)
}

/// Any valid token is enough.
async fn me(Token(token): Token) -> String {
    format!("hello, {}", token.subject().unwrap_or("whoever you are"))
}

/// Only reached with the scope: the layer rejects other requests with 403.
async fn messages() -> &'static str {
    "[]"
}

/// 503 until the tenant's keys are there: a load balancer then sends no requests. So the probe has to fetch the keys.
async fn ready(State(api): State<ApiClient>) -> StatusCode {
    if !api.is_ready() {
        // An error if one of several tenants is down. The others are served all the same, and `is_ready` says so.
        _ = api.warm_up().await;
    }
    if api.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}
