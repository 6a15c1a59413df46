//! The calendar API, which one of the tools calls.

use auth0_api_axum::{ApiClient, AuthLayer, Requirement, Token};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// The URL of the API, and the audience of its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    pub(crate) url: String,
    pub(crate) audience: String,
}

/// A calendar API with one event. Its response also names the user and the actor of the call. It represents another API
/// of your tenant, and is protected in the same way as any other API.
pub(crate) fn app(api: ApiClient) -> Router {
    let auth = AuthLayer::new(api);
    let reading = auth.require(Requirement::scope("read:events"));
    Router::new().route("/events", get(events).route_layer(reading)).layer(auth)
}

async fn events(Token(token): Token) -> Json<Value> {
    let actor = token.current_actor().ok().flatten().map(|actor| actor.subject());
    Json(json!({ "calendar_of": token.subject(), "read_by": actor, "events": ["tea at four"] }))
}
