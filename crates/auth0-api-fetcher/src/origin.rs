//! The origin of a URL: where a token may go.

use std::fmt;

use http::Uri;

use crate::url_error::UrlError;

/// Scheme, host and port of a URL ([RFC 6454 §4](https://www.rfc-editor.org/rfc/rfc6454#section-4)), in lower case and
/// without a default port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(Box<str>);

impl Origin {
    /// Returns the origin of an absolute `https` or `http` URL.
    pub(crate) fn of(url: &Uri) -> Result<Self, UrlError> {
        let scheme = url.scheme_str().ok_or(UrlError::NotAbsolute)?;
        let authority = url.authority().ok_or(UrlError::NotAbsolute)?;
        let default_port = default_port(scheme)?;
        // A host in front of the `@` only looks like one: `https://api.example.com@attacker.example/`.
        if authority.as_str().contains('@') {
            return Err(UrlError::UserInfo);
        }
        let host = authority.host().to_ascii_lowercase();
        if host.is_empty() || !host.bytes().all(is_host_octet) {
            return Err(UrlError::Malformed);
        }
        let port = match authority.as_str().get(host.len()..).unwrap_or_default() {
            "" | ":" => default_port,
            port => port.strip_prefix(':').and_then(port_number).ok_or(UrlError::Malformed)?,
        };
        let scheme = scheme.to_ascii_lowercase();
        Ok(Self(if port == default_port {
            format!("{scheme}://{host}").into()
        } else {
            format!("{scheme}://{host}:{port}").into()
        }))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, without the brackets of an IPv6 address.
    pub(crate) fn host(&self) -> &str {
        self.authority().0.trim_matches(['[', ']'])
    }

    pub(crate) fn port(&self) -> u16 {
        let (_, port) = self.authority();
        port.unwrap_or(if self.is_https() { HTTPS_PORT } else { HTTP_PORT })
    }

    fn authority(&self) -> (&str, Option<u16>) {
        let authority = self.0.split_once("://").map_or(&*self.0, |(_, authority)| authority);
        // The text behind the last colon of an IPv6 address without a port ends with a bracket, and is no number.
        let split = authority.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        split.map_or((authority, None), |(host, port)| (host, Some(port)))
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn default_port(scheme: &str) -> Result<u16, UrlError> {
    match scheme {
        scheme if scheme.eq_ignore_ascii_case("https") => Ok(HTTPS_PORT),
        scheme if scheme.eq_ignore_ascii_case("http") => Ok(HTTP_PORT),
        _ => Err(UrlError::Scheme),
    }
}

/// RFC 3986 §3.2.3: digits only. The parsers of `http` and of the standard library accept a sign.
fn port_number(digits: &str) -> Option<u16> {
    if digits.bytes().all(|octet| octet.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Names and addresses. No `%`: two spellings of one host must not be two origins.
fn is_host_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'[' | b']' | b':')
}

const HTTPS_PORT: u16 = 443;
const HTTP_PORT: u16 = 80;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    fn origin(url: &str) -> Result<String, UrlError> {
        Origin::of(&url.parse().map_err(|_| UrlError::Malformed)?).map(|origin| origin.to_string())
    }

    #[test]
    fn an_origin_has_one_spelling() {
        for (url, expected) in [
            ("https://api.example.com", "https://api.example.com"),
            ("HTTPS://API.example.COM:443/x", "https://api.example.com"),
            ("https://api.example.com:/x", "https://api.example.com"),
            ("https://api.example.com:8443", "https://api.example.com:8443"),
            ("http://localhost:80/", "http://localhost"),
            ("http://localhost:443/", "http://localhost:443"),
            ("http://[::1]:4000/", "http://[::1]:4000"),
            ("https://my_service/", "https://my_service"),
        ] {
            assert_eq!(origin(url).as_deref(), Ok(expected), "{url}");
        }
    }

    #[test]
    fn an_origin_has_a_host_and_a_port() {
        for (url, host, port) in [
            ("https://api.example.com/", "api.example.com", 443),
            ("http://localhost/", "localhost", 80),
            ("https://api.example.com:8443/", "api.example.com", 8443),
            ("http://[::1]/", "::1", 80),
            ("http://[::1]:4000/", "::1", 4000),
        ] {
            let origin = Origin::of(&url.parse().unwrap()).unwrap();
            assert_eq!((origin.host(), origin.port()), (host, port), "{url}");
        }
    }

    #[test]
    fn what_is_no_origin_of_http_is_rejected() {
        for (url, expected) in [
            ("/events", UrlError::NotAbsolute),
            ("api.example.com:443", UrlError::NotAbsolute),
            ("ftp://api.example.com/", UrlError::Scheme),
            ("https://api.example.com:+443/", UrlError::Malformed),
            ("https://cdn.example.com:+8443", UrlError::Malformed),
            ("https://api.example.com@attacker.example/", UrlError::UserInfo),
            ("https://user:password@api.example.com/", UrlError::UserInfo),
            ("https://api%2eexample.com/", UrlError::Malformed),
            ("https://api.example.com:99999/", UrlError::Malformed),
        ] {
            assert_eq!(origin(url), Err(expected), "{url}");
        }
    }
}
