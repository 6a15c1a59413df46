//! The API of a third party. This API accepts only Token Vault tokens. A test calls it with a token that Token Vault
//! has issued.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use super::bearer;
use crate::ledger::VaultToken;
use crate::state::Tenant;

pub(crate) const PATH: &str = "/third-party";

pub(crate) async fn show(
    State(tenant): State<Arc<Tenant>>,
    Path(connection): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(VaultToken { connection, account, user_id, scope, .. }) = issued(&tenant, &connection, &headers) else {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
        return (StatusCode::UNAUTHORIZED, challenge, Json(json!({ "error": "invalid_token" }))).into_response();
    };
    Json(json!({ "connection": connection, "account": account, "user_id": user_id, "scope": scope })).into_response()
}

fn issued(tenant: &Tenant, connection: &str, headers: &HeaderMap) -> Option<VaultToken> {
    let token = tenant.ledger().vault_tokens.get(bearer(headers)?).cloned()?;
    (token.connection == connection && tenant.clock.now() < token.expires_at).then_some(token)
}
