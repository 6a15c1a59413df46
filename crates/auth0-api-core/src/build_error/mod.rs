//! The problems of a configuration, all reported at once.

mod named;

use std::fmt;

use crate::called_url::TargetError;
use crate::dpop::DpopPolicyError;
use crate::issuer::{DomainError, TrustedDomainsProblem};
use crate::jose::jwe::HeldKeysProblem;
use crate::known_settings::{AppliedSettings, KnownSetting, SettingError, SettingProblem};
use crate::metadata::MetadataError;
use crate::mtls::CertificateSourceError;
use crate::printable::shown;
use crate::with_sources::WithSources;

/// Why a client cannot be built: every problem of its configuration.
pub struct BuildError {
    problems: Vec<ConfigProblem>,
    /// The settings that were applied. The text then names them as the operator wrote them.
    settings: Option<AppliedSettings>,
}

/// One problem of a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigProblem {
    /// The list of algorithms is empty.
    #[error("algorithms: at least one is needed")]
    Algorithms,
    /// No audience is set, or an audience is blank, or has white space around it.
    #[error("audience: the API's identifier is needed, without white space around it")]
    Audience,
    /// The source of client certificates cannot be used.
    #[error("client_certificates: {0}")]
    CertificateSource(#[source] CertificateSourceError),
    /// The client id or the client secret is blank, or has white space around it.
    #[error("client_auth: both the client id and its secret are needed, without white space around them")]
    ClientAuth,
    /// The configured `client_auth` needs a TLS certificate, but the default HTTP client presents no certificate.
    #[error("client_auth: tls() needs an http_client that presents the certificate")]
    ClientCertificate,
    /// The list of decryption keys is empty, or a `kid` is empty, too long, or that of two keys.
    #[error("decryption_keys: {problem}")]
    DecryptionKeys {
        /// What is wrong.
        problem: Box<str>,
    },
    /// The number of tokens that are decrypted at once is out of bounds.
    #[error("decryptions_at_once: set 1 to 10000")]
    DecryptionsAtOnce,
    /// The domain is not a valid domain of a tenant.
    #[error("domain: {0}")]
    Domain(#[source] DomainError),
    /// A domain of the list is not a valid domain of a tenant.
    #[error("domains: {domain:?}: {error}")]
    DomainInList {
        /// The beginning of the entry, without credentials.
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
    #[error("http_client: {}; install the CA certificates of the system (Debian: ca-certificates), or name a file of them in \
             SSL_CERT_FILE, or set http_client()", WithSources(&**.0))]
    HttpClient(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A host that is allowed for key sets is invalid.
    #[error("allow_jwks_host: {host:?}: {error}")]
    JwksHost {
        /// The beginning of the host, without credentials.
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
    /// A setting of the logout policy is unusable, or one of its stores is.
    #[error("logout: {0}")]
    Logout(&'static str),
    /// A setting for long connections is out of bounds.
    #[error("long_connections: {0}")]
    LongConnections(&'static str),
    /// The maximum age of a token is out of bounds.
    #[error("max_token_age: set 1 s to 366 days")]
    MaxTokenAge,
    /// An own host is not a host with an optional port.
    #[error("own_hosts: {host:?}: {error}")]
    OwnHost {
        /// The beginning of the host, without credentials.
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
    /// The value of a setting cannot be used: see [`Settings`](crate::Settings).
    #[error("{name}: {error}")]
    Setting {
        /// The name of the setting, as the operator wrote it.
        name: Box<str>,
        /// The builder's option that the setting is a part of; empty for a key that no setting has.
        option: &'static str,
        /// What is wrong.
        #[source]
        error: SettingError,
    },
    /// The cache has a size of 0 entries.
    #[error("token_cache: set at least one entry, or use off()")]
    TokenCache,
}

impl BuildError {
    /// Puts the problems of settings first, and drops the problems that follow from them.
    pub(crate) fn of(problems: Vec<ConfigProblem>, settings: Option<AppliedSettings>) -> Self {
        let Some(settings) = settings else { return Self { problems, settings: None } };
        let of_settings = settings.problems.iter().cloned().map(ConfigProblem::from);
        let further = problems.into_iter().filter(|problem| !settings.blame(named::keys(problem)));
        let problems = of_settings.chain(further).collect();
        Self { problems, settings: Some(settings) }
    }

    /// Returns every problem.
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.problems
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is unusable")?;
        for (index, problem) in self.problems.iter().enumerate() {
            f.write_str(if index == 0 { ": " } else { "; " })?;
            named::write(problem, self.settings.as_ref(), f)?;
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
            TrustedDomainsProblem::Entry { domain, error } => Self::DomainInList { domain: shown(&domain), error },
            TrustedDomainsProblem::ListEmpty => Self::DomainsEmpty,
            TrustedDomainsProblem::Only(error) => Self::Domain(error),
        }
    }
}

impl From<SettingProblem> for ConfigProblem {
    fn from(problem: SettingProblem) -> Self {
        let option = KnownSetting::of(problem.key).map_or("", |setting| setting.option);
        Self::Setting { name: problem.name, option, error: problem.error }
    }
}

impl ConfigProblem {
    pub(crate) fn decryption_keys(problem: HeldKeysProblem) -> Self {
        Self::DecryptionKeys { problem: problem.to_string().into() }
    }

    /// Returns the name of the builder's option that has the problem.
    pub fn option(&self) -> &'static str {
        match self {
            Self::Algorithms => "algorithms",
            Self::Audience => "audience",
            Self::CertificateSource(_) => "client_certificates",
            Self::ClientAuth | Self::ClientCertificate => "client_auth",
            Self::DecryptionKeys { .. } => "decryption_keys",
            Self::DecryptionsAtOnce => "decryptions_at_once",
            Self::Domain(_) => "domain",
            Self::DomainInList { .. } | Self::DomainsEmpty => "domains",
            Self::Dpop(_) => "dpop",
            Self::ExchangeCache => "exchange_cache",
            Self::ExchangeDomain(_) | Self::ExchangeDomainMissing => "exchange_domain",
            Self::HttpClient(_) => "http_client",
            Self::JwksHost { .. } => "allow_jwks_host",
            Self::KeyPolicy(_) => "key_policy",
            Self::Leeway => "leeway",
            Self::Logout(_) => "logout",
            Self::LongConnections(_) => "long_connections",
            Self::MaxTokenAge => "max_token_age",
            Self::OwnHost { .. } | Self::OwnHostsEmpty => "own_hosts",
            Self::PublicUrl(_) | Self::PublicUrlQuery => "public_url",
            Self::ResourceMetadata(_) => "resource_metadata",
            Self::Setting { option, .. } => option,
            Self::TokenCache => "token_cache",
        }
    }
}
