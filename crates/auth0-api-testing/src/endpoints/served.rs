//! The list of what the tenant serves, for the page at `/`.

use super::{authorize, discovery, jwks, register, third_party, userinfo};
use crate::state::{TOKEN_PATH, Tenant};

/// Returns method, path and purpose of each endpoint. `NAME` in a path stands for any name.
pub(crate) fn served(tenant: &Tenant) -> Vec<(&'static str, String, &'static str)> {
    let mut served = vec![
        ("GET", discovery::PATH.into(), "discovery, for OpenID Connect"),
        ("GET", discovery::OAUTH_PATH.into(), "discovery, for OAuth and MCP clients"),
        ("GET", jwks::PATH.into(), "the signing keys"),
        ("GET", authorize::PATH.into(), "signs a user in, and issues a code"),
        ("POST", TOKEN_PATH.into(), "tokens, as form or JSON"),
        ("GET", userinfo::PATH.into(), "the claims of the user of a token"),
        ("GET", format!("{}/NAME", third_party::PATH), "the API of a third party, for tokens of Token Vault"),
    ];
    if tenant.registry.client_registration {
        served.push(("POST", register::PATH.into(), "lets public clients register themselves"));
    }
    served
}
