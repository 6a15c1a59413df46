//! The result of a request for a user's approval (CIBA Core §10 and §11).

use http::StatusCode;
use serde_json::{Map, Value};

use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::{Extras, Issue, for_user};
use crate::ledger::{Login, Polled};
use crate::registry::User;

pub(crate) fn ciba(call: &Call<'_>) -> Result<Value, ErrorResponse> {
    let id = call.parameters.require("auth_req_id")?;
    let now = call.tenant.clock.now();
    let polled = call.tenant.ledger().approvals.poll(id, call.client.id(), now);
    let error = |code: &'static str, description: &str| ErrorResponse::new(StatusCode::BAD_REQUEST, code, description);
    let request = match polled {
        Polled::Approved(request) => request,
        Polled::Denied => return Err(error("access_denied", "The end-user denied the authorization request")),
        Polled::Expired => return Err(error("expired_token", "The authorization request has expired")),
        Polled::Pending => return Err(error("authorization_pending", "The end-user authorization is pending")),
        Polled::SlowDown => return Err(error("slow_down", "You are polling faster than allowed")),
        Polled::Unknown => return Err(ErrorResponse::invalid_grant("Invalid auth_req_id")),
    };
    let api = request.audience.as_deref().map(|audience| call.api_of(audience)).transpose()?;
    let user = call.tenant.registry.user(&request.user_id).cloned().unwrap_or_else(|| User::new(&request.user_id));
    let requested: Vec<&str> = request.scopes.iter().map(String::as_str).collect();
    let issue = Issue {
        call,
        api,
        user: Some(&user),
        scopes: Some(for_user(api, &requested)),
        organization: None,
        login: Some(Login { at: now, session_id: None }),
        claims: Map::new(),
        authorization_details: request.authorization_details,
        extras: Extras::for_user(call),
    };
    Ok(issue.answer().into())
}
