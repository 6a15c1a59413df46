//! The My Account API.

/// The path of the API. Its identifier is the tenant's URL with this path.
pub(crate) const PATH: &str = "/me/";

/// The scopes of the API, as far as this tenant has the endpoints.
pub(crate) const SCOPES: [&str; 3] =
    ["create:me:connected_accounts", "delete:me:connected_accounts", "read:me:connected_accounts"];
