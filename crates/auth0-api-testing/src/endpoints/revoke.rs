//! Revocation of refresh tokens ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::client::authenticate;
use super::error_response::ErrorResponse;
use super::parameters::Parameters;
use crate::own_token;
use crate::state::Tenant;

pub(crate) const PATH: &str = "/oauth/revoke";

pub(crate) async fn revoke(State(tenant): State<Arc<Tenant>>, headers: HeaderMap, body: Bytes) -> Response {
    match revoked(&tenant, &headers, &body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(rejection) => rejection.into_response(),
    }
}

/// Ends the family of a refresh token. A token that ends with a session ends the session, too.
async fn revoked(tenant: &Tenant, headers: &HeaderMap, body: &[u8]) -> Result<(), ErrorResponse> {
    let parameters = Parameters::read(headers, body)?;
    let client = authenticate(tenant, headers, &parameters).await?;
    let token = parameters.require("token")?;
    // RFC 7009 §2.2.1: an access token that an API verifies by itself cannot be revoked.
    if own_token::verify_signature(tenant, token).is_ok() {
        let description = "Only refresh tokens can be revoked";
        return Err(ErrorResponse::new(StatusCode::BAD_REQUEST, "unsupported_token_type", description));
    }
    let mut ledger = tenant.ledger();
    let session = ledger.refresh_tokens.revoke(token, client.id());
    // RFC 7009 §2.1: the token must belong to the client.
    let session = session.map_err(|_| ErrorResponse::invalid_request("The token was issued to another client"))?;
    if let Some(session) = session {
        ledger.sessions.end_by_id(&session);
        ledger.refresh_tokens.end_session(&session);
    }
    // RFC 7009 §2.2: an unknown token is no error, because the client has what it wants.
    Ok(())
}
