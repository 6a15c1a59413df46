//! The Management API, as far as an API needs it: token exchange profiles, and the records of the tenant's APIs.
//!
//! Each request needs a token of a client for this API, with the scope of the endpoint. The client gets it with its
//! credentials. Every answer with a body is JSON, errors too ([`ManagementError`]).

mod caller;
mod checkpoint;
mod error;
mod input;
mod profiles;
mod resource_servers;
mod scopes;

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, any, get};
use http::StatusCode;

use crate::state::Tenant;
pub(crate) use checkpoint::Checkpoints;
pub(crate) use error::ManagementError;
pub(crate) use scopes::{PATH, SCOPES};

/// The path of the list. The path of a profile is this path with its id.
pub(crate) const PROFILES_PATH: &str = "/api/v2/token-exchange-profiles";
/// The path of the record of an API is this path with the API's id or identifier.
const RESOURCE_SERVERS_PATH: &str = "/api/v2/resource-servers";

pub(super) fn router() -> Router<Arc<Tenant>> {
    let route = |methods: MethodRouter<Arc<Tenant>>| methods.fallback(wrong_method);
    let profile = get(profiles::show).patch(profiles::change).delete(profiles::remove);
    Router::new()
        .route(PROFILES_PATH, route(get(profiles::list).post(profiles::create)))
        .route(&format!("{PROFILES_PATH}/{{id}}"), route(profile))
        .route(&format!("{RESOURCE_SERVERS_PATH}/{{id}}"), route(get(resource_servers::show)))
        .route(&format!("{PATH}{{*rest}}"), any(no_such_path))
}

async fn no_such_path() -> ManagementError {
    let message = "This tenant has no such endpoint of the Management API";
    ManagementError::new(StatusCode::NOT_FOUND, "invalid_uri", message)
}

async fn wrong_method() -> ManagementError {
    let message = "The endpoint does not have this method";
    ManagementError::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_method", message)
}
