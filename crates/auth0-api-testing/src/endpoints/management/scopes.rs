//! The identifier of the API, and its scopes.

/// The path of the API. Its identifier is the tenant's URL with this path.
pub(crate) const PATH: &str = "/api/v2/";

/// The scopes of the API, as far as this tenant has the endpoints.
pub(crate) const SCOPES: [&str; 5] = [CREATE, DELETE, READ, UPDATE, READ_RESOURCE_SERVERS];
pub(super) const CREATE: &str = "create:token_exchange_profiles";
pub(super) const DELETE: &str = "delete:token_exchange_profiles";
pub(super) const READ: &str = "read:token_exchange_profiles";
pub(super) const READ_RESOURCE_SERVERS: &str = "read:resource_servers";
pub(super) const UPDATE: &str = "update:token_exchange_profiles";
