//! The routes that call other APIs for the user. They never forward the user's token: each request has a token for the called
//! API, which its fetcher gets. If that fails, or if the other API denies the request, `?` returns the error, and the layer
//! chooses the response: 403 for an account that is not connected, 503 for an outage.

use auth0_api_axum::{ApiClient, Connection, HandlerError, OnBehalfOf, Token};
use auth0_api_fetcher::{FetchResponse, Fetcher, FetcherBuildError, FetcherBuilder};
use auth0_api_testing::LocalTenant;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use reqwest::Client;

use crate::CALENDAR;

/// The APIs that this API calls.
#[derive(Clone)]
pub(crate) struct Partners {
    calendar: Fetcher,
    google: Fetcher,
    slack: Fetcher,
}

impl Partners {
    /// The tenant's server also takes the place of Google and Slack.
    pub(crate) fn new(
        api: &ApiClient,
        client: &Client,
        calendar_url: &str,
        tenant: &LocalTenant,
    ) -> Result<Self, FetcherBuildError> {
        // Everything is on this machine, by plain HTTP.
        let build = |builder: FetcherBuilder| builder.insecure_http().reqwest_client(client.clone()).build();
        let connected = |connection: &str| {
            build(Fetcher::for_connection(api, tenant.third_party_url(connection), Connection::name(connection)))
        };
        let asked = OnBehalfOf::audience(CALENDAR).scope("read:events");
        let calendar = build(Fetcher::on_behalf_of(api, calendar_url, asked))?;
        Ok(Self { calendar, google: connected("google-oauth2")?, slack: connected("slack")? })
    }
}

/// Calls another API of the same tenant. In the token for that API, the user is the subject and this API is the actor.
pub(crate) async fn calendar(State(partners): State<Partners>, Token(token): Token) -> Result<Response, HandlerError> {
    let response = partners.calendar.for_caller(&token).get("/events").send().await?;
    pass_on(response).await
}

/// Calls the API of another company, with the account that the user has connected.
pub(crate) async fn connected(
    State(partners): State<Partners>,
    Path(connection): Path<String>,
    Token(token): Token,
) -> Result<Response, HandlerError> {
    let fetcher = match connection.as_str() {
        "google-oauth2" => partners.google,
        "slack" => partners.slack,
        _ => return Ok(StatusCode::NOT_FOUND.into_response()),
    };
    pass_on(fetcher.for_caller(&token).get("").send().await?).await
}

/// Passes the JSON of another API on.
async fn pass_on(response: FetchResponse) -> Result<Response, HandlerError> {
    let body = response.error_for_status()?.text().await?;
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
