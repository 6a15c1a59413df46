//! The cookie of a flow. One browser can have several flows, so the name depends on the flow's `state`.

use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use super::shared::Shared;

impl Shared {
    /// The header that stores a sealed flow in the browser.
    ///
    /// `SameSite=Lax` sends it with the redirects of the tenant, which are navigations, and with no request of a page of
    /// another site. The prefix `__Host-` keeps other hosts of the same domain from setting it.
    pub(super) fn set_cookie(&self, state: &str, sealed: &str, seconds: u64) -> Option<HeaderValue> {
        let (name, secure) = self.cookie(state);
        let cookie = format!("{name}={sealed}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        if cookie.len() > LONGEST_COOKIE {
            return None;
        }
        let mut value = HeaderValue::try_from(cookie).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The header that removes the cookie.
    pub(super) fn remove_cookie(&self, state: &str) -> Option<HeaderValue> {
        self.set_cookie(state, "", 0)
    }

    /// Returns the value of the cookie. A repeated one is none, because it is unclear which one is meant.
    pub(super) fn read_cookie<'h>(&self, state: &str, headers: &'h HeaderMap) -> Option<&'h str> {
        let (name, _) = self.cookie(state);
        let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
        values.next().filter(|_| values.next().is_none())
    }

    /// Browsers accept the prefix, and `Secure`, only from `https`. The name contains a digest, because a `state` is a secret.
    fn cookie(&self, state: &str) -> (String, &'static str) {
        let flow = digest(&SHA256, state.as_bytes());
        let flow = BASE64URL.encode_to_string(flow.as_ref().get(..FLOW_OCTETS).unwrap_or_default());
        let (prefix, secure) = if self.base.is_https() { ("__Host-", "; Secure") } else { ("", "") };
        (format!("{prefix}mcp-connect-{flow}"), secure)
    }
}

/// RFC 6265 §6.1: browsers keep at least 4096 octets, with the name and the attributes, and need not keep more.
const LONGEST_COOKIE: usize = 4096;
/// Enough for the few flows of one browser.
const FLOW_OCTETS: usize = 9;
