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
use super::page::{self, SignInPrompt};
use super::parameters::Parameters;
use crate::User;
use crate::state::Tenant;

/// The path of the sign-in page in Auth0, too.
pub(crate) const PATH: &str = "/u/login";

/// The value of the field `decision` with which a person denies.
pub(crate) const DENY: &str = "deny";

/// Returns the URL of the page for an authorization request, which the tenant keeps until the person has answered.
pub(crate) fn url(tenant: &Tenant, query: &str) -> String {
    let ticket = tenant.ledger().sign_ins.issue(query.to_owned(), tenant.clock.now(), authorize::LIFETIME);
    format!("{}?state={ticket}", tenant.url(PATH))
}

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>, RawQuery(query): RawQuery) -> Response {
    match prompt(&tenant, query.unwrap_or_default().as_bytes()) {
        Ok(page) => page,
        Err(rejection) => page::rejection(&rejection),
    }
}

pub(crate) async fn decide(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Response {
    decided(&tenant, &headers, &body).unwrap_or_else(|rejection| page::rejection(&rejection))
}

fn prompt(tenant: &Tenant, query: &[u8]) -> Result<Response, ErrorResponse> {
    let form = Parameters::form(query)?;
    let ticket = form.require("state")?;
    let query = tenant.ledger().sign_ins.look_up(ticket, tenant.clock.now()).ok_or_else(expired)?;
    let request = AuthorizationRequest::read(tenant, &query)?;
    let parameters = &request.parameters;
    Ok(page::sign_in(&SignInPrompt {
        ticket,
        client_id: request.client.id(),
        audience: parameters.audience(),
        scopes: parameters.scopes().unwrap_or_default(),
        organization: parameters.get("organization").and_then(|wanted| tenant.registry.organization(wanted)),
        login_hint: parameters.get("login_hint"),
        users: &users(tenant),
    }))
}

fn decided(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Result<Response, ErrorResponse> {
    let form = Parameters::form(body)?;
    let ticket = form.require("state")?;
    let now = tenant.clock.now();
    if form.get("decision") == Some(DENY) {
        let query = tenant.ledger().sign_ins.redeem(ticket, now).ok_or_else(expired)?;
        return Ok(AuthorizationRequest::read(tenant, &query)?.reject(tenant, &ErrorResponse::access_denied(DENIED)));
    }
    let id = form.require("user")?;
    let user = users(tenant).into_iter().find(|user| user.id() == id);
    let user = user.ok_or_else(|| ErrorResponse::invalid_request(format!("No user is called {id}")))?;
    let query = tenant.ledger().sign_ins.redeem(ticket, now).ok_or_else(expired)?;
    Ok(AuthorizationRequest::read(tenant, &query)?.signed_in(tenant, headers, user))
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
