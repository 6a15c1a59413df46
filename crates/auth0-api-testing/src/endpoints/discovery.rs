//! The tenant's metadata ([RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414#section-2)).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{client, jwks, token};
use crate::state::Tenant;

pub(crate) const PATH: &str = "/.well-known/openid-configuration";

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let set_by_hand = tenant.settings().discovery.clone();
    Json(set_by_hand.unwrap_or_else(|| document(&tenant)))
}

/// Names what is served and nothing else.
fn document(tenant: &Tenant) -> Value {
    json!({
        "issuer": tenant.issuer,
        "jwks_uri": tenant.url(jwks::PATH),
        "token_endpoint": tenant.url(token::PATH),
        "token_endpoint_auth_methods_supported": client::METHODS,
        "grant_types_supported": token::GRANT_TYPES,
        // RFC 9449 §5.1.
        "dpop_signing_alg_values_supported": ["ES256"],
    })
}
