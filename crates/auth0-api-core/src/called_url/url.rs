//! A URL, parsed strictly and kept in normal form.

use std::fmt;
use std::str::FromStr;

use super::TargetError;
use super::authority::{Authority, Scheme};
use super::path::{Path, has_dot_segment};
use super::request_target::RequestTarget;

/// The URL of an http or https resource, normalised, without query and fragment.
///
/// Two URLs name the same target if and only if they are equal. The URL of a request and a proof's `htu` are parsed by
/// the same rules ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3) (9)). The URL of a request with a
/// proof additionally has no dot segments, because routers do not resolve them.
///
/// - Normalised: the case of scheme and host, a default port, the percent-encoding of the path, and its dot segments
///   ([RFC 3986 §6.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)).
/// - Kept: the case of the path, `%2F`, and double or trailing slashes.
/// - Rejected: user information, spaces, control characters, characters that are not ASCII, and in the path backslashes
///   and a `%` without two hexadecimal digits. A browser would correct some of these URLs. This parser rejects all of
///   them.
///
/// ```
/// use auth0_api_core::called_url::{TargetError, TargetUrl};
///
/// let called = TargetUrl::parse("https://api.example.com/orders?page=2")?;
/// assert_eq!(called, TargetUrl::parse("HTTPS://API.example.com:443/x/../%6frders")?);
/// assert_ne!(called, TargetUrl::parse("https://api.example.com/Orders")?);
/// assert_eq!(called.to_string(), "https://api.example.com/orders");
///
/// assert_eq!(
///     TargetUrl::parse("https://api.example.com@evil.example/orders"),
///     Err(TargetError::UserInfo)
/// );
/// # Ok::<(), TargetError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TargetUrl {
    pub(super) scheme: Scheme,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) path: Path,
}

impl TargetUrl {
    /// Parses an absolute URL, such as a proof's `htu`.
    ///
    /// # Errors
    ///
    /// The text is not an absolute http or https URL by these rules, or it is longer than 8 KiB without the query.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        // Some lenient parsers remove control characters and spaces. This function rejects a URL that contains one of
        // them anywhere, also in the query.
        if text.bytes().all(|octet| octet.is_ascii_graphic()) {
            Self::parse_received(text)
        } else {
            Err(TargetError::Character)
        }
    }

    /// Parses the absolute URL of a request. Its query is not checked: browsers send characters in it that RFC 3986
    /// does not allow.
    pub(super) fn parse_received(text: &str) -> Result<Self, TargetError> {
        let (scheme, rest) = without_query(text)?.split_once("://").ok_or(TargetError::Scheme)?;
        let scheme = Scheme::parse(scheme)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Ok(Self::new(scheme, Authority::parse(authority)?, Path::parse(path)?))
    }

    /// Builds the URL from its parts as a server receives them: the connection's scheme, the `Host` or `:authority`,
    /// and the request target.
    ///
    /// Each part is parsed separately, so a host cannot contain a path, for example. The target may be a path with its
    /// query (origin-form) or a URL of this scheme and authority (absolute-form,
    /// [RFC 9112 §3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)). `*` and `host:port` are rejected, because
    /// they do not name a resource. So are dot segments: routers do not resolve them. The query is not checked.
    ///
    /// ```
    /// use auth0_api_core::called_url::{TargetError, TargetUrl};
    ///
    /// let called = TargetUrl::from_parts("https", "api.example.com", "/orders?page=2")?;
    /// assert_eq!(called.to_string(), "https://api.example.com/orders");
    ///
    /// assert_eq!(
    ///     TargetUrl::from_parts("https", "api.example.com/orders?", "/admin"),
    ///     Err(TargetError::Host)
    /// );
    /// assert_eq!(
    ///     TargetUrl::from_parts("https", "api.example.com", "/wild/../admin"),
    ///     Err(TargetError::DotSegment)
    /// );
    /// # Ok::<(), TargetError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A part is malformed, the target has a dot segment, or the target is a URL of another origin.
    pub fn from_parts(scheme: &str, authority: &str, target: &str) -> Result<Self, TargetError> {
        let (scheme, authority) = (Scheme::parse(scheme)?, Authority::parse(authority)?);
        reject_dot_segments(target)?;
        let path = RequestTarget::parse(target)?.path_at(scheme, &authority)?;
        Ok(Self::new(scheme, authority, path))
    }

    pub(super) fn new(scheme: Scheme, authority: Authority, path: Path) -> Self {
        Self { scheme, port: authority.port_for(scheme), host: authority.host, path }
    }

    /// The host, in lower case.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The port; the scheme's default if the URL has none.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn has_default_port(&self) -> bool {
        self.port == self.scheme.default_port()
    }

    /// Returns true if both schemes are `https`, or both are `http`.
    pub(crate) fn has_scheme_of(&self, other: &Self) -> bool {
        self.scheme == other.scheme
    }

    /// Returns true if the text is exactly the normal form of this URL, and the URL has the default port.
    ///
    /// This check is fast, because nothing is parsed. If the result is false, the text may still be an equal URL in
    /// another spelling.
    pub(crate) fn has_normal_form(&self, text: &str) -> bool {
        let authority = text.strip_prefix(self.scheme.name()).and_then(|rest| rest.strip_prefix("://"));
        let rest = authority.and_then(|authority| authority.strip_prefix(self.host.as_str()));
        let is_same = self.port == self.scheme.default_port() && rest == Some(self.path.as_str());
        // Parsing would reject a text that is too long, even if it is equal.
        is_same && text.len() <= MAX_URL
    }

    pub(super) fn into_path(self) -> Path {
        self.path
    }

    /// Returns this URL with `path` appended to its path.
    pub(super) fn join(&self, path: Path) -> Self {
        Self { scheme: self.scheme, host: self.host.clone(), port: self.port, path: path.with_prefix(&self.path) }
    }
}

