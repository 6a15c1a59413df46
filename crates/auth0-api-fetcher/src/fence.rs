//! The URLs that a fetcher sends tokens to.

use bytes::Bytes;
use http::Uri;

use crate::origin::Origin;
use crate::url_error::UrlError;

/// The base URL, and the origins that tokens may go to.
#[derive(Clone, Debug)]
pub(crate) struct Fence {
    /// The base URL without a slash at its end.
    base: Box<str>,
    /// The origin of the base URL comes first.
    origins: Box<[Origin]>,
}

/// A URL that may be called.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) url: Uri,
    /// The position of its origin in [`Fence::origins`].
    pub(crate) origin: usize,
}

impl Fence {
    pub(crate) fn new(base: &str, further_origins: &[String], insecure_http: bool) -> Result<Self, UrlError> {
        let (url, origin) = checked(base)?;
        if url.query().is_some() {
            return Err(UrlError::QueryInBase);
        }
        let mut origins = vec![origin];
        for origin in further_origins {
            let (url, origin) = checked(origin)?;
            if url.path() != "/" || url.query().is_some() {
                return Err(UrlError::PathInOrigin);
            }
            origins.push(origin);
        }
        if !insecure_http && !origins.iter().all(Origin::is_https) {
            return Err(UrlError::Unencrypted);
        }
        let base = base.trim_end_matches('/').into();
        Ok(Self { base, origins: origins.into() })
    }

    pub(crate) fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// Resolves a reference: a path, with or without a query, is appended to the base URL; an absolute URL must have an
    /// allowed origin.
    pub(crate) fn resolve(&self, reference: &str) -> Result<Target, UrlError> {
        if has_scheme(reference) {
            let (url, origin) = checked(reference)?;
            let position = self.origins.iter().position(|allowed| *allowed == origin);
            let origin = position.ok_or_else(|| UrlError::OtherOrigin { origin: origin.as_str().into() })?;
            return Ok(Target { url, origin });
        }
        if reference.starts_with("//") {
            return Err(UrlError::NetworkPath);
        }
        let needs_slash = !reference.is_empty() && !reference.starts_with(['/', '?']);
        let mut text = String::with_capacity(self.base.len() + 1 + reference.len());
        text.push_str(&self.base);
        if needs_slash {
            text.push('/');
        }
        text.push_str(reference);
        check_text(reference)?;
        Ok(Target { url: parse(text)?, origin: 0 })
    }
}

/// Parses an absolute URL that somebody wrote as a whole.
fn checked(text: &str) -> Result<(Uri, Origin), UrlError> {
    let after_scheme = text.split_once("://").ok_or(UrlError::NotAbsolute)?.1;
    let path = after_scheme.find(['/', '?', '#']).and_then(|start| after_scheme.get(start..));
    check_text(path.unwrap_or_default())?;
    let url = parse(text.to_owned())?;
    let origin = Origin::of(&url)?;
    Ok((url, origin))
}

fn parse(text: String) -> Result<Uri, UrlError> {
    if text.len() > MAX_BYTES {
        return Err(UrlError::TooLong);
    }
    Uri::from_maybe_shared(Bytes::from(text)).map_err(|_| UrlError::Malformed)
}

/// [RFC 3986 §3.1](https://www.rfc-editor.org/rfc/rfc3986#section-3.1): a scheme ends with the first colon, and a path that
/// has a colon in its first segment begins with a slash.
fn has_scheme(reference: &str) -> bool {
    let first = reference.split(['/', '?', '#']).next().unwrap_or_default();
    first.contains(':')
}

/// Checks a path and a query.
fn check_text(text: &str) -> Result<(), UrlError> {
    if text.contains('#') {
        return Err(UrlError::Fragment);
    }
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    if !(is_encoded(path, false) && is_encoded(query, true)) {
        return Err(UrlError::Malformed);
    }
    if has_dot_segment(path) { Err(UrlError::DotSegment) } else { Ok(()) }
}

/// [RFC 3986 §3.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.3): whether the text has only characters that a path, or a
/// query, may have.
fn is_encoded(text: &str, is_query: bool) -> bool {
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        let allowed = match octet {
            b'%' => {
                let mut hex = || octets.next().is_some_and(|digit| digit.is_ascii_hexdigit());
                hex() && hex()
            }
            b'?' => is_query,
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
            | b':' | b'@' | b'/' => true,
            _ => octet.is_ascii_alphanumeric(),
        };
        if !allowed {
            return false;
        }
    }
    true
}

/// Whether a server may read the path as one with dot segments. Some servers decode `%2F` and `%5C` before they remove dot
/// segments, and some ignore what follows a semicolon in a segment.
fn has_dot_segment(path: &str) -> bool {
    if !path.contains(['.', '%']) {
        return false;
    }
    let decoded = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
    let decoded = decoded.replace("%3b", ";");
    decoded.split('/').any(|segment| matches!(segment.split(';').next(), Some("." | "..")))
}

