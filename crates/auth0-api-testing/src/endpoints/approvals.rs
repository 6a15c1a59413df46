//! The page on which a person approves or denies what a client has asked for at `/bc-authorize` (CIBA Core §8).
//!
//! In Auth0 the person does this in an application on the phone. Here, the person whom the client asks must be signed in at
//! the tenant with the browser that opens the page.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::HeaderMap;

use super::authorize::add_cookie;
use super::error_response::ErrorResponse;
use super::form_guard;
use super::page;
use super::parameters::Parameters;
use super::session;
use crate::User;
use crate::ledger::PendingApproval;
use crate::pages::approvals::{ApprovalsPage, Question};
use crate::state::Tenant;

pub(crate) const PATH: &str = "/u/approvals";

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    prompt(&tenant, &headers).unwrap_or_else(|rejection| page::rejection(&rejection))
}

pub(crate) async fn decide(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Response {
    decided(&tenant, &headers, &body).unwrap_or_else(|rejection| page::rejection(&rejection))
}

/// Shows the requests to the user of the browser's session, and no other requests.
fn prompt(tenant: &Tenant, headers: &HeaderMap) -> Result<Response, ErrorResponse> {
    let user = signed_in(tenant, headers)?;
    let browser = form_guard::browser(tenant, headers);
    let now = tenant.clock.now();
    let mut ledger = tenant.ledger();
    let open = ledger.approvals.open(now).into_iter().filter(|(_, request)| request.user_id == user.id());
    let questions = open.map(|(id, request)| {
        let pending = PendingApproval { id, user_id: request.user_id.clone(), browser: browser.clone() };
        Question { ticket: ledger.approval_tickets.issue(pending, now, LIFETIME), request }
    });
    let questions: Vec<_> = questions.collect();
    drop(ledger);
    let page = ApprovalsPage { action: PATH, approve: APPROVE, deny: DENY, user: &user, questions: &questions };
    let mut response = page.page().into_response();
    add_cookie(&mut response, form_guard::cookie(tenant, &browser));
    Ok(response)
}

fn decided(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Result<Response, ErrorResponse> {
    let form = Parameters::form(body)?;
    let ticket = form.require("state")?;
    let is_approved = match form.require("decision")? {
        APPROVE => true,
        DENY => false,
        _ => return Err(ErrorResponse::invalid_request("The decision must be approve or deny")),
    };
    let now = tenant.clock.now();
    let pending = tenant.ledger().approval_tickets.look_up(ticket, now).ok_or_else(expired)?;
    form_guard::check(tenant, headers, &pending.browser)?;
    // Another user may have signed in since the browser was shown the page.
    if signed_in(tenant, headers)?.id() != pending.user_id {
        return Err(ErrorResponse::access_denied("Only the user who is asked may answer"));
    }
    let mut ledger = tenant.ledger();
    // Only the first of two answers counts.
    let pending = ledger.approval_tickets.redeem(ticket, now).ok_or_else(expired)?;
    if !ledger.approvals.answer_one(&pending.id, &pending.user_id, is_approved, now) {
        return Err(expired());
    }
    Ok(page::message(if is_approved { "You have approved the request" } else { "You have denied the request" }))
}

fn signed_in(tenant: &Tenant, headers: &HeaderMap) -> Result<User, ErrorResponse> {
    let session = session::resume(tenant, headers);
    session.map(|(_, session)| session.user).ok_or_else(|| ErrorResponse::login_required(NOBODY))
}

fn expired() -> ErrorResponse {
    ErrorResponse::invalid_request("This request has been answered or has expired. Open the page again.")
}

/// The values of the field `decision`.
const APPROVE: &str = "approve";
const DENY: &str = "deny";

/// As long as a request for approval at most.
const LIFETIME: Duration = Duration::from_secs(300);

const NOBODY: &str = "Nobody is signed in with this browser. Sign in to an application, and open this page again.";
