//! The cookie of a flow. One browser can have several flows, so the name depends on the flow's `state`.

use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Response};

use super::shared::Shared;

impl Shared {
    /// The header that stores a sealed flow in the browser.
    ///
    /// `SameSite=Lax` sends it with the redirects of the tenant, which are navigations, and with no request of a page of
    /// another site. The prefix `__Host-` keeps other hosts of the same domain from setting it.
    pub(super) fn set_cookie(&self, state: &str, at: Stage, sealed: &str, seconds: u64) -> Option<HeaderValue> {
        self.set_named(&self.cookie_name(state), &format!("{}{sealed}", at.mark()), seconds)
    }

    fn set_named(&self, name: &str, value: &str, seconds: u64) -> Option<HeaderValue> {
        // The prefix demands the path of the whole host.
        let (path, secure) = if self.base.is_https() { ("/".to_owned(), "; Secure") } else { (self.base.path(""), "") };
        let cookie = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        if cookie.len() > LONGEST_COOKIE {
            return None;
        }
        let mut value = HeaderValue::try_from(cookie).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The header that removes the cookie.
    pub(super) fn remove_cookie(&self, state: &str) -> Option<HeaderValue> {
        self.set_named(&self.cookie_name(state), "", 0)
    }

    /// Removes the cookies of other flows when a browser begins a flow, or when the cookie of a flow grows: all but those that
    /// fit together with it into the headers that servers accept. The flows themselves stay sealed. Logins and results go
    /// first, because everybody who has a link can begin a login; then the older flows.
    pub(super) fn remove_others(&self, response: &mut Response<String>, state: &str, headers: &HeaderMap) {
        let (prefix, this) = (self.cookie_prefix(), self.cookie_name(state));
        let others = pairs(headers).filter_map(|(name, value)| {
            let name = str::from_utf8(name).ok()?;
            let is_other = name != this && name.strip_prefix(&*prefix).is_some_and(is_digest);
            is_other.then(|| (name, name.len().saturating_add(value.len()), Stage::of(value)))
        });
        // RFC 6265 §5.4: browsers send the older cookies first.
        let mut kept_first: Vec<_> = others.collect();
        kept_first.reverse();
        kept_first.sort_by_key(|(_, _, stage)| *stage);
        let sums = kept_first.iter().scan(0_usize, |sum, (_, octets, _)| {
            *sum = sum.saturating_add(*octets);
            Some(*sum)
        });
        let kept = sums.take(OTHER_FLOWS).take_while(|sum| *sum <= OCTETS_OF_OTHER_FLOWS).count();
        let removed = kept_first.iter().skip(kept).take(MOST_REMOVED);
        for removal in removed.filter_map(|(name, ..)| self.set_named(name, "", 0)) {
            response.headers_mut().append(SET_COOKIE, removal);
        }
    }

    /// Returns the value of the cookie. A repeated one is none, because it is unclear which one is meant.
    pub(super) fn read_cookie<'h>(&self, state: &str, headers: &'h HeaderMap) -> Option<&'h str> {
        let name = self.cookie_name(state);
        let mut values = pairs(headers).filter(|(known, _)| *known == name.as_bytes()).map(|(_, value)| value);
        let value = values.next().filter(|_| values.next().is_none())?;
        // The mark is not sealed, and decides nothing but the order of removal.
        str::from_utf8(value).ok()?.strip_prefix([Stage::LASTING, Stage::BRIEF])
    }

    /// The name contains a digest, because a `state` is a secret.
    fn cookie_name(&self, state: &str) -> String {
        let flow = digest(&SHA256, state.as_bytes());
        let flow = BASE64URL.encode_to_string(flow.as_ref().get(..FLOW_OCTETS).unwrap_or_default());
        format!("{}{flow}", self.cookie_prefix())
    }

    /// Browsers accept the prefix `__Host-`, and `Secure`, only from `https`.
    fn cookie_prefix(&self) -> String {
        let host = if self.base.is_https() { "__Host-" } else { "" };
        // Two servers of one host share its cookies.
        let server = self.identity.get(..SERVER_LETTERS).unwrap_or_default();
        format!("{host}mcp-connect-{server}-")
    }
}

/// How much is lost with a cookie.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// The person has logged in, and perhaps confirmed.
    Lasting,
    /// The person has done nothing yet, or has finished.
    Brief,
}

impl Stage {
    const LASTING: char = 'l';
    const BRIEF: char = 'b';

    fn mark(self) -> char {
        match self {
            Self::Lasting => Self::LASTING,
            Self::Brief => Self::BRIEF,
        }
    }

    fn of(value: &[u8]) -> Self {
        if value.starts_with(b"l") { Self::Lasting } else { Self::Brief }
    }
}

/// The names and values of all cookies. Other applications of the host may have set some with octets outside of ASCII.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&[u8], &[u8])> {
    let lines = headers.get_all(COOKIE).into_iter().map(HeaderValue::as_bytes);
    lines.flat_map(|line| line.split(|octet| *octet == b';')).filter_map(|pair| {
        let pair = pair.trim_ascii();
        pair.split_at_checked(pair.iter().position(|octet| *octet == b'=')?)
            .and_then(|(name, value)| Some((name, value.strip_prefix(b"=")?)))
    })
}

/// Whether this is the end of the name of a flow's cookie.
fn is_digest(text: &str) -> bool {
    let is_letter = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
    text.len() == FLOW_OCTETS.div_ceil(3).saturating_mul(4) && text.bytes().all(is_letter)
}

/// RFC 6265 §6.1: browsers keep at least 4096 octets, with the name and the attributes, and need not keep more.
const LONGEST_COOKIE: usize = 4096;
/// Enough for the few flows of one browser.
const FLOW_OCTETS: usize = 9;
/// 48 bits of the digest of a server.
const SERVER_LETTERS: usize = 8;
/// The flows that a browser keeps when it begins a further one.
const OTHER_FLOWS: usize = 2;
/// With the cookie of the further flow, 8 KiB: many servers accept no longer headers.
const OCTETS_OF_OTHER_FLOWS: usize = 4096;
/// The headers of one answer. The next start removes the rest.
const MOST_REMOVED: usize = 32;
