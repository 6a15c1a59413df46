//! Refresh token ([RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749#section-6)), with rotation, and for several APIs
//! as far as the client's [policy](crate::RefreshTokenPolicy) allows it.

use serde_json::{Map, Value};

use crate::Api;
use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::{Extras, Issue, is_openid};
use crate::ledger::{Consent, Spent};

pub(crate) fn refresh_token(call: &Call<'_>) -> Result<Value, ErrorResponse> {
    let token = call.parameters.require("refresh_token")?;
    let consent = consent(call, token).ok_or_else(unknown)?;
    // RFC 9449 §5: a public client can use a refresh token only with a proof of the key that the token is bound to.
    if consent.key.is_some() && consent.key != call.key {
        return Err(ErrorResponse::invalid_grant("The refresh token is bound to another DPoP key"));
    }
    let api = api(call, &consent)?;
    let is_own = api.map(Api::identifier) == consent.audience.as_deref();
    let issue = Issue {
        call,
        api,
        user: Some(&consent.user),
        scopes: Some(scopes(call, &consent, api)),
        organization: consent.organization.as_ref(),
        login: consent.login.clone(),
        claims: Map::new(),
        // RFC 9396 §6: the consent's details, which are for the API of the consent.
        authorization_details: consent.authorization_details.iter().filter(|_| is_own).cloned().collect(),
        extras: Extras { refresh_token: false, ..Extras::for_user(call) },
    };
    // The tenant replaces the token only now, so that a request that is rejected for another reason can be repeated.
    let spent = call.tenant.ledger().refresh_tokens.spend(token, call.tenant.clock.now());
    let spent = spent.ok_or_else(unknown)?;
    let mut answer = issue.answer();
    if let Spent::Replaced(next) = spent {
        answer.insert("refresh_token".into(), next.into());
    }
    Ok(answer.into())
}

/// Returns the consent of a refresh token; `None` if the token is unknown, was issued to another client, or was used
/// before although it rotates.
pub(super) fn consent(call: &Call<'_>, token: &str) -> Option<Consent> {
    call.tenant.ledger().refresh_consent(token, call.client.id(), call.tenant.clock.now())
}

/// Returns the API that the client requests a token for: by default that of the consent, and another one if the policy
/// allows it.
fn api<'c>(call: &'c Call<'_>, consent: &Consent) -> Result<Option<&'c Api>, ErrorResponse> {
    let Some(audience) = call.audience()?.or(consent.audience.as_deref()) else { return Ok(None) };
    let api = call.api_of(audience)?;
    if consent.audience.as_deref() != Some(audience) && !call.client.refresh_token_policy().covers(api) {
        let description = format!("The refresh token policies of the client do not include {audience}");
        return Err(ErrorResponse::access_denied(description));
    }
    Ok(Some(api))
}

/// Returns the granted scopes.
///
/// RFC 6749 §6: without a policy, these are the requested scopes that the user has consented to; all of them if the
/// client requests none. A policy adds the scopes that it has for the API, and the claims of the user.
fn scopes(call: &Call<'_>, consent: &Consent, api: Option<&Api>) -> Vec<String> {
    let policy = call.client.refresh_token_policy();
    let is_own = api.map(Api::identifier) == consent.audience.as_deref();
    let covered = api.filter(|api| policy.covers(api));
    let consented = |scope: &str| consent.scopes.iter().any(|own| own == scope);
    let is_granted = |scope: &str| match covered {
        _ if consented(scope) => is_own || is_openid(scope),
        Some(_) if CLAIMS.contains(&scope) => consented("openid"),
        Some(api) => !is_openid(scope) && policy.gives(api, scope),
        None => false,
    };
    match call.parameters.scopes() {
        Some(requested) => requested.into_iter().filter(|scope| is_granted(scope)).map(str::to_owned).collect(),
        None if is_own => consent.scopes.clone(),
        None => {
            let own = consent.scopes.iter().filter(|scope| is_openid(scope)).cloned();
            own.chain(api.into_iter().flat_map(|api| policy.scopes(api))).collect()
        }
    }
}

pub(super) fn unknown() -> ErrorResponse {
    ErrorResponse::invalid_grant("Unknown or invalid refresh token.")
}

/// The scopes that only give claims of the user.
const CLAIMS: [&str; 4] = ["profile", "email", "address", "phone"];
