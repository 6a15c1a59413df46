//! Begins to connect an account: `POST /me/v1/connected-accounts/connect`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::caller::Caller;
use super::error::MyAccountError;
use super::fields::Fields;
use crate::endpoints::consent;
use crate::ledger::Connecting;
use crate::must::random_text;
use crate::state::Tenant;

pub(crate) async fn connect(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), MyAccountError> {
    caller.may_create()?;
    let connecting = read(&tenant, caller, &body)?;
    let auth_session = connecting.auth_session.clone();
    let ticket = tenant.ledger().connect_tickets.issue(connecting, tenant.clock.now(), LIFETIME);
    let answer = json!({
        "auth_session": auth_session,
        "connect_uri": tenant.url(consent::START_PATH),
        "connect_params": { "ticket": ticket },
        "expires_in": LIFETIME.as_secs(),
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

fn read(tenant: &Tenant, caller: Caller, body: &[u8]) -> Result<Connecting, MyAccountError> {
    let mut fields = Fields::read(body)?;
    let name = fields.required("connection", LONGEST_TEXT);
    let redirect_uri = fields.required("redirect_uri", LONGEST_TEXT);
    let state = fields.text("state", LONGEST_STATE);
    let challenge = fields.text("code_challenge", LONGEST_TEXT);
    let method = fields.text("code_challenge_method", LONGEST_TEXT);
    let requested = fields.texts("scopes");
    // The parameters would be those of the third party's authorization endpoint. This tenant has none.
    fields.object("authorization_params");
    if !redirect_uri.is_empty() && !caller.may_redirect_to(tenant, &redirect_uri) {
        fields.invalid("redirect_uri", "is not a registered callback URL of the client");
    }
    if challenge.is_some() != method.is_some() || method.is_some_and(|method| method != "S256") {
        fields.invalid("code_challenge_method", "must be S256, and goes together with code_challenge");
    }
    fields.finish()?;
    let connection = tenant.registry.connection(&name);
    let connection = connection.ok_or_else(|| MyAccountError::bad_request(format!("Connection not found: {name}")))?;
    if !connection.has_offline_access() {
        let detail = format!("The connection {name} has no offline access, so accounts of it cannot be connected");
        return Err(MyAccountError::bad_request(detail));
    }
    Ok(Connecting {
        user_id: caller.user_id,
        client_id: caller.client_id,
        scopes: connection.granted(requested),
        connection: name,
        redirect_uri,
        state,
        challenge,
        auth_session: random_text(),
    })
}

/// Auth0's lifetime of a flow.
const LIFETIME: Duration = Duration::from_secs(300);

/// Auth0's limit, in characters.
const LONGEST_STATE: usize = 4096;
/// No URL, name or challenge is longer.
const LONGEST_TEXT: usize = 2048;
