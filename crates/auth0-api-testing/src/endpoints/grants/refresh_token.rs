//! Refresh token ([RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749#section-6)). A client can use a refresh token
//! several times: the tenant does not rotate it.

use serde_json::{Map, Value};

use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::{Extras, Issue};
use crate::ledger::Consent;

pub(crate) fn refresh_token(call: &Call<'_>) -> Result<Value, ErrorResponse> {
    let token = call.parameters.require("refresh_token")?;
    let consent =
        consent(call, token).ok_or_else(|| ErrorResponse::invalid_grant("Unknown or invalid refresh token."))?;
    // RFC 9449 §5: a public client can use a refresh token only with a proof of the key that the token is bound to.
    if consent.key.is_some() && consent.key != call.key {
        return Err(ErrorResponse::invalid_grant("The refresh token is bound to another DPoP key"));
    }
    let audience = call.parameters.audience().or(consent.audience.as_deref());
    let find = |audience| call.tenant.registry.api(audience).ok_or_else(|| ErrorResponse::no_such_api(audience));
    let issue = Issue {
        call,
        api: audience.map(find).transpose()?,
        user: Some(&consent.user),
        scopes: Some(narrowed(call, &consent)),
        organization: consent.organization.as_ref(),
        claims: Map::new(),
        extras: Extras { refresh_token: false, ..Extras::for_user(call) },
    };
    Ok(issue.answer().into())
}

/// Returns the consent of a refresh token; `None` if the token is unknown or was issued to another client.
pub(super) fn consent(call: &Call<'_>, token: &str) -> Option<Consent> {
    let consent = call.tenant.ledger().refresh_tokens.get(token).cloned();
    consent.filter(|consent| consent.client_id == call.client.id())
}

/// RFC 6749 §6: returns the requested scopes that the user has consented to. If the client requests no scopes, returns
/// all scopes of the consent.
fn narrowed(call: &Call<'_>, consent: &Consent) -> Vec<String> {
    match call.parameters.scopes() {
        Some(requested) => consent.scopes.iter().filter(|own| requested.contains(&own.as_str())).cloned().collect(),
        None => consent.scopes.clone(),
    }
}
