//! The cookie of a browser's session at the tenant.
//!
//! Browsers send the cookies of a host to every port of the host. The name therefore contains the port, so that two
//! tenants on one machine do not overwrite each other's cookie.

use http::{HeaderMap, HeaderValue, header};

use crate::ledger::{SESSION_LIFETIME, Session};
use crate::state::Tenant;

/// Returns the secret and the session of the browser that sent a request.
pub(crate) fn resume(tenant: &Tenant, headers: &HeaderMap) -> Option<(String, Session)> {
    let now = tenant.clock.now();
    let mut ledger = tenant.ledger();
    secrets(tenant, headers).find_map(|secret| Some((secret.to_owned(), ledger.sessions.resume(secret, now)?)))
}

/// Ends the session of the browser that sent a request.
pub(crate) fn end(tenant: &Tenant, headers: &HeaderMap) -> Option<Session> {
    let mut ledger = tenant.ledger();
    secrets(tenant, headers).filter_map(|secret| ledger.end_session(secret)).last()
}

/// Returns the value of `Set-Cookie` for a session.
///
/// `Lax` is enough: the pages of the developer have the same host as the tenant. Browsers do not send the cookie when a
/// page of another site opens the tenant in a frame, or posts to it.
pub(crate) fn cookie(tenant: &Tenant, secret: &str) -> Option<HeaderValue> {
    set_cookie(tenant, secret, SESSION_LIFETIME.as_secs())
}

/// Returns the value of `Set-Cookie` that removes the cookie.
pub(crate) fn removed_cookie(tenant: &Tenant) -> Option<HeaderValue> {
    set_cookie(tenant, "", 0)
}

fn set_cookie(tenant: &Tenant, value: &str, max_age: u64) -> Option<HeaderValue> {
    let secure = if tenant.domain.starts_with("https:") { "; Secure" } else { "" };
    let name = name(tenant);
    let cookie = format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(cookie).ok()
}

/// Returns the values of all cookies with the name of this tenant's cookie. A browser may send several, for example one
/// for the host and one for a parent domain.
fn secrets<'h>(tenant: &Tenant, headers: &'h HeaderMap) -> impl Iterator<Item = &'h str> {
    let name = name(tenant);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
}

/// RFC 6265 §4.1.1: the name of a cookie is a token, so other characters of the URL become hyphens.
fn name(tenant: &Tenant) -> String {
    let host = tenant.domain.split_once("://").map_or(tenant.domain.as_str(), |(_, host)| host);
    let host = host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect::<String>();
    format!("local-tenant-{host}")
}
