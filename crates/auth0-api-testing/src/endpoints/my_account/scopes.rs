//! The identifier of the API, and its scopes.

/// The path of the API. Its identifier is the tenant's URL with this path.
pub(crate) const PATH: &str = "/me/";

/// The scopes of the API, as far as this tenant has the endpoints.
pub(crate) const SCOPES: [&str; 3] = [CREATE, DELETE, READ];
pub(super) const CREATE: &str = "create:me:connected_accounts";
pub(super) const DELETE: &str = "delete:me:connected_accounts";
pub(super) const READ: &str = "read:me:connected_accounts";
