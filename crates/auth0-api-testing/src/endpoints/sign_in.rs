//! The sign-in page, with [`SignIn::Page`](crate::SignIn::Page).
//!
//! `/authorize` keeps the authorization request under a ticket, and redirects the browser to this page. The page
//! ([`page::sign_in`]) posts what the person chose. The tenant then continues with the request, as if the user had
//! signed in at once.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;

use super::authorize::{self, AuthorizationRequest};
use super::error_response::ErrorResponse;
use super::form_guard;
use super::page::{self, SignInPrompt};
use super::parameters::Parameters;
use crate::User;
use crate::state::Tenant;

/// The value of the field `decision` with which a person denies.
const DENY: &str = "deny";

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>, RawQuery(query): RawQuery) -> Response {
    match prompt(&tenant, query.unwrap_or_default().as_bytes()).await {
        Ok(page) => page,
        Err(rejection) => page::rejection(&rejection),
    }
}

pub(crate) async fn decide(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Response {
    decided(&tenant, &headers, &body).await.unwrap_or_else(|rejection| page::rejection(&rejection))
}

async fn prompt(tenant: &Tenant, query: &[u8]) -> Result<Response, ErrorResponse> {
    let form = Parameters::form(query)?;
    let ticket = form.require("state")?;
    let pending = tenant.ledger().sign_ins.look_up(ticket, tenant.clock.now()).ok_or_else(expired)?;
    let request = AuthorizationRequest::read(tenant, &pending.query).await?;
    let parameters = &request.parameters;
    Ok(page::sign_in(&SignInPrompt {
        action: authorize::SIGN_IN_PATH,
        deny: DENY,
        ticket,
        client_id: request.client.id(),
        client_name: request.client.document_name(),
        redirect_uri: parameters.get("redirect_uri").unwrap_or_default(),
        audience: parameters.audience(),
        scopes: parameters.scopes().unwrap_or_default(),
        organization: parameters.get("organization").and_then(|wanted| tenant.registry.organization(wanted)),
        login_hint: parameters.get("login_hint"),
        users: &users(tenant),
    }))
}

async fn decided(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Result<Response, ErrorResponse> {
    let form = Parameters::form(body)?;
    let ticket = form.require("state")?;
    let now = tenant.clock.now();
    let pending = tenant.ledger().sign_ins.look_up(ticket, now).ok_or_else(expired)?;
    form_guard::check(tenant, headers, &pending.browser)?;
    let request = AuthorizationRequest::read(tenant, &pending.query).await?;
    if form.get("decision") == Some(DENY) {
        tenant.ledger().sign_ins.redeem(ticket, now);
        return Ok(request.reject(tenant, &ErrorResponse::access_denied(DENIED)));
    }
    let id = form.require("user")?;
    let user = users(tenant).into_iter().find(|user| user.id() == id);
    let user = user.ok_or_else(|| ErrorResponse::invalid_request(format!("No user is called {id}")))?;
    // Only the first of two answers to one page counts.
    tenant.ledger().sign_ins.redeem(ticket, now).ok_or_else(expired)?;
    Ok(request.signed_in(tenant, headers, user))
}

/// Returns the users that a person may choose from.
fn users(tenant: &Tenant) -> Vec<User> {
    match tenant.registry.users.as_slice() {
        [] => vec![User::new(authorize::DEFAULT_USER)],
        users => users.to_vec(),
    }
}

fn expired() -> ErrorResponse {
    ErrorResponse::invalid_request("This sign-in has ended or has expired. Go back to the application and try again.")
}

const DENIED: &str = "The user denied the sign-in";
