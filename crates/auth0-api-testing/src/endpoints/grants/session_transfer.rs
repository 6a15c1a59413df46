//! Session transfer: custom token exchange for a token that signs the user in with a browser.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::state::Tenant;
use crate::{ActorClaim, User};

/// Returns whether the client requests a session transfer token.
pub(super) fn is_requested(call: &Call<'_>) -> bool {
    call.parameters.get("audience") == Some(audience(call.tenant).as_str())
}

/// Checks the request before the Action runs.
pub(super) fn check(call: &Call<'_>) -> Result<(), ErrorResponse> {
    if !call.client.may_transfer_sessions() {
        let description = "Session transfer is not enabled for the client";
        return Err(ErrorResponse::new(StatusCode::FORBIDDEN, "session_transfer_disabled", description));
    }
    call.parameters.require("actor_token").map(drop)
}

/// Issues the token. The actor is the one that the Action has set.
pub(super) fn issue(call: &Call<'_>, user: &User, actor: Option<&ActorClaim>) -> Result<Value, ErrorResponse> {
    if actor.is_none() {
        let description = "The Action must set an actor";
        return Err(ErrorResponse::new(StatusCode::BAD_REQUEST, "setactor_required", description));
    }
    call.organization(user)?;
    let now = call.tenant.clock.now();
    let token = call.tenant.ledger().session_transfers.issue(user.clone(), now, LIFETIME);
    // Auth0's answer has no `token_type`, because the token is not an access token.
    Ok(json!({ "access_token": token, "issued_token_type": TOKEN_TYPE, "expires_in": LIFETIME.as_secs() }))
}

fn audience(tenant: &Tenant) -> String {
    let domain = tenant.domain.split_once("://").map_or(tenant.domain.as_str(), |(_, domain)| domain);
    format!("urn:{domain}:session_transfer")
}

const TOKEN_TYPE: &str = "urn:auth0:params:oauth:token-type:session_transfer_token";
const LIFETIME: Duration = Duration::from_secs(60);