/// Servers and proxies reject longer URLs by default.
const MAX_BYTES: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    fn fence() -> Fence {
        Fence::new("https://api.example.com/v1/", &["https://files.example.com:8443".to_owned()], false).unwrap()
    }

    #[test]
    fn a_reference_is_appended_to_the_base_url() {
        for (reference, url, origin) in [
            ("/events", "https://api.example.com/v1/events", 0),
            ("events", "https://api.example.com/v1/events", 0),
            ("", "https://api.example.com/v1", 0),
            ("/", "https://api.example.com/v1/", 0),
            ("?from=1", "https://api.example.com/v1?from=1", 0),
            ("/a%2Fb/c:d@e?x=/?y", "https://api.example.com/v1/a%2Fb/c:d@e?x=/?y", 0),
            ("/..a/...", "https://api.example.com/v1/..a/...", 0),
            ("/..a;..%2F..b", "https://api.example.com/v1/..a;..%2F..b", 0),
            ("/https://x", "https://api.example.com/v1/https://x", 0),
            ("https://api.example.com/other", "https://api.example.com/other", 0),
            ("HTTPS://API.EXAMPLE.COM:443/other", "https://API.EXAMPLE.COM:443/other", 0),
            ("https://files.example.com:8443/x?y", "https://files.example.com:8443/x?y", 1),
        ] {
            let target = fence().resolve(reference).unwrap();
            assert_eq!((target.url.to_string().as_str(), target.origin), (url, origin), "{reference}");
        }
    }

    #[test]
    fn a_reference_that_leaves_the_fence_is_rejected() {
        let other = |origin: &str| UrlError::OtherOrigin { origin: origin.into() };
        for (reference, expected) in [
            ("https://attacker.example/", other("https://attacker.example")),
            ("http://api.example.com/", other("http://api.example.com")),
            ("https://api.example.com:444/", other("https://api.example.com:444")),
            ("https://files.example.com/", other("https://files.example.com")),
            ("https://api.example.com.attacker.example/", other("https://api.example.com.attacker.example")),
            ("https://api.example.com./", other("https://api.example.com.")),
            ("https://api.example.com@attacker.example/", UrlError::UserInfo),
            ("/users/..%2Fadmin", UrlError::DotSegment),
            ("/users/a%5c..%5Cadmin", UrlError::DotSegment),
            ("/users/..;x/admin", UrlError::DotSegment),
            ("/users/%2E.%3Bx/admin", UrlError::DotSegment),
            ("//attacker.example/x", UrlError::NetworkPath),
            ("/\\attacker.example", UrlError::Malformed),
            ("https:\\\\attacker.example", UrlError::NotAbsolute),
            ("javascript:alert", UrlError::NotAbsolute),
            ("events:1", UrlError::NotAbsolute),
            ("ftp://api.example.com/", UrlError::Scheme),
            ("/users/../admin", UrlError::DotSegment),
            ("/users/%2E%2e/admin", UrlError::DotSegment),
            ("/users/.%2e", UrlError::DotSegment),
            ("./x", UrlError::DotSegment),
            ("https://api.example.com/v1/../x", UrlError::DotSegment),
            ("/users/1#x", UrlError::Fragment),
            ("/a b", UrlError::Malformed),
            ("/ä", UrlError::Malformed),
            ("/50%", UrlError::Malformed),
            ("/%zz", UrlError::Malformed),
            ("/a\r\nHost: attacker.example", UrlError::Malformed),
            ("/a\0", UrlError::Malformed),
        ] {
            assert_eq!(fence().resolve(reference).map(|target| target.url), Err(expected), "{reference}");
        }
        let long = format!("/{}", "a".repeat(MAX_BYTES));
        assert_eq!(fence().resolve(&long).map(|target| target.url), Err(UrlError::TooLong));
    }

    #[test]
    fn a_base_url_is_checked() {
        for (base, further, expected) in [
            ("https://api.example.com", None, None),
            ("https://api.example.com/v1", Some("https://x.example.com/"), None),
            ("api.example.com", None, Some(UrlError::NotAbsolute)),
            ("/v1", None, Some(UrlError::NotAbsolute)),
            ("http://api.example.com", None, Some(UrlError::Unencrypted)),
            ("https://api.example.com?x", None, Some(UrlError::QueryInBase)),
            ("https://api.example.com#x", None, Some(UrlError::Fragment)),
            ("https://api.example.com/../x", None, Some(UrlError::DotSegment)),
            ("https://api.example.com", Some("http://x.example.com"), Some(UrlError::Unencrypted)),
            ("https://api.example.com", Some("https://x.example.com/v1"), Some(UrlError::PathInOrigin)),
        ] {
            let further: Vec<String> = further.into_iter().map(str::to_owned).collect();
            assert_eq!(Fence::new(base, &further, false).err(), expected, "{base} {further:?}");
        }
        assert!(Fence::new("http://calendar.default.svc:8080", &[], true).is_ok());
    }
}
