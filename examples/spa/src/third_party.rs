//! A third party: it knows the events of the accounts that users have connected. In reality it is another company.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// Where the third party asks who a token belongs to.
#[derive(Clone)]
pub(crate) struct Accounts {
    pub(crate) client: reqwest::Client,
    /// The tenant's URL of third parties.
    pub(crate) url: String,
}

pub(crate) fn app(accounts: Accounts) -> Router {
    Router::new().route("/{connection}/events", get(events)).with_state(accounts)
}

async fn events(
    State(accounts): State<Accounts>,
    Path(connection): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    let authorization = headers.get(header::AUTHORIZATION).ok_or(StatusCode::UNAUTHORIZED)?;
    let request = accounts.client.get(format!("{}/{connection}", accounts.url));
    let answer = request.header(header::AUTHORIZATION, authorization).send().await;
    let answer = answer.map_err(|_| StatusCode::BAD_GATEWAY)?;
    if !answer.status().is_success() {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let account = answer.bytes().await.ok().and_then(|json| serde_json::from_slice::<Value>(&json).ok());
    let account = account.ok_or(StatusCode::BAD_GATEWAY)?;
    let events = [("09:30", "Stand-up"), ("12:00", "Lunch with Charles"), ("15:00", "Notes on the engine")];
    let events = events.map(|(at, title)| json!({ "at": at, "title": title }));
    Ok(Json(json!({ "connection": connection, "user": account.get("user_id"), "events": events })))
}
