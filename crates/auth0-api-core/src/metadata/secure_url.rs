//! The URLs in the document: absolute, https, and only with the characters of RFC 3986.

use crate::called_url::TargetUrl;
use crate::issuer::{Domain, Loopback};

/// An absolute https URL without fragment, split into its parts. The parts keep their spelling.
#[derive(Clone, Copy, Debug)]
pub(super) struct SecureUrl<'t> {
    /// Scheme and authority.
    pub(super) origin: &'t str,
    pub(super) path: &'t str,
    /// The query with its question mark, or empty.
    pub(super) query: &'t str,
}

impl<'t> SecureUrl<'t> {
    /// Parses a URL. Plain http is accepted for a loopback host only, and only if `loopback` allows it.
    pub(super) fn parse(text: &'t str, loopback: Loopback) -> Option<Self> {
        TargetUrl::parse(text).ok()?;
        // Clients compare identifiers as text, so the scheme must be in lower case.
        let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?;
        if !text.bytes().all(is_of_rfc3986) {
            return None;
        }
        let authority = text.get(scheme.len()..)?.split(['/', '?']).next()?;
        let (origin, rest) = text.split_at_checked(scheme.len() + authority.len())?;
        Domain::parse(origin, loopback).ok()?;
        let (path, query) = rest.split_at_checked(rest.find('?').unwrap_or(rest.len()))?;
        Some(Self { origin, path, query })
    }
}

/// RFC 3986 §2, without `#`: other characters must be percent-encoded, and a fragment is not allowed here.
fn is_of_rfc3986(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&octet)
}

#[cfg(test)]
mod tests {
    use super::{Loopback, SecureUrl};

    #[test]
    fn a_url_is_split_into_origin_path_and_query() {
        for (text, parts) in [
            ("https://api.example.com", ("https://api.example.com", "", "")),
            ("https://api.example.com/", ("https://api.example.com", "/", "")),
            ("https://api.example.com:8443/mcp/a", ("https://api.example.com:8443", "/mcp/a", "")),
            ("https://api.example.com/a?b=/c?d", ("https://api.example.com", "/a", "?b=/c?d")),
            ("https://api.example.com?b", ("https://api.example.com", "", "?b")),
        ] {
            let url = SecureUrl::parse(text, Loopback::HttpsOnly);
            assert_eq!(url.map(|url| (url.origin, url.path, url.query)), Some(parts), "{text}");
        }
    }

    #[test]
    fn text_that_is_not_an_absolute_https_url_is_rejected() {
        for text in [
            "",
            " ",
            "api.example.com",
            "//api.example.com",
            "/mcp",
            "urn:example:api",
            "http://api.example.com",
            "http://127.0.0.1",
            "HTTPS://api.example.com",
            " https://api.example.com",
            "https://api.example.com ",
            "https://",
            "https:///mcp",
            "https://user@api.example.com",
            "https://api.example.com:0",
            "https://api.example.com/#a",
            "https://api.example.com#",
            "https://api.example.com/a\"b",
            "https://api.example.com/a\\b",
            "https://api.example.com/{a}",
            "https://api.example.com/%",
            "https://api.example.com/?a\"b",
            "https://api.example.com/\u{e9}",
        ] {
            assert!(SecureUrl::parse(text, Loopback::HttpsOnly).is_none(), "{text:?}");
        }
    }

    #[test]
    fn plain_http_is_accepted_for_loopback_hosts_if_allowed() {
        for (text, accepted) in [
            ("http://127.0.0.1:3000/mcp", true),
            ("http://localhost:3000", true),
            ("http://[::1]:3000", true),
            ("http://api.example.com", false),
        ] {
            assert_eq!(SecureUrl::parse(text, Loopback::HttpAllowed).is_some(), accepted, "{text}");
        }
    }
}
