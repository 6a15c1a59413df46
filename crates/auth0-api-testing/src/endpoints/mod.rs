//! The tenant's endpoints, one file each.

mod approvals;
mod assertion;
mod authorize;
mod backchannel;
mod call;
mod client;
mod consent;
mod cookie;
mod cors;
mod discovery;
mod error_response;
mod form_guard;
mod grants;
mod index;
mod issue;
mod jwks;
mod log;
mod logout;
pub(crate) mod management;
mod membership;
pub(crate) mod my_account;
mod page;
mod parameters;
mod presented;
mod quota;
mod register;
mod revoke;
mod session;
mod sign_in;
pub(crate) mod third_party;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use http::{HeaderMap, header};

use crate::Endpoint;
use crate::misbehaviour::{OnKeptConnection, close_connection};
use crate::state::{TOKEN_PATH, Tenant};
pub(crate) use error_response::ErrorResponse;

/// Makes the routes. The tenant counts the requests for discovery, the key set and tokens, and those to the Management API.
/// These endpoints can misbehave.
pub(crate) fn router(tenant: Arc<Tenant>) -> Router {
    let watched = |endpoint, route: MethodRouter<Arc<Tenant>>| {
        route.route_layer(middleware::from_fn_with_state((Arc::clone(&tenant), endpoint), watch))
    };
    let third_party = format!("{}/{{connection}}", third_party::PATH);
    let mut router = Router::new();
    if tenant.registry.client_registration {
        router = router.route(register::PATH, post(register::register));
    }
    let management = management::router();
    let management =
        management.route_layer(middleware::from_fn_with_state((Arc::clone(&tenant), Endpoint::Management), watch));
    router
        .route(index::PATH, get(index::show))
        .route(discovery::PATH, watched(Endpoint::Discovery, get(discovery::show)))
        .route(discovery::OAUTH_PATH, watched(Endpoint::Discovery, get(discovery::show)))
        .route(backchannel::PATH, post(backchannel::start))
        .route(authorize::PATH, get(authorize::authorize))
        .route(logout::PATH, get(logout::auth0))
        .route(logout::OIDC_PATH, get(logout::oidc).post(logout::oidc))
        .route(revoke::PATH, post(revoke::revoke))
        .route(authorize::SIGN_IN_PATH, get(sign_in::show).post(sign_in::decide))
        .route(approvals::PATH, get(approvals::show).post(approvals::decide))
        .route(userinfo::PATH, get(userinfo::show))
        .route(&third_party, get(third_party::show))
        .route(consent::START_PATH, get(consent::start))
        .route(consent::PATH, get(consent::show).post(consent::decide))
        .merge(my_account::router(&tenant))
        .merge(management)
        .route(jwks::PATH, watched(Endpoint::Jwks, get(jwks::show)))
        .route(TOKEN_PATH, watched(Endpoint::Token, post(token::issue)))
        .layer(middleware::from_fn_with_state(Arc::clone(&tenant), cors::allow))
        .layer(middleware::from_fn_with_state(Arc::clone(&tenant), log::log))
        .with_state(tenant)
}

/// Counts the request. If a test has set a misbehaviour for the endpoint, answers with it. Otherwise answers as usual.
async fn watch(State((tenant, endpoint)): State<(Arc<Tenant>, Endpoint)>, request: Request, next: Next) -> Response {
    tenant.counters.count(endpoint);
    let Some(misbehaviour) = tenant.faults.at(endpoint) else { return next.run(request).await };
    let loses_answer = misbehaviour.loses_answer_to(request.method());
    if let Some(answer) = misbehaviour.answer(endpoint, connection_of(&request), tenant.clock.now()).await {
        return answer;
    }
    let answer = next.run(request).await;
    if loses_answer { close_connection() } else { answer }
}

/// Without the server of this crate, for example in a unit test, no connection was used before.
fn connection_of(request: &Request) -> OnKeptConnection {
    request.extensions().get().copied().unwrap_or(OnKeptConnection(false))
}

/// Returns the token of a request with the scheme Bearer
/// ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    credentials(headers).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token)
}

/// Returns the scheme and the token of a request.
fn credentials(headers: &HeaderMap) -> Option<(&str, &str)> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')
}