impl FromStr for TargetUrl {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        Self::parse(text)
    }
}

impl fmt::Display for TargetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        if self.port != self.scheme.default_port() {
            write!(f, ":{}", self.port)?;
        }
        f.write_str(self.path.as_str())
    }
}

impl fmt::Debug for TargetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TargetUrl").field(&format_args!("{self}")).finish()
    }
}

/// Rejects the URL or the request target of a request with a proof if its path has a dot segment.
///
/// The `htu` of a proof is normalised, but the router that receives `/wild/../me` does not resolve the dots. Without
/// this check, a proof for `/me` would open the resource `/wild/{rest}`.
pub(super) fn reject_dot_segments(received: &str) -> Result<(), TargetError> {
    if has_dot_segment(without_query(received)?) { Err(TargetError::DotSegment) } else { Ok(()) }
}

/// RFC 9449 §4.3 (9): URLs are compared without query and fragment.
pub(super) fn without_query(text: &str) -> Result<&str, TargetError> {
    let end = memchr::memchr2(b'?', b'#', text.as_bytes()).unwrap_or(text.len());
    let kept = text.get(..end).unwrap_or_default();
    if kept.len() > MAX_URL {
        return Err(TargetError::TooLong { length: kept.len(), limit: MAX_URL });
    }
    Ok(kept)
}

