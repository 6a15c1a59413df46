//! The scheme, the host and the port of a URL.

use std::fmt;
use std::net::Ipv6Addr;

use super::TargetError;

/// The schemes that a URL may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scheme {
    Http,
    Https,
}

/// A host and, if the text has one, a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authority {
    /// In lower case. An IPv6 address has brackets, and the spelling of RFC 5952.
    pub(super) host: String,
    pub(super) port: Option<u16>,
}

impl Scheme {
    pub(super) fn parse(text: &str) -> Result<Self, TargetError> {
        // RFC 3986 §6.2.2.1: schemes are compared without regard to case.
        let known = [Self::Http, Self::Https].into_iter().find(|scheme| text.eq_ignore_ascii_case(scheme.name()));
        let is_web_socket = || ["ws", "wss"].into_iter().any(|name| text.eq_ignore_ascii_case(name));
        known.ok_or_else(|| if is_web_socket() { TargetError::WebSocketScheme } else { TargetError::Scheme })
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    pub(super) const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Authority {
    /// Parses `host`, `host:` or `host:port`.
    pub(super) fn parse(text: &str) -> Result<Self, TargetError> {
        // RFC 9110 §4.2.4: user information in an http URL is an error. An attacker probably added it to hide the real
        // host.
        if text.contains('@') {
            return Err(TargetError::UserInfo);
        }
        let (host, port) = split_port(text).ok_or(TargetError::Host)?;
        let host = match ipv6(host) {
            // RFC 5952: one address has many texts, and browsers send one of them.
            Some(address) => format!("[{address}]"),
            // RFC 3986 §6.2.2.1: hosts are compared without regard to case.
            None if is_name(host) => host.to_ascii_lowercase(),
            None => return Err(TargetError::Host),
        };
        let port = port.filter(|digits| !digits.is_empty());
        let port = port.map(|digits| port_number(digits).ok_or(TargetError::Port)).transpose()?;
        Ok(Self { host, port })
    }

    /// Returns true if both authorities have the same host and, under this scheme, the same port.
    pub(super) fn agrees(&self, other: &Self, scheme: Scheme) -> bool {
        self.host == other.host && self.port_for(scheme) == other.port_for(scheme)
    }

    /// The port; the default of the scheme if the authority has no port or an empty one (RFC 3986 §6.2.3).
    pub(super) fn port_for(&self, scheme: Scheme) -> u16 {
        self.port.unwrap_or(scheme.default_port())
    }
}

/// Splits the text into the host and, if a colon follows the host, the text after the colon. Checks neither of them.
/// Returns `None` if another character than a colon follows a bracket.
pub(crate) fn split_port(text: &str) -> Option<(&str, Option<&str>)> {
    // An IPv6 address contains colons, so the host ends at the bracket. Every other host ends at the first colon.
    let (host, rest) = match text.rfind(']') {
        Some(bracket) => text.split_at(bracket + 1),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    if rest.is_empty() { Some((host, None)) } else { Some((host, Some(rest.strip_prefix(':')?))) }
}

/// Parses a port number.
pub(crate) fn port_number(digits: &str) -> Option<u16> {
    // RFC 3986 §3.2.3: digits only. The standard library's parser would accept a sign.
    if digits.bytes().all(|octet| octet.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// RFC 3986 §3.2.2: `[` IPv6 address `]`. A zone identifier is rejected, because it has a meaning on one machine only.
fn ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// A name or an IPv4 address. This is stricter than the `reg-name` of RFC 3986, which also allows commas, quotes and
/// percent-encoding. No API has such characters in its host. Attackers use them so that two parsers read different
/// hosts.
fn is_name(host: &str) -> bool {
    host.strip_suffix('.').unwrap_or(host).split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
    })
}

#[cfg(test)]
mod tests {
    use super::{Authority, TargetError};

    #[test]
    fn valid_authorities_are_parsed() {
        for (text, host, port) in [
            ("api.example.com", "api.example.com", None),
            ("API.Example.COM:8443", "api.example.com", Some(8443)),
            ("api.example.com:", "api.example.com", None),
            ("api.example.com:00443", "api.example.com", Some(443)),
            ("api.example.com.", "api.example.com.", None),
            ("my_service:0", "my_service", Some(0)),
            ("127.0.0.1:65535", "127.0.0.1", Some(65535)),
            ("0x7f.1", "0x7f.1", None),
            ("[::1]", "[::1]", None),
            ("[2001:DB8::1]:8080", "[2001:db8::1]", Some(8080)),
            ("[2001:db8:0:0::1]", "[2001:db8::1]", None),
            ("[::ffff:192.0.2.128]:", "[::ffff:192.0.2.128]", None),
        ] {
            assert_eq!(Authority::parse(text), Ok(Authority { host: host.to_owned(), port }), "{text}");
        }
    }

    #[test]
    fn malformed_authorities_are_rejected() {
        for (text, error) in [
            ("", TargetError::Host),
            (":443", TargetError::Host),
            (".", TargetError::Host),
            ("..", TargetError::Host),
            ("a..b", TargetError::Host),
            (".a", TargetError::Host),
            ("a b", TargetError::Host),
            ("a/b", TargetError::Host),
            ("a\\b", TargetError::Host),
            ("a?", TargetError::Host),
            ("a#", TargetError::Host),
            ("a,b", TargetError::Host),
            ("a%2eb", TargetError::Host),
            ("b\u{fc}cher.de", TargetError::Host),
            ("https://a", TargetError::Port),
            ("::1", TargetError::Host),
            ("[::1", TargetError::Host),
            ("::1]", TargetError::Host),
            ("[]", TargetError::Host),
            ("[::1]8080", TargetError::Host),
            ("[::1]]", TargetError::Host),
            ("[127.0.0.1]", TargetError::Host),
            ("[fe80::1%25eth0]", TargetError::Host),
            ("[v1.a]", TargetError::Host),
            ("[::1]a:80", TargetError::Host),
            ("user@a", TargetError::UserInfo),
            ("a:80@b", TargetError::UserInfo),
            ("a:http", TargetError::Port),
            ("a:+80", TargetError::Port),
            ("a:-1", TargetError::Port),
            ("a:65536", TargetError::Port),
            ("a:80:80", TargetError::Port),
            ("a: 80", TargetError::Port),
            ("a:80/", TargetError::Port),
        ] {
            assert_eq!(Authority::parse(text), Err(error), "{text}");
        }
    }
}
