//! The token endpoint ([RFC 6749 §3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)): authenticates the client,
//! verifies its DPoP proof, and passes the request to its grant.

use std::net::IpAddr;
use std::sync::Arc;

use auth0_api_core::jose::Thumbprint;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde_json::Value;

use super::call::Call;
use super::client::authenticate;
use super::error_response::ErrorResponse;
use super::grants;
use super::parameters::Parameters;
use super::quota;
use crate::nonces::Server;
use crate::proof_check::{Expected, ProofError};
use crate::server::Peer;
use crate::state::Tenant;
use crate::{Application, GrantType, RecordedRequest};

pub(crate) async fn issue(
    State(tenant): State<Arc<Tenant>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parameters = Parameters::read(&headers, &body);
    let fields = parameters.as_ref().map(Parameters::pairs).unwrap_or_default();
    let answer = match parameters {
        Ok(parameters) => answer(&tenant, &headers, &parameters, peer).await,
        Err(rejection) => Err(rejection),
    };
    // RFC 6749 §5.1: a response with a token must not be cached.
    let no_store = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    let nonce = tenant.dpop_nonce(Server::Authorization).map(|nonce| [(DPOP_NONCE, nonce)]);
    let mut response = match (nonce, headers.contains_key(DPOP)) {
        // RFC 9449 §8.2: the response to a request with a proof has the nonce for the next proof, also if the response
        // is an error.
        (Some(nonce), true) => (no_store, nonce, answer).into_response(),
        _ => (no_store, answer).into_response(),
    };
    let recorded = RecordedRequest { fields, headers, status: response.status().as_u16() };
    response.extensions_mut().insert(recorded.clone());
    tenant.ledger().record(recorded);
    response
}

/// Authenticates the client, and answers its request within its quota.
async fn answer(
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &Parameters,
    peer: Peer,
) -> Result<Response, ErrorResponse> {
    parameters.require("grant_type")?;
    let client = authenticate(tenant, headers, parameters).await?;
    let within_quota = quota::check(tenant, &client);
    let granted = within_quota.and_then(|()| grant(tenant, headers, parameters, Arc::clone(&client), peer));
    if granted.is_ok() {
        quota::count(tenant, &client);
    }
    Ok(quota::report(tenant, &client, granted.map(Json)))
}

fn grant(
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &Parameters,
    client: Arc<Application>,
    peer: Peer,
) -> Result<Value, ErrorResponse> {
    let name = parameters.require("grant_type")?;
    let grant = GrantType::from_name(name).ok_or_else(|| {
        ErrorResponse::new(StatusCode::FORBIDDEN, "unsupported_grant_type", format!("Unsupported grant type: {name}"))
    })?;
    if !client.may_use(grant) {
        return Err(ErrorResponse::unauthorized_client(format!("Grant type '{name}' not allowed for the client.")));
    }
    let key = sender_key(tenant, headers)?;
    // RFC 9449 §5.2: such a client must send a proof with each token request.
    if client.requires_dpop() && key.is_none() {
        return Err(ErrorResponse::invalid_request("The client is registered for DPoP: a proof is required"));
    }
    let address = forwarded_address(headers).filter(|_| client.trusts_forwarded_address()).unwrap_or(peer.0);
    let call = Call { tenant, parameters, client, key, address };
    match grant {
        GrantType::AuthorizationCode => grants::authorization_code(&call),
        GrantType::Ciba => grants::ciba(&call),
        GrantType::ClientCredentials => grants::client_credentials(&call),
        GrantType::RefreshToken => grants::refresh_token(&call),
        GrantType::TokenExchange => grants::token_exchange(&call),
        GrantType::TokenVault => grants::token_vault(&call),
    }
}

/// Returns the address of the end user, as the client states it.
fn forwarded_address(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get("auth0-forwarded-for")?.to_str().ok()?.parse().ok()
}

/// Verifies the request's proof, and returns the key that the tokens will be bound to
/// ([RFC 9449 §5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
fn sender_key(tenant: &Tenant, headers: &HeaderMap) -> Result<Option<Thumbprint>, ErrorResponse> {
    let rejected = |error, description| ErrorResponse::new(StatusCode::BAD_REQUEST, error, description);
    let mut proofs = headers.get_all(DPOP).iter();
    let Some(proof) = proofs.next() else { return Ok(None) };
    // RFC 9449 §4.3 (1): not more than one proof.
    if proofs.next().is_some() {
        return Err(rejected("invalid_dpop_proof", "more than one DPoP header"));
    }
    let (url, nonces) = (tenant.token_url(), tenant.accepted_nonces(Server::Authorization));
    let expected = Expected { method: "POST", url: &url, nonces: &nonces, now: tenant.clock.now() };
    expected.check(proof.to_str().unwrap_or_default()).map(Some).map_err(|error| match error {
        ProofError::Invalid(reason) => rejected("invalid_dpop_proof", reason),
        // RFC 9449 §8: the error for a missing or outdated nonce.
        ProofError::NonceRequired => rejected("use_dpop_nonce", "Authorization server requires nonce in DPoP proof"),
    })
}

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
