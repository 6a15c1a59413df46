//! The routes that call other APIs for the user. They never forward the user's token: each call uses a token for the
//! called API.

use auth0_api_axum::VerifiedToken;
use auth0_api_core::{ApiClient, Connection, Error, OnBehalfOf};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{AppendHeaders, IntoResponse, Response};
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
pub(crate) async fn calendar(State(partners): State<Partners>, caller: VerifiedToken) -> Response {
    let asked = OnBehalfOf::audience(CALENDAR).scope("read:events");
    match partners.api.get_token_on_behalf_of(&caller, asked).await {
        Ok(tokens) => partners.get(&format!("{}/events", partners.calendar_url), tokens.access_token().expose()).await,
        Err(error) => partners.reject(&error.into()),
    }
}

/// Calls the API of another company, with the account that the user has connected.
pub(crate) async fn connected(
    State(partners): State<Partners>,
    Path(connection): Path<String>,
    caller: VerifiedToken,
) -> Response {
    match partners.api.get_access_token_for_connection(&*caller, Connection::name(connection.as_str())).await {
        Ok(tokens) => {
            let url = format!("{}/{connection}", partners.third_parties_url);
            partners.get(&url, tokens.access_token().expose()).await
        }
        Err(error) => partners.reject(&error.into()),
    }
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

    /// Returns the response to a failed exchange. The library chooses the status: 403 for `account_not_linked`, 503 for
    /// an outage.
    fn reject(&self, error: &Error) -> Response {
        let rejection = self.api.reject(error);
        let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers: Vec<_> = rejection.headers().collect();
        (status, AppendHeaders(headers), rejection.body()).into_response()
    }
}
