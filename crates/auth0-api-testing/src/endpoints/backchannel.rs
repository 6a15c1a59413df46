//! The start of a request for a user's approval (CIBA Core §7): `/bc-authorize`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};

use super::client::authenticate;
use super::error_response::ErrorResponse;
use super::issue::requested_details;
use super::parameters::Parameters;
use crate::GrantType;
use crate::ledger::ApprovalRequest;
use crate::state::Tenant;

pub(crate) const PATH: &str = "/bc-authorize";

pub(crate) async fn start(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Response {
    started(&tenant, &headers, &body).await.map(Json).into_response()
}

async fn started(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Result<Value, ErrorResponse> {
    let parameters = Parameters::read(headers, body)?;
    let client = authenticate(tenant, headers, &parameters).await?;
    if !client.may_use(GrantType::Ciba) {
        let description = format!("Grant type '{}' not allowed for the client.", GrantType::Ciba.name());
        return Err(ErrorResponse::unauthorized_client(description));
    }
    let scopes: Vec<String> = parameters.scopes().unwrap_or_default().into_iter().map(str::to_owned).collect();
    // CIBA Core §7.1: the scope must include openid.
    if !scopes.iter().any(|scope| scope == "openid") {
        return Err(ErrorResponse::invalid_request("The scope must include openid"));
    }
    let message = parameters.require("binding_message")?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "+-_.,:#".contains(c);
    if message.chars().count() > LONGEST_MESSAGE || !message.chars().all(allowed) {
        return Err(ErrorResponse::invalid_request("The binding_message is too long or has invalid characters"));
    }
    let audience = parameters.audience(tenant.registry.resource_parameter)?;
    let find = |audience| tenant.registry.api(audience).ok_or_else(|| ErrorResponse::no_such_api(audience));
    let api = audience.map(find).transpose()?;
    let lifetime = match parameters.get("requested_expiry") {
        None => LIFETIME,
        Some(text) => text
            .parse()
            .ok()
            .filter(|seconds| (1..=LIFETIME.as_secs()).contains(seconds))
            .map(Duration::from_secs)
            .ok_or_else(|| ErrorResponse::invalid_request("requested_expiry must be a number from 1 to 300"))?,
    };
    let request = ApprovalRequest {
        client_id: client.id().to_owned(),
        user_id: user(tenant, parameters.require("login_hint")?)?,
        binding_message: message.to_owned(),
        audience: audience.map(str::to_owned),
        scopes,
        authorization_details: requested_details(api, &parameters)?,
    };
    let id = tenant.ledger().approvals.start(request, tenant.clock.now(), lifetime);
    Ok(
        json!({ "auth_req_id": id, "expires_in": lifetime.as_secs(), "interval": crate::ledger::APPROVAL_INTERVAL.as_secs() }),
    )
}

/// Returns the id of the user that the hint names: JSON with the format `iss_sub`.
fn user(tenant: &Tenant, hint: &str) -> Result<String, ErrorResponse> {
    let invalid = || ErrorResponse::invalid_request("login_hint must be JSON with format iss_sub, iss and sub");
    let hint: Value = serde_json::from_str(hint).map_err(|_| invalid())?;
    let text = |name| hint.get(name).and_then(Value::as_str);
    if text("format") != Some("iss_sub") || text("iss") != Some(&tenant.issuer) {
        return Err(invalid());
    }
    let user_id = text("sub").filter(|sub| !sub.is_empty()).ok_or_else(invalid)?;
    // A tenant without registered users knows every user.
    if !tenant.registry.users.is_empty() && tenant.registry.user(user_id).is_none() {
        return Err(ErrorResponse::new(http::StatusCode::BAD_REQUEST, "unknown_user_id", "The user does not exist"));
    }
    Ok(user_id.to_owned())
}

/// Auth0's limit, in characters.
const LONGEST_MESSAGE: usize = 64;
/// Auth0's default.
const LIFETIME: Duration = Duration::from_secs(300);
