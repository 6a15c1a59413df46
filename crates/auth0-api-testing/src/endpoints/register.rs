//! Dynamic registration of public clients ([RFC 7591](https://www.rfc-editor.org/rfc/rfc7591)), which MCP clients use.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::error_response::ErrorResponse;
use crate::Application;
use crate::clock::numeric_date;
use crate::must::random_text;
use crate::state::Tenant;

pub(crate) const PATH: &str = "/oidc/register";

pub(crate) async fn register(State(tenant): State<Arc<Tenant>>, body: Bytes) -> Response {
    match registered(&tenant, &body) {
        // RFC 7591 §3.2.1.
        Ok(client) => (StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(client)).into_response(),
        Err(rejection) => rejection.into_response(),
    }
}

fn registered(tenant: &Tenant, body: &[u8]) -> Result<Value, ErrorResponse> {
    let metadata: Value = serde_json::from_slice(body).unwrap_or_default();
    let callbacks = metadata.get("redirect_uris").and_then(Value::as_array);
    let callbacks = callbacks.map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>());
    let callbacks = callbacks.filter(|callbacks| !callbacks.is_empty()).ok_or_else(|| {
        // RFC 7591 §3.2.2.
        let description = "redirect_uris has to be a list of URLs";
        ErrorResponse::new(StatusCode::BAD_REQUEST, "invalid_redirect_uri", description)
    })?;
    let client = Application::single_page(random_text()).callbacks(callbacks.clone());
    let answer = json!({
        "client_id": client.id(),
        "client_id_issued_at": numeric_date(tenant.clock.now()),
        "client_name": metadata.get("client_name"),
        "redirect_uris": callbacks,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        // RFC 7591 §3.2.1: the response names the registered method, also if the client requested another method.
        "token_endpoint_auth_method": "none",
    });
    tenant.ledger().applications.push(Arc::new(client));
    Ok(answer)
}
