//! The settings that a client can replace while it serves, and their checks.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::build_error::ConfigProblem;
use crate::exchange::ClientAuth;
use crate::exchange::client_auth::CheckedClientAuth;
use crate::issuer::{Domain, Loopback, Trusted, TrustedDomains};
use crate::jose::jwe::HeldKeys;
use crate::jose::{Algorithm, AlgorithmSet, DecryptionKey};
use crate::known_settings::AppliedSettings;
use crate::metadata::{CheckedResource, ClientFacts, ProtectedResource};
use crate::token::{AcceptedAudiences, MaxAge};

/// The settings that a client can replace while it serves: see [`ApiClient::reload`](crate::ApiClient::reload).
///
/// The setters do what the setters of [`ApiClientBuilder`](crate::ApiClientBuilder) with the same names do. A setting
/// that is not set keeps its value. All other settings of the builder are for the whole life of a client.
#[derive(Clone, Debug)]
#[must_use]
pub struct Reloadable {
    /// The settings that were applied, if any were.
    pub(crate) applied: Option<AppliedSettings>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) audiences: Vec<Box<str>>,
    pub(crate) client_auth: Option<ClientAuth>,
    pub(crate) decryption_keys: Option<Vec<DecryptionKey>>,
    pub(crate) domains: TrustedDomains,
    pub(crate) exchange_domain: Option<String>,
    pub(crate) max_token_age: Option<Duration>,
    /// The options that code has set over settings. `None` if no settings were applied.
    pub(crate) over_settings: Option<BTreeSet<&'static str>>,
    pub(crate) required_claims: Vec<Box<str>>,
    pub(crate) strict_rfc9068: bool,
}

/// What the checks need to know of the other settings.
#[derive(Debug)]
pub(crate) struct ReloadableFacts<'s> {
    pub(crate) has_own_http_client: bool,
    pub(crate) loopback: Loopback,
    pub(crate) resource: Option<&'s ProtectedResource>,
}

/// Valid settings. Only [`Reloadable::check`] creates this type.
#[derive(Debug)]
pub(crate) struct CheckedReloadable {
    pub(crate) algorithms: AlgorithmSet,
    pub(crate) audiences: AcceptedAudiences,
    pub(crate) client_auth: Option<CheckedClientAuth>,
    pub(crate) decryption_keys: Option<HeldKeys>,
    /// The domain that exchanges tokens, if there is one.
    pub(crate) exchange_domain: Option<Domain>,
    pub(crate) max_age: Option<MaxAge>,
    pub(crate) required_claims: Vec<Box<str>>,
    pub(crate) resource: Option<CheckedResource>,
    pub(crate) strict_rfc9068: bool,
    pub(crate) trusted: Trusted,
}

impl Reloadable {
    pub(crate) fn new(domains: TrustedDomains, audience: Box<str>) -> Self {
        Self {
            applied: None,
            algorithms: vec![DEFAULT_ALGORITHM],
            audiences: vec![audience],
            client_auth: None,
            decryption_keys: None,
            domains,
            exchange_domain: None,
            max_token_age: None,
            over_settings: None,
            required_claims: Vec::new(),
            strict_rfc9068: false,
        }
    }

