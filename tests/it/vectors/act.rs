//! The kind `act`: the actors of a token that a local tenant signed and a client verified.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use auth0_api_core::token::ActorError;
use auth0_api_core::{Actor, Algorithm, ApiClient, VerifiedToken};
use auth0_api_testing::{LocalTenant, ManualClock};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::case::Case;
use super::outcome::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    claims_json: String,
}

/// Runs the kind `act`.
pub(super) async fn act(case: &Case) -> Result<Outcome, String> {
    let Act { claims_json } = case.input()?;
    let clock = ManualClock::new();
    let tenant = LocalTenant::builder().clock(clock.clone()).start().await.map_err(|error| error.to_string())?;
    let api = ApiClient::builder(tenant.domain(), tenant.audience())
        .algorithms([Algorithm::ES256])
        .clock(clock)
        .insecure_http_loopback()
        .build()
        .map_err(|error| error.to_string())?;
    let claims = as_token_claims(&claims_json, &tenant);
    let token = tenant.mint().algorithm(Algorithm::ES256).raw_claims(claims).sign();
    Ok(match api.verify_access_token(&token).await {
        Ok(token) => outcome(&token),
        Err(error) => rejected().and_violations(unavailable(&error)),
    })
}

fn outcome(token: &VerifiedToken) -> Outcome {
    Outcome::default().with("current", current(token.current_actor())).with("chain", chain(token.delegation_chain()))
}

/// Returns the outcome for a rejected token: its actors cannot be read.
fn rejected() -> Outcome {
    Outcome::default().with("current", json!({ "ok": false })).with("chain", json!({ "ok": false }))
}

fn unavailable(error: &auth0_api_core::Error) -> Option<String> {
    (error.status() >= 500).then(|| format!("the local tenant is unavailable: {error}"))
}

fn current(actor: Result<Option<Actor<'_>>, ActorError>) -> Value {
    actor.map_or_else(
        |_| json!({ "ok": false }),
        |actor| json!({ "ok": true, "value": actor.map(|actor| actor.subject()) }),
    )
}

fn chain(actors: Result<Vec<Actor<'_>>, ActorError>) -> Value {
    actors.map_or_else(
        |_| json!({ "ok": false }),
        |actors| {
            let actors: Vec<_> = actors.iter().map(Actor::subject).collect();
            let (first, last) = (actors.first(), actors.last());
            json!({ "ok": true, "length": actors.len(), "first": first, "last": last, "value": actors })
        },
    )
}

/// Adds the claims that every token needs, unless the case contains them. Edits the text, because the claims of a case
/// may be nested deeper than a JSON parser accepts.
fn as_token_claims(claims_json: &str, tenant: &LocalTenant) -> String {
    let Ok(present) = serde_json::from_str::<BTreeMap<String, &RawValue>>(claims_json) else {
        return claims_json.to_owned();
    };
    let now = tenant.clock().now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let wanted = [
        ("iss", json!(tenant.issuer())),
        ("aud", json!(tenant.audience())),
        ("iat", json!(now)),
        ("exp", json!(now + 3600)),
    ];
    let missing = wanted.iter().filter(|(name, _)| !present.contains_key(*name));
    let missing: Vec<String> = missing.map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    let rest = claims_json.trim_start().strip_prefix('{').unwrap_or(claims_json);
    let separator = if present.is_empty() || missing.is_empty() { "" } else { "," };
    format!("{{{}{separator}{rest}", missing.join(","))
}
