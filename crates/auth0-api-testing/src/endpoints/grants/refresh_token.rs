//! New tokens for a refresh token ([RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749#section-6)), which stays good.

use serde_json::{Map, Value};

use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::{Extras, Issue};
use crate::ledger::Consent;

pub(crate) fn refresh_token(call: &Call<'_>) -> Result<Value, ErrorResponse> {
    let token = call.parameters.require("refresh_token")?;
    let consent =
        consent(call, token).ok_or_else(|| ErrorResponse::invalid_grant("Unknown or invalid refresh token."))?;
    // RFC 9449 §5: of a public client, by the key it was issued to.
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

/// What a refresh token of this client stands for.
pub(super) fn consent(call: &Call<'_>, token: &str) -> Option<Consent> {
    let consent = call.tenant.ledger().refresh_tokens.get(token).cloned();
    consent.filter(|consent| consent.client_id == call.client.id())
}

/// RFC 6749 §6: nothing beyond what the user has consented to.
fn narrowed(call: &Call<'_>, consent: &Consent) -> Vec<String> {
    match call.parameters.scopes() {
        Some(asked) => consent.scopes.iter().filter(|own| asked.contains(&own.as_str())).cloned().collect(),
        None => consent.scopes.clone(),
    }
}
