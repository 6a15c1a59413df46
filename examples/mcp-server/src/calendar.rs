//! The calendar API, which a tool calls.

use auth0_api_axum::{AuthLayer, VerifiedToken};
use auth0_api_core::{ApiClient, Requirement};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// The URL of the API, and the audience of its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    pub(crate) url: String,
    pub(crate) audience: String,
}

/// A calendar with one event that also shows who calls it. It takes the place of another API in your tenant, and is
/// protected like any other.
pub(crate) fn app(api: ApiClient) -> Router {
    let auth = AuthLayer::new(api);
    let reading = auth.require(Requirement::scope("read:events"));
    Router::new().route("/events", get(events).route_layer(reading)).layer(auth)
}

async fn events(token: VerifiedToken) -> Json<Value> {
    let actor = token.current_actor().ok().flatten();
    Json(json!({ "calendar_of": token.subject(), "read_by": actor, "events": ["tea at four"] }))
}
