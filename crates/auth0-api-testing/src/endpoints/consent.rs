//! The third party's side of Connect Accounts: a person allows the tenant to use an account.
//!
//! In reality these are pages of another company. With [`SignIn::Immediate`] there is no page: the person allows it at
//! once.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;

use super::authorize::{add_cookie, redirect, with_query};
use super::error_response::ErrorResponse;
use super::form_guard;
use super::page::{self, ConsentPrompt};
use super::parameters::Parameters;
use crate::SignIn;
use crate::ledger::{Connecting, PendingConsent};
use crate::request_log::Rejected;
use crate::state::Tenant;

/// Where a client sends the browser, with the ticket that it has received.
pub(crate) const START_PATH: &str = "/connected-accounts/connect";
/// The page.
pub(crate) const PATH: &str = "/u/connect";

/// The value of the field `decision` with which a person denies.
const DENY: &str = "deny";

pub(crate) async fn start(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    started(&tenant, &headers, &query.unwrap_or_default()).unwrap_or_else(|rejection| page::rejection(&rejection))
}

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>, RawQuery(query): RawQuery) -> Response {
    prompt(&tenant, &query.unwrap_or_default()).unwrap_or_else(|rejection| page::rejection(&rejection))
}

pub(crate) async fn decide(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Response {
    decided(&tenant, &headers, &body).unwrap_or_else(|rejection| page::rejection(&rejection))
}

fn started(tenant: &Tenant, headers: &HeaderMap, query: &str) -> Result<Response, ErrorResponse> {
    let form = Parameters::form(query.as_bytes())?;
    let now = tenant.clock.now();
    let connecting = tenant.ledger().connect_tickets.redeem(form.require("ticket")?, now).ok_or_else(expired)?;
    if tenant.registry.sign_in == SignIn::Immediate {
        return Ok(allow(tenant, connecting));
    }
    let browser = form_guard::browser(tenant, headers);
    let cookie = form_guard::cookie(tenant, &browser);
    let ticket = tenant.ledger().consents.issue(PendingConsent { connecting, browser }, now, LIFETIME);
    let mut response = redirect(&format!("{}?state={ticket}", tenant.url(PATH)));
    add_cookie(&mut response, cookie);
    Ok(response)
}

fn prompt(tenant: &Tenant, query: &str) -> Result<Response, ErrorResponse> {
    let form = Parameters::form(query.as_bytes())?;
    let ticket = form.require("state")?;
    let pending = tenant.ledger().consents.look_up(ticket, tenant.clock.now()).ok_or_else(expired)?;
    Ok(page::consent(&ConsentPrompt {
        action: PATH,
        deny: DENY,
        ticket,
        connecting: &pending.connecting,
        user: tenant.registry.user(&pending.connecting.user_id),
    }))
}

fn decided(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Result<Response, ErrorResponse> {
    let form = Parameters::form(body)?;
    let ticket = form.require("state")?;
    let now = tenant.clock.now();
    let pending = tenant.ledger().consents.look_up(ticket, now).ok_or_else(expired)?;
    form_guard::check(tenant, headers, &pending.browser)?;
    // Only the first of two answers to one page counts.
    let PendingConsent { connecting, .. } = tenant.ledger().consents.redeem(ticket, now).ok_or_else(expired)?;
    Ok(match form.get("decision") {
        Some(DENY) => deny(connecting),
        _ => allow(tenant, connecting),
    })
}

/// Sends the browser back to the client with a code.
fn allow(tenant: &Tenant, connecting: Connecting) -> Response {
    let (url, state) = (connecting.redirect_uri.clone(), connecting.state.clone());
    let code = tenant.ledger().connect_codes.issue(connecting, tenant.clock.now(), LIFETIME);
    answer(&url, vec![("connect_code", code)], state)
}

fn deny(connecting: Connecting) -> Response {
    let members = vec![("error", "access_denied".to_owned()), ("error_description", DENIED.to_owned())];
    let mut response = answer(&connecting.redirect_uri, members, connecting.state);
    response.extensions_mut().insert(Rejected { error: "access_denied".into(), description: DENIED.into() });
    response
}

fn answer(url: &str, mut members: Vec<(&'static str, String)>, state: Option<String>) -> Response {
    members.extend(state.map(|state| ("state", state)));
    redirect(&with_query(url, members))
}

fn expired() -> ErrorResponse {
    ErrorResponse::invalid_request(
        "This connection has ended or has expired. Go back to the application and try again.",
    )
}

/// As long as the flow has at Auth0, again from each step on.
const LIFETIME: Duration = Duration::from_secs(300);

const DENIED: &str = "The user denied the access to the account";
