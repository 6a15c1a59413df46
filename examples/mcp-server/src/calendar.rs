//! The calendar API, which two of the tools call. It represents another API of your tenant, and is protected in the same
//! way as any other API.

use std::sync::{Arc, Mutex, PoisonError};

use auth0_api_axum::{ApiClient, AuthLayer, Requirement, Token};
use axum::extract::State;
use axum::routing::{delete, post};
use axum::{Json, Router};
use serde_json::{Value, json};

/// The owners and titles of events.
type Events = Arc<Mutex<Vec<(String, String)>>>;

/// An API with events in memory. Its responses also name the user and the actor of the call.
pub(crate) fn app(api: ApiClient) -> Router {
    let auth = AuthLayer::new(api);
    let [writing, deleting] = [WRITE, DELETE].map(|scope| auth.require(Requirement::scope(scope)));
    Router::new()
        .route("/events", post(create).route_layer(writing))
        .route("/events", delete(clear).route_layer(deleting))
        .with_state(Events::default())
        .layer(auth)
}

async fn create(State(events): State<Events>, Token(token): Token, Json(event): Json<Value>) -> Json<Value> {
    let owner = token.subject().unwrap_or_default();
    let title = event.get("title").and_then(Value::as_str).unwrap_or_default();
    events.lock().unwrap_or_else(PoisonError::into_inner).push((owner.to_owned(), title.to_owned()));
    let actor = token.current_actor().ok().flatten().map(|actor| actor.subject());
    Json(json!({ "created": title, "calendar_of": owner, "by": actor }))
}

async fn clear(State(events): State<Events>, Token(token): Token) -> Json<Value> {
    let owner = token.subject().unwrap_or_default();
    let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
    let before = events.len();
    events.retain(|(of, _)| of != owner);
    Json(json!({ "deleted": before - events.len(), "calendar_of": owner }))
}

/// The scopes of the calendar API.
pub(crate) const WRITE: &str = "write:events";
pub(crate) const DELETE: &str = "delete:events";
