//! What is wrong with a configuration: all of it at once.

use std::fmt;

use crate::called_url::TargetError;
use crate::issuer::{DomainError, TrustedDomainsProblem};
use crate::metadata::MetadataError;

/// Everything that is wrong with a configuration.
pub struct BuildError {
    pub(crate) problems: Vec<ConfigProblem>,
}

/// One thing that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigProblem {
    /// The list of algorithms is empty.
    #[error("algorithms: at least one is needed")]
    Algorithms,
    /// There is no audience, or a blank one.
    #[error("audience: the API's identifier is needed, and may not be blank")]
    Audience,
    /// A header with client certificates is not trusted, or has no name.
    #[error("client_certificates: {0}")]
    CertificateHeader(&'static str),
    /// Client id or secret is blank.
    #[error("client_auth: both the client id and its secret are needed")]
    ClientAuth,
    /// The client's certificate authenticates it, and the default HTTP client presents none.
    #[error("client_auth: tls() needs an http_client that presents the certificate")]
    ClientCertificate,
    /// The domain is no tenant's.
    #[error("domain: {0}")]
    Domain(#[source] DomainError),
    /// A domain of a list is no tenant's.
    #[error("domains: {domain:?}: {error}")]
    DomainInList {
        /// The entry.
        domain: Box<str>,
        /// What is wrong with it.
        #[source]
        error: DomainError,
    },
    /// The list of domains is empty.
    #[error("domains: at least one is needed")]
    DomainsEmpty,
    /// Settings of the policy contradict each other.
    #[error("dpop: {0}")]
    Dpop(&'static str),
    /// A cache for no entries.
    #[error("exchange_cache: at least one entry, or off()")]
    ExchangeCache,
    /// The domain for exchanges is no tenant's.
    #[error("exchange_domain: {0}")]
    ExchangeDomain(#[source] DomainError),
    /// There are several domains and client authentication, but not the one domain that it is for.
    #[error("exchange_domain: client_auth is for one domain: name it")]
    ExchangeDomainMissing,
    /// The default HTTP client cannot be built, or there is none.
    #[error("http_client: {0}")]
    HttpClient(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A host for key sets is none.
    #[error("allow_jwks_host: {host:?}: {error}")]
    JwksHost {
        /// As configured.
        host: Box<str>,
        /// What is wrong with it.
        #[source]
        error: DomainError,
    },
    /// A number of the key policy is out of its bounds.
    #[error("key_policy: {0}")]
    KeyPolicy(&'static str),
    /// More leeway than ten minutes.
    #[error("leeway: at most 10 minutes")]
    Leeway,
    /// The public URL is not one.
    #[error("public_url: {0}")]
    PublicUrl(#[source] TargetError),
    /// The public URL has a query or a fragment, which no proof's `htu` has.
    #[error("public_url: it has a query or a fragment")]
    PublicUrlQuery,
    /// What the API says about itself is no metadata, or says something else than the client does.
    #[error("resource_metadata: {0}")]
    ResourceMetadata(#[source] MetadataError),
}

impl BuildError {
    /// Everything that is wrong.
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
    /// As `Display`: a `main` that returns the error prints it so, to somebody who has to repair the configuration.
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
    /// The builder's option that it is about.
    pub fn option(&self) -> &'static str {
        match self {
            Self::Algorithms => "algorithms",
            Self::Audience => "audience",
            Self::CertificateHeader(_) => "client_certificates",
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
            Self::PublicUrl(_) | Self::PublicUrlQuery => "public_url",
            Self::ResourceMetadata(_) => "resource_metadata",
        }
    }
}
