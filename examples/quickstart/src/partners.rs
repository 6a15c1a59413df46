//! The routes that call other APIs for the user. They never forward the user's token: each call uses a token for the
//! called API. If an exchange fails, `?` returns the error, and the layer chooses the response: 403 for an account that is
//! not connected, 503 for an outage.

use auth0_api_axum::{ApiClient, Connection, HandlerError, OnBehalfOf, Token};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use reqwest::Client;

use crate::CALENDAR;

/// What this API needs to call other APIs.
#[derive(Clone)]
pub(crate) struct Partners {
    pub(crate) api: ApiClient,
    pub(crate) client: Client,
    pub(crate) calendar_url: String,
    /// The URL of a server that takes the place of Google, Slack and other companies. The path of each API is the name
    /// of its connection.
    pub(crate) third_parties_url: String,
}

/// Calls another API of the same tenant. In the token for that API, the user is the subject and this API is the actor.
pub(crate) async fn calendar(State(partners): State<Partners>, Token(token): Token) -> Result<Response, HandlerError> {
    let asked = OnBehalfOf::audience(CALENDAR).scope("read:events");
    let tokens = partners.api.get_token_on_behalf_of(&token, asked).await?;
    Ok(partners.get(&format!("{}/events", partners.calendar_url), tokens.access_token().expose()).await)
}

/// Calls the API of another company, with the account that the user has connected.
pub(crate) async fn connected(
    State(partners): State<Partners>,
    Path(connection): Path<String>,
    Token(token): Token,
) -> Result<Response, HandlerError> {
    let asked = Connection::name(connection.as_str());
    let tokens = partners.api.get_access_token_for_connection(&token, asked).await?;
    let url = format!("{}/{connection}", partners.third_parties_url);
    Ok(partners.get(&url, tokens.access_token().expose()).await)
}

impl Partners {
    /// Calls an API and returns its answer.
    async fn get(&self, url: &str, token: &str) -> Response {
        let answer = match self.client.get(url).bearer_auth(token).send().await {
            Ok(response) if response.status().is_success() => response.text().await,
            _ => return StatusCode::BAD_GATEWAY.into_response(),
        };
        match answer {
            Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
            Err(_) => StatusCode::BAD_GATEWAY.into_response(),
        }
    }
}
