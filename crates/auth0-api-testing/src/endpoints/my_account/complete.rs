//! Completes the connection of an account: `POST /me/v1/connected-accounts/complete`.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::accounts;
use super::caller::Caller;
use super::error::MyAccountError;
use super::fields::Fields;
use crate::LinkedAccount;
use crate::ledger::Connecting;
use crate::pages::user_claim;
use crate::state::Tenant;

pub(crate) async fn complete(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), MyAccountError> {
    caller.may_create()?;
    let completion = Completion::read(&body)?;
    // A client can use a code once. The tenant removes the code before the checks, as it does at the token endpoint.
    let connecting = tenant.ledger().connect_codes.redeem(&completion.connect_code, tenant.clock.now());
    let connecting =
        connecting.ok_or_else(|| MyAccountError::bad_request("The connect_code is invalid or has expired"))?;
    completion.check(&connecting, &caller).map_err(MyAccountError::bad_request)?;
    let account = account(&tenant, &connecting);
    let linked = tenant.ledger().accounts.link(connecting.user_id, account, tenant.clock.now());
    Ok((StatusCode::CREATED, Json(accounts::shown(&linked))))
}

struct Completion {
    auth_session: String,
    connect_code: String,
    redirect_uri: String,
    code_verifier: Option<String>,
}

impl Completion {
    fn read(body: &[u8]) -> Result<Self, MyAccountError> {
        let mut fields = Fields::read(body)?;
        let completion = Self {
            auth_session: fields.required("auth_session", LONGEST_SESSION),
            connect_code: fields.required("connect_code", LONGEST_CODE),
            redirect_uri: fields.required("redirect_uri", LONGEST_TEXT),
            code_verifier: fields.text("code_verifier", LONGEST_TEXT),
        };
        fields.finish()?;
        Ok(completion)
    }

    /// The code must belong to this flow, of this user and this client.
    fn check(&self, connecting: &Connecting, caller: &Caller) -> Result<(), &'static str> {
        if connecting.auth_session != self.auth_session {
            return Err("The connect_code belongs to another auth_session");
        }
        if connecting.user_id != caller.user_id || connecting.client_id != caller.client_id {
            return Err("The connect_code was issued for another user or another client");
        }
        if connecting.redirect_uri != self.redirect_uri {
            return Err("The redirect_uri is not that of the connect request");
        }
        // RFC 7636 §4.6.
        let hash = |verifier: &String| URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        if connecting.challenge != self.code_verifier.as_ref().map(hash) {
            return Err("The code_verifier does not match the code_challenge");
        }
        Ok(())
    }
}

/// Makes the account. Its name at the third party is the e-mail address of the user, if the tenant knows one.
fn account(tenant: &Tenant, connecting: &Connecting) -> LinkedAccount {
    let mut account = LinkedAccount::new(&connecting.connection);
    let user = tenant.registry.user(&connecting.user_id);
    if let Some(email) = user.and_then(|user| user_claim(user, "email")) {
        account = account.name(email);
    }
    match &connecting.scopes {
        Some(scopes) => account.scopes(scopes),
        None => account,
    }
}

/// Auth0's limits, in characters.
const LONGEST_SESSION: usize = 64;
const LONGEST_CODE: usize = 46;
/// No URL or verifier is longer.
const LONGEST_TEXT: usize = 2048;
