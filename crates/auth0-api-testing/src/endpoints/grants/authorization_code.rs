//! Authorization code ([RFC 6749 §4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)), with PKCE
//! ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::{Extras, Issue};
use crate::ledger::Code;

pub(crate) fn authorization_code(call: &Call<'_>) -> Result<Value, ErrorResponse> {
    let text = call.parameters.require("code")?;
    // RFC 6749 §4.1.2: a client can use a code once. The tenant removes the code before the checks, so a rejected
    // request also makes the code invalid.
    let code = call.tenant.ledger().codes.remove(text);
    let code = code.ok_or_else(|| ErrorResponse::invalid_grant("Invalid authorization code"))?;
    check(call, &code).map_err(ErrorResponse::invalid_grant)?;
    // RFC 8707 §2.2: the code is only for the API that the client named at /authorize.
    if call.audience()?.is_some_and(|requested| code.consent.audience.as_deref() != Some(requested)) {
        return Err(ErrorResponse::invalid_grant("The code was issued for another resource"));
    }
    let consent = &code.consent;
    let issue = Issue {
        call,
        api: consent.audience.as_deref().map(|audience| call.api_of(audience)).transpose()?,
        user: Some(&consent.user),
        scopes: Some(consent.scopes.clone()),
        organization: consent.organization.as_ref(),
        login: consent.login.clone(),
        claims: Map::new(),
        authorization_details: consent.authorization_details.clone(),
        extras: Extras { nonce: code.nonce.clone(), ..Extras::for_user(call) },
    };
    Ok(issue.answer().into())
}

fn check(call: &Call<'_>, code: &Code) -> Result<(), &'static str> {
    // RFC 6749 §4.1.3: the code must have been issued to this client, for this redirect URI, and must not have expired.
    if code.consent.client_id != call.client.id() || call.tenant.clock.now() >= code.expires_at {
        return Err("Invalid authorization code");
    }
    if code.redirect_uri.as_deref() != call.parameters.get("redirect_uri") {
        return Err("The redirect URI is wrong");
    }
    // RFC 7636 §4.6: the verifier must match the challenge. If the client sent no challenge, it must send no verifier.
    let challenge = call
        .parameters
        .get("code_verifier")
        .map(|verifier| URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())));
    if code.challenge != challenge {
        return Err("Failed to verify code verifier");
    }
    // RFC 9449 §10: the proof must be signed with the key that dpop_jkt names.
    if code.consent.key.is_some() && code.consent.key != call.key {
        return Err("The code is bound to another DPoP key");
    }
    Ok(())
}
