//! The protected API: the part that you would write yourself.

use auth0_api_axum::token::ActorError;
use auth0_api_axum::{ApiClient, AuthLayer, Requirement, Token};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::partners::{Partners, calendar, connected};

pub(crate) fn app(api: ApiClient, partners: Partners) -> Router {
    let auth = AuthLayer::new(api);
    let reading = auth.require(Requirement::scope("read:messages"));
    let (people, users) = (auth.require(Requirement::user_or_anonymous()), auth.require(Requirement::user()));
    Router::new()
        .route("/api/private", get(private))
        .route("/api/private-scoped", get(private_scoped).route_layer(reading))
        .route("/api/greeting", get(greeting).route_layer(people))
        .route("/api/account", get(account).route_layer(users))
        .route("/api/calendar", get(calendar))
        .route("/api/connected/{connection}", get(connected))
        .layer(auth)
        .route("/api/public", get(public))
        .with_state(partners)
}

async fn public() -> Json<Value> {
    Json(json!({ "message": "Hello from a public endpoint! It needs no token." }))
}

async fn private(Token(token): Token) -> Json<Value> {
    Json(json!({ "message": "Hello from a private endpoint!", "subject": token.subject() }))
}

async fn private_scoped(Token(token): Token) -> Json<Value> {
    let scopes: Vec<_> = token.scopes().collect();
    Json(json!({ "message": "Hello from a private endpoint that needs read:messages!", "scopes": scopes }))
}

/// For users and for visitors who have not logged in. An agent or a machine is rejected.
async fn greeting(Token(token): Token) -> Json<Value> {
    Json(json!({ "message": "Welcome!", "caller": token.caller().name() }))
}

/// For users, also if an agent uses the token for the user.
async fn account(Token(token): Token) -> Result<Json<Value>, StatusCode> {
    let actor = token.current_actor().map_err(|_: ActorError| StatusCode::FORBIDDEN)?;
    let actor = actor.map(|actor| actor.subject());
    Ok(Json(json!({ "message": "This is your account.", "subject": token.subject(), "used_by": actor })))
}
