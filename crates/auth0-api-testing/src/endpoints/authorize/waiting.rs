//! Requests that wait for a person on the sign-in page.

use axum::response::Response;
use http::HeaderMap;

use super::request::redirect;
use super::{LIFETIME, add_cookie};
use crate::endpoints::form_guard;
use crate::ledger::PendingSignIn;
use crate::state::Tenant;

/// The path of the sign-in page in Auth0, too.
pub(crate) const SIGN_IN_PATH: &str = "/u/login";

/// Redirects the browser to the page for an authorization request, which the tenant keeps until the person has answered.
pub(crate) fn open(tenant: &Tenant, headers: &HeaderMap, query: &str) -> Response {
    let browser = form_guard::browser(tenant, headers);
    let cookie = form_guard::cookie(tenant, &browser);
    let pending = PendingSignIn { query: query.to_owned(), browser };
    let ticket = tenant.ledger().sign_ins.issue(pending, tenant.clock.now(), LIFETIME);
    let mut response = redirect(&format!("{}?state={ticket}", tenant.url(SIGN_IN_PATH)));
    add_cookie(&mut response, cookie);
    response
}
