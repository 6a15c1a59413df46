//! The token endpoint ([RFC 6749 §3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)): one function per grant.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::Thumbprint;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde_json::{Map, Value, json};

use super::client::authenticate;
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::TokenBuilder;
use crate::proof_check::{Expected, ProofError};
use crate::state::Tenant;

pub(crate) const PATH: &str = "/oauth/token";

/// What discovery announces; [`grant`] is where they are told apart.
pub(crate) const GRANT_TYPES: [&str; 1] = ["client_credentials"];

pub(crate) async fn issue(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Response {
    let answer = match Parameters::read(&headers, &body) {
        Ok(parameters) => grant(&tenant, &headers, &parameters),
        Err(refusal) => Err(refusal),
    };
    // RFC 6749 §5.1: nobody keeps a token's response.
    let no_store = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    let nonce = tenant.dpop_nonce().map(|nonce| [(DPOP_NONCE, nonce)]);
    match (nonce, headers.contains_key(DPOP)) {
        // RFC 9449 §8.2: the nonce to use next time, on refusals and successes alike.
        (Some(nonce), true) => (no_store, nonce, answer).into_response(),
        _ => (no_store, answer).into_response(),
    }
}

fn grant(tenant: &Tenant, headers: &HeaderMap, parameters: &Parameters) -> Result<Json<Value>, Refusal> {
    let grant_type = parameters.require("grant_type")?;
    authenticate(tenant, headers, parameters)?;
    match grant_type {
        "client_credentials" => client_credentials(tenant, headers, parameters),
        other => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "unsupported_grant_type",
            format!("Unsupported grant type: {other}"),
        )),
    }
}

/// A token for the client itself ([RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
fn client_credentials(tenant: &Tenant, headers: &HeaderMap, parameters: &Parameters) -> Result<Json<Value>, Refusal> {
    let audience = parameters.get("audience").ok_or_else(|| Refusal::access_denied(NO_AUDIENCE))?;
    if audience != tenant.audience {
        return Err(Refusal::access_denied(format!("Service not found: {audience}")));
    }
    let token = TokenBuilder::new(tenant)
        .subject(&format!("{}@clients", tenant.client_id))
        .claim("gty", "client-credentials")
        .expires_in(LIFETIME);
    Ok(answer(token, parameters.get("scope"), sender_key(tenant, headers)?))
}

/// The key the token is to be bound to, proven ([RFC 9449 §5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
fn sender_key(tenant: &Tenant, headers: &HeaderMap) -> Result<Option<Thumbprint>, Refusal> {
    let refused = |error, description| Refusal::new(StatusCode::BAD_REQUEST, error, description);
    let mut proofs = headers.get_all(DPOP).iter();
    let Some(proof) = proofs.next() else { return Ok(None) };
    // RFC 9449 §4.3 (1).
    if proofs.next().is_some() {
        return Err(refused("invalid_dpop_proof", "more than one DPoP header"));
    }
    let (url, nonce) = (tenant.url(PATH), tenant.dpop_nonce());
    let expected = Expected { method: "POST", url: &url, nonce: nonce.as_deref(), now: tenant.clock.now() };
    expected.check(proof.to_str().unwrap_or_default()).map(Some).map_err(|error| match error {
        ProofError::Invalid(reason) => refused("invalid_dpop_proof", reason),
        // RFC 9449 §8.
        ProofError::NonceWanted => refused("use_dpop_nonce", "Authorization server requires nonce in DPoP proof"),
    })
}

/// The successful answer; every scope asked for is granted.
fn answer(mut token: TokenBuilder, scope: Option<&str>, key: Option<Thumbprint>) -> Json<Value> {
    let mut body = Map::new();
    body.insert("expires_in".into(), LIFETIME.as_secs().into());
    body.insert("token_type".into(), if key.is_some() { "DPoP" } else { "Bearer" }.into());
    if let Some(scope) = scope {
        token = token.scope(scope);
        body.insert("scope".into(), scope.into());
    }
    if let Some(key) = key {
        token = token.claim("cnf", json!({ "jkt": key.to_string() }));
    }
    body.insert("access_token".into(), token.sign().into());
    Json(body.into())
}

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

const NO_AUDIENCE: &str = "No audience parameter was provided, and no default audience has been configured";

/// A day: Auth0's default for an API.
const LIFETIME: Duration = Duration::from_secs(86_400);
