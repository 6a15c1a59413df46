//! The domain of a tenant, as configured, and the issuer name derived from it.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use idna::AsciiDenyList;

use crate::called_url::{TargetUrl, port_number, split_port};

/// The domain of an Auth0 tenant: `tenant.eu.auth0.com`, or a custom domain.
///
/// The text is a host, or an `https` URL with only a host; a port may follow the host. Text that only a lenient URL
/// parser accepts is rejected. The operator sees the error when the client is built, and corrects the configuration.
///
/// ```
/// use auth0_api_core::issuer::Domain;
///
/// let domain: Domain = "Tenant.eu.auth0.com".parse()?;
/// assert_eq!(domain.issuer(), "https://tenant.eu.auth0.com/");
/// assert!("http://tenant.eu.auth0.com".parse::<Domain>().is_err());
/// assert!("tenant.eu.auth0.com/path".parse::<Domain>().is_err());
/// # Ok::<(), auth0_api_core::issuer::DomainError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Domain {
    issuer: Arc<str>,
    /// The issuer as a URL.
    url: TargetUrl,
}

/// Why a text is not a valid domain of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DomainError {
    /// The text is empty.
    #[error("the domain is empty")]
    Empty,
    /// The host is not a DNS name, an IPv4 address or an IPv6 address in brackets. Or its spelling differs from the
    /// canonical spelling in more than letter case.
    #[error("the host is not a valid name or address")]
    Host,
    /// The scheme is `http`. It is accepted for loopback addresses only, and only after
    /// [`insecure_http_loopback`](crate::ApiClientBuilder::insecure_http_loopback).
    #[error("https is required; http works for loopback addresses, after insecure_http_loopback()")]
    Insecure,
    /// The text has a path, query, fragment or credentials.
    #[error("a domain has no path, query, fragment or credentials")]
    NotOnlyHost,
    /// The port is not a number from 1 to 65535.
    #[error("the port is not a number from 1 to 65535")]
    Port,
}

/// Whether plain `http` to a loopback address is accepted, for development.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loopback {
    HttpAllowed,
    HttpsOnly,
}

impl Domain {
    /// The issuer: `https://`, the host in lower case, and a slash, exactly as Auth0 writes it in `iss`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) fn shared_issuer(&self) -> Arc<str> {
        Arc::clone(&self.issuer)
    }

    /// The issuer as a URL.
    pub(crate) fn url(&self) -> &TargetUrl {
        &self.url
    }

    pub(crate) fn parse(text: &str, loopback: Loopback) -> Result<Self, DomainError> {
        let text = text.trim();
        let (scheme, rest) = split_scheme(text);
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.is_empty() {
            return Err(if text.is_empty() { DomainError::Empty } else { DomainError::Host });
        }
        if authority.contains(['/', '\\', '?', '#', '@']) {
            return Err(DomainError::NotOnlyHost);
        }
        let (host, port) = split_port(authority).ok_or(DomainError::Host)?;
        let port = port.map(|digits| port_number(digits).filter(|port| *port != 0).ok_or(DomainError::Port));
        let (port, host) = (port.transpose()?, canonical_host(host)?);
        if scheme == "http" && !(loopback == Loopback::HttpAllowed && is_loopback(&host)) {
            return Err(DomainError::Insecure);
        }
        let default_port = if scheme == "http" { 80 } else { 443 };
        let port = port.filter(|port| *port != default_port).map(|port| format!(":{port}")).unwrap_or_default();
        let issuer = format!("{scheme}://{host}{port}/");
        // UTS #46 allows commas, braces and empty labels. The URL of the discovery document must not contain them.
        let url = TargetUrl::parse(&issuer).map_err(|_| DomainError::Host)?;
        Ok(Self { issuer: issuer.into(), url })
    }

    /// Parses each domain and drops duplicates. One invalid domain is an error.
    pub(super) fn parse_all(texts: &[String], loopback: Loopback) -> Result<Vec<Self>, (String, DomainError)> {
        let mut domains = Vec::with_capacity(texts.len());
        for text in texts {
            let domain = Self::parse(text, loopback).map_err(|error| (text.clone(), error))?;
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        Ok(domains)
    }
}

impl FromStr for Domain {
    type Err = DomainError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text, Loopback::HttpsOnly)
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Domain({})", self.issuer)
    }
}

fn split_scheme(text: &str) -> (&'static str, &str) {
    for (prefix, scheme) in [("https://", "https"), ("http://", "http")] {
        if let Some((start, rest)) = text.split_at_checked(prefix.len())
            && start.eq_ignore_ascii_case(prefix)
        {
            return (scheme, rest);
        }
    }
    ("https", text)
}

fn canonical_host(host: &str) -> Result<String, DomainError> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr =
            address.strip_suffix(']').and_then(|text| text.parse().ok()).ok_or(DomainError::Host)?;
        return Ok(format!("[{address}]"));
    }
    // This crate applies UTS #46 as browsers do, but rejects a host in which the mapping changes anything other than
    // the case.
    let ascii = idna::domain_to_ascii_cow(host.as_bytes(), AsciiDenyList::URL).map_err(|_| DomainError::Host)?;
    let (unicode, readable) = idna::domain_to_unicode(&ascii);
    let lower = host.to_lowercase();
    let as_written = readable.is_ok() && (lower == unicode || lower == ascii);
    // If the last label is a number, browsers read the host as an IPv4 address (WHATWG URL). This crate then requires
    // an IPv4 address in dotted form.
    let numeric = ascii.trim_end_matches('.').rsplit('.').next().is_some_and(is_numeric_label);
    if as_written && (!numeric || ascii.parse::<Ipv4Addr>().is_ok()) {
        Ok(ascii.into_owned())
    } else {
        Err(DomainError::Host)
    }
}

fn is_numeric_label(label: &str) -> bool {
    label.is_empty() || label.starts_with("0x") || label.bytes().all(|octet| octet.is_ascii_digit())
}

fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    host == "localhost"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || address.and_then(|text| text.parse::<Ipv6Addr>().ok()).is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Domain, DomainError};

    #[test]
    fn a_host_that_is_not_valid_in_a_url_is_rejected() {
        for text in
            ["{tenant}.auth0.com", "a.auth0.com,b.auth0.com", "*.auth0.com", "tenant..auth0.com", "b\u{fc}*ample"]
        {
            assert_eq!(text.parse::<Domain>(), Err(DomainError::Host), "{text}");
        }
    }

    #[test]
    fn a_host_has_one_spelling_apart_from_letter_case() {
        for (text, issuer) in [
            ("Tenant.Example.com", Some("https://tenant.example.com/")),
            ("B\u{fc}cher.example", Some("https://xn--bcher-kva.example/")),
            ("XN--bcher-kva.example", Some("https://xn--bcher-kva.example/")),
            // A full-width `t`.
            ("\u{ff54}enant.example", None),
            ("10.1.2.3", Some("https://10.1.2.3/")),
            ("10.1.2", None),
            ("10.1.2.256", None),
            ("tenant.10", None),
            ("tenant.0x1f", None),
            ("tenant.1f", Some("https://tenant.1f/")),
            ("[0:0:0:0:0:0:0:1]", Some("https://[::1]/")),
            ("[10.1.2.3]", None),
        ] {
            let domain = text.parse::<Domain>();
            assert_eq!(domain.as_ref().map(Domain::issuer), issuer.ok_or(&DomainError::Host), "{text}");
        }
    }
}