    /// Replaces the algorithms. Without a new algorithm, the keys of the issuers are not fetched again.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self.set_by_code("algorithms")
    }

    /// Replaces the audiences.
    pub fn audiences<A: Into<Box<str>>>(mut self, audiences: impl IntoIterator<Item = A>) -> Self {
        self.audiences = audiences.into_iter().map(Into::into).collect();
        self.set_by_code("audience")
    }

    /// Replaces how this API authenticates at the token endpoint: for example, after the tenant has rotated the secret.
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.client_auth = Some(client_auth);
        self.set_by_code("client_auth")
    }

    /// Replaces the keys that decrypt tokens. Keep the old key while the tenant may still encrypt for it.
    pub fn decryption_keys(mut self, keys: impl IntoIterator<Item = DecryptionKey>) -> Self {
        self.decryption_keys = Some(keys.into_iter().collect());
        self.set_by_code("decryption_keys")
    }

    /// Rejects encrypted tokens from now on.
    pub fn without_decryption_keys(mut self) -> Self {
        self.decryption_keys = None;
        self.set_by_code("decryption_keys")
    }

    /// Replaces the trusted domains. The tokens of a domain that is left out are rejected.
    pub fn domains(mut self, domains: impl Into<TrustedDomains>) -> Self {
        self.domains = domains.into();
        self.set_by_code("domain")
    }

    /// Replaces the domain of the tenant that exchanges tokens.
    pub fn exchange_domain(mut self, domain: impl Into<String>) -> Self {
        self.exchange_domain = Some(domain.into());
        self.set_by_code("exchange_domain")
    }

    /// Replaces the greatest age of a token. `None`: only `exp` limits the age.
    pub fn max_token_age(mut self, age: impl Into<Option<Duration>>) -> Self {
        self.max_token_age = age.into();
        self.set_by_code("max_token_age")
    }

    /// Replaces the claims that every token must have. An empty list requires none.
    pub fn required_claims<C: Into<Box<str>>>(mut self, names: impl IntoIterator<Item = C>) -> Self {
        self.required_claims = names.into_iter().map(Into::into).collect();
        self.set_by_code("required_claim")
    }

    /// Sets whether every token must have the profile of
    /// [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4).
    pub fn strict_rfc9068(mut self, strict: bool) -> Self {
        self.strict_rfc9068 = strict;
        self.set_by_code("strict_rfc9068")
    }

    /// Remembers that code has set this option, if settings were applied before: see
    /// [`over_settings`](Self::over_settings).
    pub(crate) fn set_by_code(mut self, option: &'static str) -> Self {
        if let Some(options) = &mut self.over_settings {
            options.insert(option);
        }
        self
    }

    /// Adds the report of settings to that of the settings before.
    pub(crate) fn with_report(mut self, report: AppliedSettings) -> Self {
        self.applied = Some(self.applied.unwrap_or_default().and(report));
        self
    }

    /// Checks every setting, and adds every problem to `problems`. Returns `None` if there is one.
    pub(crate) fn check(
        self,
        facts: &ReloadableFacts<'_>,
        problems: &mut Vec<ConfigProblem>,
    ) -> Option<CheckedReloadable> {
        // `keep` records the problem of a setting. Nothing returns above the last `keep`, so every problem is recorded.
        let trusted = keep(problems, self.domains.parse(facts.loopback).map_err(ConfigProblem::from));
        let algorithms = AlgorithmSet::new(self.algorithms.iter().copied());
        let algorithms = keep(problems, algorithms.ok_or(ConfigProblem::Algorithms));
        let exchange_domain = keep(problems, self.parsed_exchange_domain(facts.loopback));
        let audiences = keep(problems, AcceptedAudiences::new(self.audiences.clone()).ok_or(ConfigProblem::Audience));
        let no_certificate = !facts.has_own_http_client && self.client_auth.as_ref().is_some_and(ClientAuth::is_tls);
        let client_auth = self.client_auth.map(|auth| auth.check().ok_or(ConfigProblem::ClientAuth));
        let client_auth = keep(problems, client_auth.transpose());
        let certificate = if no_certificate { Err(ConfigProblem::ClientCertificate) } else { Ok(()) };
        let certificate = keep(problems, certificate);
        let decryption_keys = self.decryption_keys.map(HeldKeys::new).transpose();
        let decryption_keys = keep(problems, decryption_keys.map_err(ConfigProblem::decryption_keys));
        let max_age = self.max_token_age.map(|age| MaxAge::new(age).ok_or(ConfigProblem::MaxTokenAge)).transpose();
        let max_age = keep(problems, max_age);
        // The metadata contains the trusted issuers, so the metadata is checked only if the trusted issuers are valid.
        let resource = trusted.as_ref().and_then(|trusted| {
            let (issuers, audiences) = (trusted.issuers(), self.audiences.as_slice());
            let facts_of_client = ClientFacts { audiences, issuers, loopback: facts.loopback };
            let resource = facts.resource.cloned().map(|resource| resource.check_for(&facts_of_client)).transpose();
            keep(problems, resource.map_err(ConfigProblem::ResourceMetadata))
        });
        let ((), trusted) = (certificate?, trusted?);
        Some(CheckedReloadable {
            algorithms: algorithms?,
            audiences: audiences?,
            client_auth: client_auth?,
            decryption_keys: decryption_keys?,
            exchange_domain: exchange_domain?.or_else(|| trusted.only().cloned()),
            max_age: max_age?,
            required_claims: self.required_claims,
            resource: resource?,
            strict_rfc9068: self.strict_rfc9068,
            trusted,
        })
    }

    /// Returns the domain where the client authenticates; `None` stands for the only trusted domain.
    fn parsed_exchange_domain(&self, loopback: Loopback) -> Result<Option<Domain>, ConfigProblem> {
        match &self.exchange_domain {
            Some(named) => Domain::parse(named, loopback).map(Some).map_err(ConfigProblem::ExchangeDomain),
            None if self.client_auth.is_some() && !self.domains.is_one() => Err(ConfigProblem::ExchangeDomainMissing),
            None => Ok(None),
        }
    }
}

/// Records the problem of a setting.
pub(crate) fn keep<T>(problems: &mut Vec<ConfigProblem>, result: Result<T, ConfigProblem>) -> Option<T> {
    result.map_err(|problem| problems.push(problem)).ok()
}

/// Records all problems of a policy.
pub(crate) fn keep_all<T, E>(
    problems: &mut Vec<ConfigProblem>,
    result: Result<T, Vec<E>>,
    problem: fn(E) -> ConfigProblem,
) -> Option<T> {
    result.map_err(|errors| problems.extend(errors.into_iter().map(problem))).ok()
}

/// Auth0's default.
const DEFAULT_ALGORITHM: Algorithm = Algorithm::RS256;
