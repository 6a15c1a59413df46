//! A route of the first API: the user's events at a third party. The API gets the third party's token from Token Vault;
//! the page never sees it.

use auth0_api_axum::{ApiClient, AuthLayer, Connection, CorsOrigins, HandlerError, Requirement, Token};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum_api::cors;

/// What the route needs.
#[derive(Clone)]
pub(crate) struct Events {
    pub(crate) api: ApiClient,
    pub(crate) client: reqwest::Client,
    /// The connection whose accounts the API may use.
    pub(crate) connection: String,
    /// The URL of the events at the third party.
    pub(crate) url: String,
}

pub(crate) fn app(events: Events, origins: CorsOrigins) -> Router {
    let auth = AuthLayer::new(events.api.clone());
    let users = auth.require(Requirement::user());
    Router::new()
        .route("/api/events", get(show).route_layer(users))
        .route_layer(auth)
        .with_state(events)
        .layer(cors(origins))
}

/// If the user has not connected an account, `?` returns the rejection of the exchange: 403 `account_not_linked`.
async fn show(State(events): State<Events>, Token(token): Token) -> Result<Response, HandlerError> {
    let asked = Connection::name(events.connection.as_str());
    let tokens = events.api.get_access_token_for_connection(&token, asked).await?;
    let answer = events.client.get(&events.url).bearer_auth(tokens.access_token().expose()).send().await;
    let body = match answer {
        Ok(answer) if answer.status().is_success() => answer.text().await,
        _ => return Ok(StatusCode::BAD_GATEWAY.into_response()),
    };
    Ok(body.map_or_else(
        |_| StatusCode::BAD_GATEWAY.into_response(),
        |body| ([(CONTENT_TYPE, "application/json")], body).into_response(),
    ))
}