/// The greatest length of a URL without its query, in octets. A proof contains the URL and has the same limit. Servers
/// and proxies limit request lines to a similar length ([RFC 9112 §3](https://www.rfc-editor.org/rfc/rfc9112#section-3)
/// recommends at least 8000).
const MAX_URL: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use proptest::prelude::*;

    use super::{TargetError, TargetUrl};

    #[test]
    fn equal_urls_have_one_normal_form() {
        for (text, normal) in [
            ("https://api.example.com", "https://api.example.com/"),
            ("https://api.example.com?x", "https://api.example.com/"),
            ("https://api.example.com#x", "https://api.example.com/"),
            ("https://api.example.com?@evil.example/", "https://api.example.com/"),
            ("HTTPS://API.EXAMPLE.COM:8443/A/Path?Q=1#F", "https://api.example.com:8443/A/Path"),
            ("https://api.example.com:443/a", "https://api.example.com/a"),
            ("https://api.example.com:0443/a", "https://api.example.com/a"),
            ("https://api.example.com:80/a", "https://api.example.com:80/a"),
            ("http://api.example.com:80/a", "http://api.example.com/a"),
            ("http://api.example.com:443/a", "http://api.example.com:443/a"),
            ("https://api.example.com:/a", "https://api.example.com/a"),
            ("http://[2001:DB8::1]:3000/a", "http://[2001:db8::1]:3000/a"),
            ("https://api.example.com/a?q=100%&p=\\", "https://api.example.com/a"),
            ("https://api.example.com/https://evil.example/", "https://api.example.com/https://evil.example/"),
        ] {
            assert_eq!(TargetUrl::parse(text).unwrap().to_string(), normal, "{text}");
        }
    }

    #[test]
    fn malformed_urls_are_rejected() {
        for (text, error) in [
            ("", TargetError::Scheme),
            ("/orders", TargetError::Scheme),
            ("//api.example.com/orders", TargetError::Scheme),
            ("api.example.com", TargetError::Scheme),
            ("https:api.example.com", TargetError::Scheme),
            ("ftp://api.example.com/", TargetError::Scheme),
            ("wss://api.example.com/", TargetError::WebSocketScheme),
            ("://api.example.com/", TargetError::Scheme),
            ("https://", TargetError::Host),
            ("https:///orders", TargetError::Host),
            ("https://?https://api.example.com/", TargetError::Host),
            ("https://api.example.com\\orders", TargetError::Host),
            ("https://user:pw@api.example.com/", TargetError::UserInfo),
            ("https://api.example.com:http/", TargetError::Port),
            ("https://api.example.com/a\\b", TargetError::Path),
            ("https://api.example.com/100%", TargetError::PercentEncoding),
            (" https://api.example.com/", TargetError::Character),
            ("https://api.example.com/ ", TargetError::Character),
            ("ht\ttps://api.example.com/", TargetError::Character),
            ("https://api.example.com/?a\r\nb", TargetError::Character),
            ("https://api.example.com/?caf\u{e9}", TargetError::Character),
            ("https://b\u{fc}cher.example/", TargetError::Character),
        ] {
            assert_eq!(TargetUrl::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn query_does_not_count_towards_the_length_limit() {
        let url = |path: usize, query: usize| format!("https://a/{}?{}", "p".repeat(path), "q".repeat(query));
        // With `https://a/`, the longest URL has 8192 octets.
        let longest_path = 8182;

        assert!(TargetUrl::parse(&url(longest_path, 100_000)).is_ok());
        assert_eq!(
            TargetUrl::parse(&url(longest_path + 1, 0)),
            Err(TargetError::TooLong { length: 8193, limit: 8192 })
        );
    }

    #[test]
    fn valid_parts_form_a_url() {
        for (scheme, authority, target, normal) in [
            ("https", "api.example.com", "/orders?page=2", "https://api.example.com/orders"),
            ("HTTP", "API.example.com:8080", "/", "http://api.example.com:8080/"),
            ("https", "[::1]:3000", "/a", "https://[::1]:3000/a"),
            ("https", "api.example.com", "//evil.example/a", "https://api.example.com//evil.example/a"),
            ("https", "api.example.com", "/a/..%2Fb?q=\u{fc}&r=/../", "https://api.example.com/a/..%2Fb"),
            ("https", "api.example.com", "?page=2", "https://api.example.com/"),
            ("https", "api.example.com", "https://API.example.com:443/a?b", "https://api.example.com/a"),
            ("http", "api.example.com:80", "http://api.example.com", "http://api.example.com/"),
        ] {
            assert_eq!(TargetUrl::from_parts(scheme, authority, target).unwrap().to_string(), normal);
        }
    }

    #[test]
    fn malformed_or_conflicting_parts_are_rejected() {
        for (scheme, authority, target, error) in [
            ("ws", "api.example.com", "/", TargetError::WebSocketScheme),
            ("https://evil.example/?", "api.example.com", "/", TargetError::Scheme),
            ("https", "", "/", TargetError::Host),
            ("https", "api.example.com/orders?", "/admin", TargetError::Host),
            ("https", "api.example.com#", "/admin", TargetError::Host),
            ("https", "api.example.com, evil.example", "/", TargetError::Host),
            ("https", "api.example.com", "", TargetError::RequestTarget),
            ("https", "api.example.com", "*", TargetError::RequestTarget),
            ("https", "api.example.com", "api.example.com:443", TargetError::RequestTarget),
            ("https", "api.example.com", "orders", TargetError::RequestTarget),
            ("https", "api.example.com", "#a", TargetError::RequestTarget),
            ("https", "api.example.com", "ftp://api.example.com/", TargetError::Scheme),
            ("https", "api.example.com", "/a b", TargetError::Character),
            ("https", "api.example.com", "/../a", TargetError::DotSegment),
            ("https", "api.example.com", "https://api.example.com/a/%2e%2E/b", TargetError::DotSegment),
            ("https", "api.example.com", "/a\\b", TargetError::Path),
            ("https", "api.example.com", "https://evil.example/", TargetError::RequestTargetConflict),
            ("https", "api.example.com", "http://api.example.com/", TargetError::RequestTargetConflict),
            ("https", "api.example.com", "https://api.example.com:8443/", TargetError::RequestTargetConflict),
            ("https", "api.example.com", "http://api.example.com:443/", TargetError::RequestTargetConflict),
            ("https", "api.example.com", "https://api.example.com@evil.example/", TargetError::UserInfo),
        ] {
            assert_eq!(TargetUrl::from_parts(scheme, authority, target), Err(error), "{authority} {target}");
        }
    }

    /// A URL in pieces. `plain` and `decorated` write the same URL in two ways.
    #[derive(Clone, Debug, PartialEq)]
    struct Pieces {
        scheme: &'static str,
        host: String,
        port: u16,
        segments: Vec<String>,
    }

    impl Pieces {
        /// The URL in normal form, except that it has a port even if the port is the default.
        fn plain(&self) -> String {
            format!("{}://{}:{}/{}", self.scheme, self.host, self.port, self.segments.join("/"))
        }

        /// The same URL with differences that the parser removes: case, encoding, dot segments, query, fragment.
        fn decorated(&self, tail: &str) -> String {
            let segments: Vec<String> = self.segments.iter().map(|segment| encode_unreserved(segment)).collect();
            let (scheme, host) = (self.scheme.to_uppercase(), self.host.to_uppercase());
            format!("{scheme}://{host}:0{}/x/%2e%2E/./{}{tail}", self.port, segments.join("/"))
        }
    }

    fn encode_unreserved(segment: &str) -> String {
        let mut skip = 0;
        segment
            .chars()
            .map(|c| match c {
                '%' => {
                    skip = 2;
                    c.to_string()
                }
                _ if skip > 0 => {
                    skip -= 1;
                    c.to_ascii_lowercase().to_string()
                }
                'a'..='z' | '~' | '-' => format!("%{:02x}", u32::from(c)),
                _ => c.to_string(),
            })
            .collect()
    }

    fn pieces() -> impl Strategy<Value = Pieces> {
        // A segment has letters of both cases, marks, and triplets that stay encoded. It has no dots, so it is never
        // `.` or `..`.
        let segment = "([a-cA-C0-1_~!$&';:@=+-]|%2F|%5C|%25|%E2|%3F){0,4}";
        (
            prop_oneof![Just("http"), Just("https")],
            prop_oneof!["[a-c]{1,3}(\\.[a-c]{1,3}){0,2}\\.?", Just("127.0.0.1".to_owned()), Just("[::1]".to_owned())],
            prop_oneof![Just(80_u16), Just(443), Just(8080), any::<u16>()],
            prop::collection::vec(segment, 1..4),
        )
            .prop_map(|(scheme, host, port, segments)| Pieces { scheme, host, port, segments })
    }

    /// A URL and a copy with one change. Sometimes the copy is equal, because the new part is the same as the old one.
    fn mutations() -> impl Strategy<Value = (Pieces, Pieces)> {
        (pieces(), pieces(), 0..6_usize).prop_map(|(url, other, which)| {
            let mut changed = url.clone();
            match which {
                0 => changed.scheme = other.scheme,
                1 => changed.host = other.host,
                2 => changed.port = other.port,
                3 => changed.segments = other.segments,
                4 => changed.segments.push(String::new()),
                _ => changed.segments.iter_mut().for_each(|segment| {
                    *segment = if segment.contains('%') { segment.replace("%2F", "/") } else { segment.to_uppercase() };
                }),
            }
            (url, changed)
        })
    }

    proptest! {
        #[test]
        fn normalising_is_idempotent(url in pieces(), tail in "(/\\.\\.|/\\.|//|/%2e)?([?#][ -~&&[^ ]]{0,8})?") {
            let once = TargetUrl::parse(&url.decorated(&tail)).unwrap();
            let twice = TargetUrl::parse(&once.to_string()).unwrap();
            prop_assert_eq!(once.to_string(), twice.to_string());
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn text_in_normal_form_parses_to_the_same_url(
            url in pieces(),
            tail in "(/\\.\\.|/\\.|//|/%2e)?([?#][ -~&&[^ ]]{0,8})?",
        ) {
            let (text, called) = (url.decorated(&tail), TargetUrl::parse(&url.decorated(&tail)).unwrap());
            prop_assert_eq!(called.has_normal_form(&called.to_string()), called.port == called.scheme.default_port());
            for text in [text, url.plain(), called.to_string()] {
                let parses_to_called = TargetUrl::parse(&text) == Ok(called.clone());
                prop_assert!(!called.has_normal_form(&text) || parses_to_called, "{}", text);
            }
        }

        #[test]
        fn normal_form_of_another_url_differs(
            (url, changed) in mutations(),
            tail in "([?#][!-~]{0,8})?",
        ) {
            let called = TargetUrl::parse(&url.plain()).unwrap();
            for text in [changed.plain(), changed.decorated(&tail)] {
                let parses_to_called = TargetUrl::parse(&text) == Ok(called.clone());
                prop_assert!(!called.has_normal_form(&text) || parses_to_called, "{}", text);
            }
        }

        #[test]
        fn equal_urls_in_different_spellings_match(url in pieces(), tail in "([?#][!-~]{0,8})?") {
            prop_assert_eq!(TargetUrl::parse(&url.plain()).unwrap(), TargetUrl::parse(&url.decorated(&tail)).unwrap());
        }

        #[test]
        fn urls_that_differ_in_a_kept_part_do_not_match(
            (url, changed) in mutations(),
            tail in "([?#][!-~]{0,8})?",
        ) {
            let (called, htu) = (TargetUrl::parse(&url.plain()), TargetUrl::parse(&changed.decorated(&tail)));
            prop_assert_eq!(called.unwrap() == htu.unwrap(), url.plain() == changed.plain());
        }

        #[test]
        fn parsing_never_panics_and_is_stable(text in "\\PC{0,40}|(https?)?[:/\\\\.%?#@\\[\\]a-f0-9 -]{0,40}") {
            if let Ok(url) = TargetUrl::parse(&text) {
                prop_assert_eq!(TargetUrl::parse(&url.to_string()), Ok(url));
            }
            let _ = TargetUrl::from_parts("https", &text, "/");
            let _ = TargetUrl::from_parts("https", "a", &text);
        }
    }
}
