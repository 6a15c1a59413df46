//! Which of the requested scopes a client gets.

use crate::Api;

/// Returns the requested scopes that a user can grant: those of the API, and those of OpenID Connect. An API can exclude
/// [`OFFLINE_ACCESS`].
pub(crate) fn for_user(api: Option<&Api>, requested: &[&str]) -> Vec<String> {
    let can_grant = |scope: &str| match api {
        Some(api) if scope == OFFLINE_ACCESS => api.has_offline_access(),
        Some(api) => is_openid(scope) || api.has(scope),
        None => is_openid(scope),
    };
    let granted = requested.iter().filter(|scope| can_grant(scope));
    granted.map(|scope| (*scope).to_owned()).collect()
}

/// Returns the requested scopes that the API has.
pub(crate) fn for_api(api: &Api, requested: &[&str]) -> Vec<String> {
    requested.iter().filter(|scope| api.has(scope)).map(|scope| (*scope).to_owned()).collect()
}

pub(crate) fn is_openid(scope: &str) -> bool {
    OPENID.contains(&scope)
}

/// The scopes of OpenID Connect (Core §5.4 and §11), and Auth0's [`ONLINE_ACCESS`].
pub(crate) const OPENID: [&str; 7] = ["openid", "profile", "email", "address", "phone", OFFLINE_ACCESS, ONLINE_ACCESS];

/// Gives a refresh token that outlives the session.
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";

/// Gives a refresh token that ends with the session. It does not rotate, and is always bound to a key. As in Auth0, no
/// answer and no token names this scope.
pub(crate) const ONLINE_ACCESS: &str = "online_access";
