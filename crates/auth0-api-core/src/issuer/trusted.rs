//! The tenants whose tokens an API accepts: one tenant, a list, or those that a resolver names for each request.

use std::fmt;
use std::sync::Arc;

use super::domain::Loopback;
use super::{Domain, DomainError, DomainResolver};

/// The tenants whose tokens an API accepts, for [`ApiClient::builder`](crate::ApiClient::builder).
///
/// A single domain converts from text. Use a [`list`](Self::list) for several domains, such as the custom domains of
/// several brands, or the old and the new domain during a migration. Use a [`resolver`](Self::resolver) if the tenants
/// depend on the request.
///
/// ```
/// use auth0_api_core::{ApiClient, TrustedDomains};
///
/// let domains = TrustedDomains::list(["login.brand-a.com", "login.brand-b.com"]);
/// let api = ApiClient::builder(domains, "https://api.example.com").build()?;
/// assert_eq!(api.issuers(), ["https://login.brand-a.com/", "https://login.brand-b.com/"]);
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[doc(alias = "issuer", alias = "issuers", alias = "mcd", alias = "multi_tenant")]
#[derive(Clone, Debug)]
pub struct TrustedDomains(pub(super) Source);

#[derive(Clone)]
pub(super) enum Source {
    List(Vec<String>),
    One(String),
    Resolver(Arc<dyn DomainResolver>),
}

/// The parsed form of [`TrustedDomains`].
#[derive(Clone, Debug)]
pub(crate) enum Trusted {
    /// One or more domains, without duplicates.
    Listed(Box<[Domain]>),
    Resolved(Arc<dyn DomainResolver>),
}

/// What is wrong with the configured domains.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TrustedDomainsProblem {
    Entry { domain: String, error: DomainError },
    ListEmpty,
    Only(DomainError),
}

impl TrustedDomains {
    /// Accepts the tokens of each of these tenants. Several spellings of one domain count as one; an empty list is a
    /// [`BuildError`](crate::BuildError).
    pub fn list<D: Into<String>>(domains: impl IntoIterator<Item = D>) -> Self {
        Self(Source::List(domains.into_iter().map(Into::into).collect()))
    }

    /// Calls the resolver for each request. The resolver returns the tenants whose tokens are accepted.
    pub fn resolver(resolver: impl DomainResolver) -> Self {
        Self(Source::Resolver(Arc::new(resolver)))
    }

    /// Parses the domains.
    pub(crate) fn parse(&self, loopback: Loopback) -> Result<Trusted, TrustedDomainsProblem> {
        match &self.0 {
            Source::List(domains) if domains.is_empty() => Err(TrustedDomainsProblem::ListEmpty),
            Source::List(domains) => Domain::parse_all(domains, loopback)
                .map(|domains| Trusted::Listed(domains.into()))
                .map_err(|(domain, error)| TrustedDomainsProblem::Entry { domain, error }),
            Source::One(domain) => {
                let domain = Domain::parse(domain, loopback).map_err(TrustedDomainsProblem::Only)?;
                Ok(Trusted::Listed([domain].into()))
            }
            Source::Resolver(resolver) => Ok(Trusted::Resolved(Arc::clone(resolver))),
        }
    }

    /// Whether a single text is configured, and neither a list nor a resolver. By default, the client sends its token
    /// requests to this domain.
    pub(crate) fn is_one(&self) -> bool {
        matches!(self.0, Source::One(_))
    }
}

impl Trusted {
    /// The issuers; `None` with a resolver, because the issuers then depend on the request.
    pub(crate) fn issuers(&self) -> Option<Vec<&str>> {
        match self {
            Self::Listed(domains) => Some(domains.iter().map(Domain::issuer).collect()),
            Self::Resolved(_) => None,
        }
    }

    /// Whether all domains are on this machine, and reached by plain HTTP.
    #[cfg(feature = "reqwest")]
    pub(crate) fn is_plain_http(&self) -> bool {
        self.issuers().is_some_and(|issuers| issuers.iter().all(|issuer| issuer.starts_with("http://")))
    }

    /// The only domain; `None` for several domains or a resolver.
    pub(crate) fn only(&self) -> Option<&Domain> {
        match self {
            Self::Listed(domains) if domains.len() == 1 => domains.first(),
            Self::Listed(_) | Self::Resolved(_) => None,
        }
    }
}

impl From<&str> for TrustedDomains {
    fn from(domain: &str) -> Self {
        domain.to_owned().into()
    }
}

impl From<&String> for TrustedDomains {
    fn from(domain: &String) -> Self {
        domain.clone().into()
    }
}

impl From<String> for TrustedDomains {
    fn from(domain: String) -> Self {
        Self(Source::One(domain))
    }
}

impl From<Domain> for TrustedDomains {
    fn from(domain: Domain) -> Self {
        domain.issuer().into()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(domains) => f.debug_list().entries(domains).finish(),
            Self::One(domain) => domain.fmt(f),
            Self::Resolver(_) => f.write_str("resolver"),
        }
    }
}

#[cfg(all(test, feature = "reqwest"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    #[test]
    fn only_domains_of_this_machine_are_reached_by_plain_http() {
        let is_plain = |domains: &[&str]| {
            TrustedDomains::list(domains.to_vec()).parse(Loopback::HttpAllowed).unwrap().is_plain_http()
        };
        assert!(is_plain(&["http://localhost:4000", "http://127.0.0.1:4001"]));
        assert!(!is_plain(&["http://localhost:4000", "tenant.example.com"]));
        assert!(!is_plain(&["https://localhost:4000"]));
    }

    #[test]
    fn a_list_of_one_domain_has_an_only_domain() {
        for (domains, only) in [
            (&["one.example.com"][..], Some("https://one.example.com/")),
            (&["one.example.com", "One.example.com"], Some("https://one.example.com/")),
            (&["one.example.com", "other.example.com"], None),
        ] {
            let trusted = TrustedDomains::list(domains.to_vec()).parse(Loopback::HttpsOnly).unwrap();
            assert_eq!(trusted.only().map(Domain::issuer), only, "{domains:?}");
            assert_eq!(trusted.issuers().unwrap().first(), Some(&"https://one.example.com/"));
        }
    }
}
