//! The calendar API, which the protected API calls. The calendar API is also protected, and has another audience.

use auth0_api_axum::token::ActorError;
use auth0_api_axum::{Actor, ApiClient, AuthLayer, Requirement, Token};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

pub(crate) fn app(api: ApiClient) -> Router {
    let auth = AuthLayer::new(api);
    let reading = auth.require(Requirement::scope("read:events"));
    Router::new().route("/events", get(events).route_layer(reading)).layer(auth)
}

/// Returns the user, the APIs that act for the user, and the user's events.
async fn events(Token(token): Token) -> Result<Json<Value>, StatusCode> {
    let chain = token.delegation_chain().map_err(|_: ActorError| StatusCode::FORBIDDEN)?;
    let chain: Vec<_> = chain.iter().map(Actor::subject).collect();
    Ok(Json(json!({ "subject": token.subject(), "delegation_chain": chain, "events": ["lunch", "dentist"] })))
}
