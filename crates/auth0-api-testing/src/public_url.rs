//! The URL that clients call: the issuer and every URL of the tenant begin with it.

use std::fmt;

use http::Uri;

/// A scheme and an authority without a slash at the end, in the spelling that browsers use for an origin:
/// `http://localhost:4711`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl(String);

impl PublicUrl {
    /// Parses the URL that an operator has configured. Auth0's tenants have no path, so the URL has none either.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let problem = |reason: &str| Err(format!("the public URL {text} {reason}"));
        let Ok(uri) = text.parse::<Uri>() else { return problem("is not a URL") };
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return problem("must begin with http:// or https://");
        };
        let Some(default_port) = default_port(scheme) else {
            return problem("must begin with http:// or https://");
        };
        if authority.as_str().contains('@') {
            return problem("must not contain a user name or a password");
        }
        // `Uri` drops a fragment without an error.
        if uri.path() != "/" || uri.query().is_some() || text.contains('#') {
            return problem("must not contain a path, a query or a fragment");
        }
        let has_port = authority.as_str().len() > authority.host().len();
        let port = match authority.port_u16() {
            None | Some(0) if has_port => return problem("must have a port from 1 to 65535"),
            port => port.filter(|port| *port != default_port),
        };
        let host = authority.host().to_ascii_lowercase();
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self(format!("{scheme}://{host}{port}")))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 9110 §4.2: the default ports of the schemes that a tenant can have.
fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_accepted_in_the_spelling_of_browsers() {
        for (text, origin) in [
            ("http://localhost:4711", "http://localhost:4711"),
            ("http://localhost:4711/", "http://localhost:4711"),
            ("HTTPS://Tenant.Example.com:443", "https://tenant.example.com"),
            ("http://127.0.0.1:80/", "http://127.0.0.1"),
            ("http://[::1]:4711", "http://[::1]:4711"),
            ("https://tenant.example.com:80", "https://tenant.example.com:80"),
        ] {
            assert_eq!(PublicUrl::parse(text), Ok(PublicUrl(origin.into())), "{text}");
        }
    }

    #[test]
    fn anything_but_an_origin_is_rejected_with_the_reason() {
        for (text, reason) in [
            ("", "is not a URL"),
            ("http://", "is not a URL"),
            ("http://a b", "is not a URL"),
            ("localhost:4711", "must begin with http:// or https://"),
            ("ftp://localhost", "must begin with http:// or https://"),
            ("/path", "must begin with http:// or https://"),
            ("http://me@localhost", "must not contain a user name or a password"),
            ("http://localhost/path", "must not contain a path, a query or a fragment"),
            ("http://localhost?a=b", "must not contain a path, a query or a fragment"),
            ("http://localhost#a", "must not contain a path, a query or a fragment"),
            ("http://localhost:0", "must have a port from 1 to 65535"),
            ("http://localhost:", "must have a port from 1 to 65535"),
        ] {
            assert_eq!(PublicUrl::parse(text), Err(format!("the public URL {text} {reason}")), "{text}");
        }
    }
}
