//! The tenant's metadata ([RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414#section-2)).

use std::sync::Arc;

use auth0_api_core::Algorithm;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{authorize, backchannel, client, issue, jwks, logout, register, revoke, userinfo};
use crate::GrantType;
use crate::state::Tenant;

pub(crate) const PATH: &str = "/.well-known/openid-configuration";

/// The path that [RFC 8414 §3](https://www.rfc-editor.org/rfc/rfc8414#section-3) defines for the same document. MCP
/// clients use this path.
pub(crate) const OAUTH_PATH: &str = "/.well-known/oauth-authorization-server";

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let set_by_hand = tenant.settings().discovery.clone();
    Json(set_by_hand.unwrap_or_else(|| document(&tenant)))
}

/// Describes the endpoints and features that this tenant has, and nothing else.
fn document(tenant: &Tenant) -> Value {
    let mut document = json!({
        "issuer": tenant.issuer,
        "jwks_uri": tenant.url(jwks::PATH),
        "authorization_endpoint": tenant.url(authorize::PATH),
        "token_endpoint": tenant.token_url(),
        // CIBA Core §4.
        "backchannel_authentication_endpoint": tenant.url(backchannel::PATH),
        "backchannel_token_delivery_modes_supported": ["poll"],
        "revocation_endpoint": tenant.url(revoke::PATH),
        // RP-Initiated Logout §2.1.
        "end_session_endpoint": tenant.url(logout::OIDC_PATH),
        // Back-Channel Logout §2.1.
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "userinfo_endpoint": tenant.url(userinfo::PATH),
        "token_endpoint_auth_methods_supported": client::METHODS,
        "revocation_endpoint_auth_methods_supported": client::METHODS,
        "token_endpoint_auth_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "grant_types_supported": GrantType::ALL.map(GrantType::name),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "web_message"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": CLAIMS,
        "scopes_supported": issue::OPENID,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        // RFC 9207 §3.
        "authorization_response_iss_parameter_supported": true,
        // RFC 9449 §5.1.
        "dpop_signing_alg_values_supported": ["ES256"],
    });
    if let Some(members) = document.as_object_mut() {
        if tenant.registry.client_registration {
            members.insert("registration_endpoint".into(), tenant.url(register::PATH).into());
        }
        // OAuth Client ID Metadata Document, section 5.
        if tenant.documents.is_some() {
            members.insert("client_id_metadata_document_supported".into(), true.into());
        }
        // RFC 9396 §10.
        let types = tenant.registry.authorization_details_types();
        if !types.is_empty() {
            members.insert("authorization_details_types_supported".into(), types.into());
        }
    }
    document
}

/// The claims of ID tokens that the tenant makes for every user.
const CLAIMS: [&str; 14] = [
    "aud",
    "auth_time",
    "email",
    "email_verified",
    "exp",
    "iat",
    "iss",
    "name",
    "nickname",
    "org_id",
    "picture",
    "sid",
    "sub",
    "updated_at",
];
