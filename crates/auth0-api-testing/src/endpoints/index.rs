//! `/`: the page that lists what the tenant serves.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};

use super::{
    approvals, authorize, backchannel, discovery, jwks, logout, management, my_account, register, revoke, third_party,
    userinfo,
};
use crate::pages::index;
use crate::state::{TOKEN_PATH, Tenant};

pub(crate) const PATH: &str = "/";

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>) -> Response {
    index::page(&tenant, served(&tenant)).into_response()
}

fn served(tenant: &Tenant) -> Vec<index::Endpoint> {
    let mut served = vec![
        ("GET", discovery::PATH.into(), "discovery, for OpenID Connect"),
        ("GET", discovery::OAUTH_PATH.into(), "discovery, for OAuth and MCP clients"),
        ("GET", jwks::PATH.into(), "the signing keys"),
        ("GET", authorize::PATH.into(), "signs a user in, and issues a code"),
        ("POST", TOKEN_PATH.into(), "tokens, as form or JSON"),
        ("POST", backchannel::PATH.into(), "asks a user for approval on another device (CIBA)"),
        ("GET", approvals::PATH.into(), "where the user who is signed in approves or denies it"),
        ("POST", revoke::PATH.into(), "revokes a refresh token"),
        ("GET", logout::PATH.into(), "signs a user out"),
        ("GET", logout::OIDC_PATH.into(), "signs a user out, for OpenID Connect"),
        ("GET", userinfo::PATH.into(), "the claims of the user of a token"),
        ("POST", my_account::CONNECT_PATH.into(), "begins to connect an account at a third party"),
        ("POST", my_account::COMPLETE_PATH.into(), "completes it; Token Vault then has its tokens"),
        ("GET, DELETE", my_account::ACCOUNTS_PATH.into(), "the accounts that the user has connected"),
        ("GET", my_account::CONNECTIONS_PATH.into(), "the connections whose accounts can be connected"),
        ("GET, POST", management::PROFILES_PATH.into(), "token exchange profiles, for clients of the Management API"),
        ("GET, PATCH, DELETE", format!("{}/ID", management::PROFILES_PATH), "one of them"),
        ("GET", format!("{}/NAME", third_party::PATH), "the API of a third party, for tokens of Token Vault"),
    ];
    if tenant.registry.client_registration {
        served.push(("POST", register::PATH.into(), "lets public clients register themselves"));
    }
    served
}
