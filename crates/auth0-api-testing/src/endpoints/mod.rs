//! What the tenant serves: one file per endpoint.

mod client;
mod cors;
mod discovery;
mod jwks;
mod parameters;
mod refusal;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};

use crate::Endpoint;
use crate::state::Tenant;

/// Routes, each counted and open to misbehaviour.
pub(crate) fn router(tenant: Arc<Tenant>) -> Router {
    let watched = |endpoint, route: MethodRouter<Arc<Tenant>>| {
        route.route_layer(middleware::from_fn_with_state((Arc::clone(&tenant), endpoint), watch))
    };
    Router::new()
        .route(discovery::PATH, watched(Endpoint::Discovery, get(discovery::show)))
        .route(jwks::PATH, watched(Endpoint::Jwks, get(jwks::show)))
        .route(token::PATH, watched(Endpoint::Token, post(token::issue)))
        .layer(middleware::from_fn(cors::allow))
        .with_state(tenant)
}

/// Counts the request, then answers it, unless the endpoint was told to misbehave.
async fn watch(State((tenant, endpoint)): State<(Arc<Tenant>, Endpoint)>, request: Request, next: Next) -> Response {
    tenant.counters.count(endpoint);
    if let Some(misbehaviour) = tenant.faults.at(endpoint)
        && let Some(answer) = misbehaviour.answer().await
    {
        return answer;
    }
    next.run(request).await
}
