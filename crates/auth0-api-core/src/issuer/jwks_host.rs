//! Hosts that may serve an issuer's keys, in addition to the issuer's own host.

use super::domain::Loopback;
use super::{Domain, DomainError};
use crate::called_url::TargetUrl;

/// A host that the configuration allows, with one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JwksHost(TargetUrl);

impl JwksHost {
    /// Parses `host` or `host:port`, in any spelling that a [`Domain`] accepts, but without a scheme: the URL of the
    /// keys must have the scheme of the issuer.
    pub(crate) fn parse(text: &str) -> Result<Self, DomainError> {
        if text.contains('/') {
            return Err(DomainError::NotOnlyHost);
        }
        Ok(Self(Domain::parse(text, Loopback::HttpsOnly)?.url().clone()))
    }

    /// Whether `jwks_uri` is on this host and port. The default port is the one of the scheme of `jwks_uri`.
    pub(super) fn serves(&self, jwks_uri: &TargetUrl) -> bool {
        let Self(own) = self;
        let same_port =
            if own.has_default_port() { jwks_uri.has_default_port() } else { own.port() == jwks_uri.port() };
        own.host() == jwks_uri.host() && same_port
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    fn serves(host: &str, jwks_uri: &str) -> bool {
        JwksHost::parse(host).unwrap().serves(&TargetUrl::parse(jwks_uri).unwrap())
    }

    #[test]
    fn a_host_is_compared_in_its_normal_form_and_with_its_port() {
        for (host, jwks_uri, expected) in [
            ("keys.example.com", "https://keys.example.com/jwks", true),
            (" Keys.Example.COM ", "https://keys.example.com/jwks", true),
            ("keys.example.com:443", "https://keys.example.com/jwks", true),
            ("b\u{fc}cher.example", "https://xn--bcher-kva.example/jwks", true),
            ("keys.example.com:8443", "https://keys.example.com:8443/jwks", true),
            ("keys.example.com:8443", "https://keys.example.com/jwks", false),
            ("keys.example.com", "https://keys.example.com:8443/jwks", false),
            ("keys.example.com", "https://other.example.com/jwks", false),
            ("example.com", "https://keys.example.com/jwks", false),
            ("[::1]:3000", "http://[::1]:3000/jwks", true),
            ("keys.example.com", "http://keys.example.com/jwks", true),
            ("keys.example.com", "http://keys.example.com:443/jwks", false),
            ("keys.example.com:8443", "http://keys.example.com/jwks", false),
        ] {
            assert_eq!(serves(host, jwks_uri), expected, "{host} {jwks_uri}");
        }
    }

    #[test]
    fn text_that_is_not_a_host_is_rejected() {
        for (text, error) in [
            ("", DomainError::Empty),
            ("https://keys.example.com", DomainError::NotOnlyHost),
            ("keys.example.com/jwks", DomainError::NotOnlyHost),
            ("keys.example.com?x", DomainError::NotOnlyHost),
            ("*.example.com", DomainError::Host),
            ("keys.example.com:0", DomainError::Port),
        ] {
            assert_eq!(JwksHost::parse(text), Err(error), "{text}");
        }
    }
}
