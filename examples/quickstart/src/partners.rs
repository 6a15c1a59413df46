//! The routes that call others for the user. The user's own token never leaves: each call gets a token of its own.

use auth0_api_axum::VerifiedToken;
use auth0_api_core::{ApiClient, Connection, Error, OnBehalfOf};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use reqwest::Client;

use crate::CALENDAR;

/// Whom this API calls, and what it needs for that.
#[derive(Clone)]
pub(crate) struct Partners {
    pub(crate) api: ApiClient,
    pub(crate) client: Client,
    pub(crate) calendar_url: String,
    /// Stands for Google, Slack and the others: their APIs, each below its connection's name.
    pub(crate) third_parties_url: String,
}

/// Another API of the same tenant: it will see the user as the subject, and this API as the one who acts.
pub(crate) async fn calendar(State(partners): State<Partners>, caller: VerifiedToken) -> Response {
    let asked = OnBehalfOf::audience(CALENDAR).scope("read:events");
    match partners.api.get_token_on_behalf_of(&caller, asked).await {
        Ok(tokens) => partners.get(&format!("{}/events", partners.calendar_url), tokens.access_token().expose()).await,
        Err(error) => partners.reject(&error.into()),
    }
}

/// Another company's API, where the user has connected an account.
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
    /// Hands on what a partner answers.
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

    /// The library knows what an exchange that failed means to the caller: `account_not_linked` is 403, an outage is 503.
    fn reject(&self, error: &Error) -> Response {
        let rejection = self.api.reject(error);
        let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers: Vec<_> = rejection.headers().collect();
        (status, AppendHeaders(headers), rejection.body()).into_response()
    }
}
