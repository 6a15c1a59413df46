//! The My Account API: a user connects accounts at third parties, and lists and removes them. Auth0 calls it *Connected
//! Accounts*.
//!
//! 1. The client asks to [connect] an account, and opens the URL that it gets.
//! 2. The person allows it at the third party ([`consent`](super::consent)).
//! 3. The client [completes](complete) the flow. From now on Token Vault has tokens of the account.
//!
//! Each request needs a token of the user for this API. Every answer with a body is JSON, errors too ([`MyAccountError`]).

mod accounts;
mod caller;
mod complete;
mod connect;
mod connections;
mod error;
mod fields;
mod page;
mod scopes;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, any, delete, get, post};
use http::{HeaderValue, StatusCode};

use crate::nonces::Server;
use crate::state::Tenant;
pub(crate) use error::MyAccountError;
pub(crate) use scopes::{PATH, SCOPES};

/// The paths of the endpoints.
pub(crate) const CONNECT_PATH: &str = "/me/v1/connected-accounts/connect";
pub(crate) const COMPLETE_PATH: &str = "/me/v1/connected-accounts/complete";
pub(crate) const ACCOUNTS_PATH: &str = "/me/v1/connected-accounts/accounts";
pub(crate) const CONNECTIONS_PATH: &str = "/me/v1/connected-accounts/connections";

pub(super) fn router(tenant: &Arc<Tenant>) -> Router<Arc<Tenant>> {
    let route = |methods: MethodRouter<Arc<Tenant>>| methods.fallback(wrong_method);
    Router::new()
        .route(CONNECT_PATH, route(post(connect::connect)))
        .route(COMPLETE_PATH, route(post(complete::complete)))
        .route(ACCOUNTS_PATH, route(get(accounts::list)))
        .route(&format!("{ACCOUNTS_PATH}/{{id}}"), route(delete(accounts::remove)))
        .route(CONNECTIONS_PATH, route(get(connections::list)))
        .route(&format!("{PATH}{{*rest}}"), any(no_such_path))
        .layer(middleware::from_fn_with_state(Arc::clone(tenant), send_nonce))
}

async fn no_such_path() -> MyAccountError {
    MyAccountError::new(StatusCode::NOT_FOUND, "This tenant has no such endpoint of the My Account API")
}

async fn wrong_method() -> MyAccountError {
    MyAccountError::new(StatusCode::METHOD_NOT_ALLOWED, "The endpoint does not have this method")
}

/// [RFC 9449 §8.2](https://www.rfc-editor.org/rfc/rfc9449#section-8.2): the response to a request with a proof has the
/// nonce for the next proof.
async fn send_nonce(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    let has_proof = request.headers().contains_key("dpop");
    let mut response = next.run(request).await;
    let nonce = tenant.dpop_nonce(Server::MyAccount).filter(|_| has_proof);
    if let Some(nonce) = nonce.and_then(|nonce| HeaderValue::try_from(nonce).ok()) {
        response.headers_mut().insert("dpop-nonce", nonce);
    }
    response
}
