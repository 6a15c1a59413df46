//! The hosts that an API is reachable by.

use std::fmt;

use super::TargetError;
use super::authority::Authority;
use super::url::TargetUrl;

/// The hosts that the client of a request with a proof may have called.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnHosts(Vec<Authority>);

impl OwnHosts {
    /// Adds `host` or `host:port`. A host without a port has the default port of the scheme that the client called.
    pub(crate) fn add(&mut self, host: &str) -> Result<(), TargetError> {
        self.0.push(Authority::parse(host)?);
        Ok(())
    }

    /// Returns true if the host and the port of the URL are those of an own host.
    pub(super) fn contain(&self, called: &TargetUrl) -> bool {
        self.0.iter().any(|own| own.host == called.host && own.port_for(called.scheme) == called.port)
    }
}

impl fmt::Display for OwnHosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Authority { host, port }) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { " or " })?;
            match port {
                Some(port) => write!(f, "{host}:{port}")?,
                None => write!(f, "{host}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{OwnHosts, TargetError, TargetUrl};

    #[test]
    fn a_host_without_a_port_has_the_default_port() {
        for (own, called, expected) in [
            ("api.a", "https://api.a/x", true),
            ("api.a", "http://api.a/x", true),
            ("API.a:", "https://Api.A:443/x", true),
            ("api.a:443", "https://api.a/x", true),
            ("api.a:8443", "https://api.a:8443/x", true),
            ("[::1]:80", "http://[::1]/x", true),
            ("api.a", "https://api.a:8443/x", false),
            ("api.a:8443", "https://api.a/x", false),
            ("api.a:443", "http://api.a/x", false),
            ("api.a", "https://api.a./x", false),
            ("api.a", "https://b.api.a/x", false),
            ("api.a", "https://api.a.evil.example/x", false),
        ] {
            let called = TargetUrl::parse(called).unwrap();
            let mut hosts = OwnHosts::default();
            hosts.add(own).unwrap();
            assert_eq!(hosts.contain(&called), expected, "{own} {called}");
        }
    }

    #[test]
    fn an_own_host_is_no_url_and_no_pattern() {
        for (own, error) in [
            ("", TargetError::Host),
            ("https://api.a", TargetError::Port),
            ("api.a/x", TargetError::Host),
            ("*.a", TargetError::Host),
            ("api.a:0x", TargetError::Port),
            ("a@api.a", TargetError::UserInfo),
        ] {
            assert_eq!(OwnHosts::default().add(own).unwrap_err(), error, "{own}");
        }
    }
}
