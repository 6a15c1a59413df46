//! The cookie that ties the form of a page to the browser that was shown the page.
//!
//! Without it, a foreign page could post a form with a ticket of its own, and a person would be signed in, or would
//! connect an account, without having seen a page. The browser keeps one secret for all pages, so that a person can
//! answer two of them in two tabs.

use http::{HeaderMap, HeaderValue};

use super::cookie::Cookie;
use super::error_response::ErrorResponse;
use crate::must::random_text;
use crate::state::Tenant;

/// Returns the secret of the browser that sent a request. A new browser gets a secret.
pub(crate) fn browser(tenant: &Tenant, headers: &HeaderMap) -> String {
    COOKIE.values(tenant, headers).find(|secret| secret.len() == LENGTH).map_or_else(random_text, str::to_owned)
}

/// Returns the value of `Set-Cookie` for a secret.
pub(crate) fn cookie(tenant: &Tenant, browser: &str) -> Option<HeaderValue> {
    COOKIE.set(tenant, browser, LIFETIME_S)
}

/// Checks that the browser with this secret has sent a form, from a page of the tenant.
pub(crate) fn check(tenant: &Tenant, headers: &HeaderMap, browser: &str) -> Result<(), ErrorResponse> {
    // Fetch Metadata: the other ports of a host are `same-site`, and can also set its cookies. Browsers send the header
    // to https and to this machine only.
    let site = headers.get("sec-fetch-site");
    let is_own_page = site.is_none_or(|site| site == "same-origin");
    let is_same_browser = COOKIE.values(tenant, headers).any(|secret| secret == browser);
    (is_own_page && is_same_browser).then_some(()).ok_or_else(|| ErrorResponse::access_denied(FOREIGN))
}

/// `Strict`: only the tenant's own page posts the form.
const COOKIE: Cookie = Cookie { name: "local-tenant-form", same_site: "Strict" };

/// As long as two tickets: the cookie is set again with each ticket.
const LIFETIME_S: u64 = 1200;

/// The length of a random text.
const LENGTH: usize = 22;

const FOREIGN: &str = "This form was not sent by the browser that was shown the page. Go back to the application and try \
    again, with cookies allowed.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_that_of_a_random_text() {
        assert_eq!(random_text().len(), LENGTH);
    }
}
