//! The second API: the page gets a token for it with the refresh token of the first sign-in (MRRT).

use auth0_api_axum::{ApiClient, AuthLayer, CorsOrigins, Requirement, Token};
use axum::routing::get;
use axum::{Json, Router};
use axum_api::cors;
use serde_json::{Value, json};

pub(crate) fn app(api: ApiClient, origins: CorsOrigins) -> Router {
    let auth = AuthLayer::new(api);
    let reading = auth.require(Requirement::scope("read:events"));
    Router::new().route("/events", get(events).route_layer(reading)).layer(auth).layer(cors(origins))
}

async fn events(Token(token): Token) -> Json<Value> {
    Json(json!({ "subject": token.subject(), "audience": "calendar", "events": ["planning", "review"] }))
}
