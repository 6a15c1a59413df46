//! The problems of a configuration, all reported at once.

use std::fmt;

use crate::called_url::TargetError;
use crate::dpop::DpopPolicyError;
use crate::issuer::{DomainError, TrustedDomainsProblem};
use crate::metadata::MetadataError;
use crate::mtls::CertificateSourceError;

/// Why a client cannot be built: every problem of its configuration.
pub struct BuildError {
    pub(crate) problems: Vec<ConfigProblem>,
}

/// One problem of a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigProblem {
    /// The list of algorithms is empty.
    #[error("algorithms: at least one is needed")]
    Algorithms,
    /// No audience is set, or an audience is blank.
    #[error("audience: the API's identifier is needed, and may not be blank")]
    Audience,
    /// The source of client certificates cannot be used.
    #[error("client_certificates: {0}")]
    CertificateSource(#[source] CertificateSourceError),
    /// The client id or the client secret is blank.
    #[error("client_auth: both the client id and its secret are needed")]
    ClientAuth,
    /// The configured `client_auth` needs a TLS certificate, but the default HTTP client presents no certificate.
    #[error("client_auth: tls() needs an http_client that presents the certificate")]
    ClientCertificate,
    /// The domain is not a valid domain of a tenant.
    #[error("domain: {0}")]
    Domain(#[source] DomainError),
    /// A domain of the list is not a valid domain of a tenant.
    #[error("domains: {domain:?}: {error}")]
    DomainInList {
        /// The entry of the list.
        domain: Box<str>,
        /// Why it is invalid.
        #[source]
        error: DomainError,
    },
    /// The list of domains is empty.
    #[error("domains: at least one is needed")]
    DomainsEmpty,
    /// A setting of the `DPoP` policy is out of bounds, or settings contradict each other.
    #[error("dpop: {0}")]
    Dpop(#[source] DpopPolicyError),
    /// The cache has a size of 0 entries.
    #[error("exchange_cache: set at least one entry, or use off()")]
    ExchangeCache,
    /// The domain for exchanges is not a valid domain of a tenant.
    #[error("exchange_domain: {0}")]
    ExchangeDomain(#[source] DomainError),
    /// `client_auth` is set, the client trusts a list of domains or a resolver, and `exchange_domain` is not set.
    #[error("exchange_domain: client_auth needs one domain: set exchange_domain()")]
    ExchangeDomainMissing,
    /// The default HTTP client cannot be built, or the feature `reqwest` is off and no client is set.
    #[error("http_client: {0}")]
    HttpClient(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A host that is allowed for key sets is invalid.
    #[error("allow_jwks_host: {host:?}: {error}")]
    JwksHost {
        /// The host, as configured.
        host: Box<str>,
        /// Why it is invalid.
        #[source]
        error: DomainError,
    },
    /// A number of the key policy is out of bounds.
    #[error("key_policy: {0}")]
    KeyPolicy(&'static str),
    /// The leeway is longer than 10 minutes.
    #[error("leeway: at most 10 minutes")]
    Leeway,
    /// The maximum age of a token is out of bounds.
    #[error("max_token_age: set 1 s to 366 days")]
    MaxTokenAge,
    /// An own host is not a host with an optional port.
    #[error("own_hosts: {host:?}: {error}")]
    OwnHost {
        /// The host, as configured.
        host: Box<str>,
        /// Why it is invalid.
        #[source]
        error: TargetError,
    },
    /// The list of own hosts is empty.
    #[error("own_hosts: at least one is needed")]
    OwnHostsEmpty,
    /// The public URL is not a valid URL.
    #[error("public_url: {0}")]
    PublicUrl(#[source] TargetError),
    /// The public URL has a query or a fragment. The `htu` of a proof has no query and no fragment.
    #[error("public_url: the URL has a query or a fragment")]
    PublicUrlQuery,
    /// The resource metadata is invalid, or contradicts the client's configuration.
    #[error("resource_metadata: {0}")]
    ResourceMetadata(#[source] MetadataError),
    /// The cache has a size of 0 entries.
    #[error("token_cache: set at least one entry, or use off()")]
    TokenCache,
}

impl BuildError {
    /// Returns every problem.
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is unusable")?;
        for (index, problem) in self.problems.iter().enumerate() {
            write!(f, "{} {problem}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for BuildError {
    /// Writes the same text as `Display`. If `main` returns this error, Rust prints its `Debug` output, and the
    /// operator reads that text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BuildError {}

impl From<TrustedDomainsProblem> for ConfigProblem {
    fn from(problem: TrustedDomainsProblem) -> Self {
        match problem {
            TrustedDomainsProblem::Entry { domain, error } => Self::DomainInList { domain: domain.into(), error },
            TrustedDomainsProblem::ListEmpty => Self::DomainsEmpty,
            TrustedDomainsProblem::Only(error) => Self::Domain(error),
        }
    }
}

impl ConfigProblem {
    /// Returns the name of the builder's option that has the problem.
    pub fn option(&self) -> &'static str {
        match self {
            Self::Algorithms => "algorithms",
            Self::Audience => "audience",
            Self::CertificateSource(_) => "client_certificates",
            Self::ClientAuth | Self::ClientCertificate => "client_auth",
            Self::Domain(_) => "domain",
            Self::DomainInList { .. } | Self::DomainsEmpty => "domains",
            Self::Dpop(_) => "dpop",
            Self::ExchangeCache => "exchange_cache",
            Self::ExchangeDomain(_) | Self::ExchangeDomainMissing => "exchange_domain",
            Self::HttpClient(_) => "http_client",
            Self::JwksHost { .. } => "allow_jwks_host",
            Self::KeyPolicy(_) => "key_policy",
            Self::Leeway => "leeway",
            Self::MaxTokenAge => "max_token_age",
            Self::OwnHost { .. } | Self::OwnHostsEmpty => "own_hosts",
            Self::PublicUrl(_) | Self::PublicUrlQuery => "public_url",
            Self::ResourceMetadata(_) => "resource_metadata",
            Self::TokenCache => "token_cache",
        }
    }
}
