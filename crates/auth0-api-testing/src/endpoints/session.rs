//! The cookie of a browser's session at the tenant.

use http::{HeaderMap, HeaderValue};

use super::cookie::Cookie;
use crate::ledger::{SESSION_LIFETIME, Session};
use crate::state::Tenant;

/// Returns the secret and the session of the browser that sent a request.
pub(crate) fn resume(tenant: &Tenant, headers: &HeaderMap) -> Option<(String, Session)> {
    let now = tenant.clock.now();
    let mut ledger = tenant.ledger();
    COOKIE.values(tenant, headers).find_map(|secret| Some((secret.to_owned(), ledger.sessions.resume(secret, now)?)))
}

/// Ends the session of the browser that sent a request.
pub(crate) fn end(tenant: &Tenant, headers: &HeaderMap) -> Option<Session> {
    let mut ledger = tenant.ledger();
    COOKIE.values(tenant, headers).filter_map(|secret| ledger.end_session(secret)).last()
}

/// Returns the value of `Set-Cookie` for a session.
pub(crate) fn cookie(tenant: &Tenant, secret: &str) -> Option<HeaderValue> {
    COOKIE.set(tenant, secret, SESSION_LIFETIME.as_secs())
}

/// Returns the value of `Set-Cookie` that removes the cookie.
pub(crate) fn removed_cookie(tenant: &Tenant) -> Option<HeaderValue> {
    COOKIE.set(tenant, "", 0)
}

/// `Lax` is enough: the pages of the developer have the same host as the tenant. Browsers do not send the cookie when a
/// page of another site opens the tenant in a frame, or posts to it.
const COOKIE: Cookie = Cookie { name: "local-tenant", same_site: "Lax" };
