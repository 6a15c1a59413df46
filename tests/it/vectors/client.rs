//! Builds a client from the configuration of a case.

use std::time::Duration;

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::jose::PrivateKey;
use auth0_api_core::{Algorithm, ApiClient, ApiClientBuilder, ClientAuth, DpopPolicy, KeyPolicy, TrustedDomains};
use auth0_api_testing::ManualClock;
use serde::Deserialize;

use super::network::Network;
use super::resolver::Resolver;

/// The configuration: the domain, the audiences, and settings that differ from the defaults.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    domain: Option<String>,
    audiences: Vec<String>,
    algorithms: Option<Vec<String>>,
    dpop: Option<Dpop>,
    #[serde(default)]
    strict_rfc9068: bool,
    client: Option<Client>,
    domains: Option<Vec<String>>,
    keys: Option<Keys>,
    resolver: Option<Resolver>,
}

/// Settings that differ from the default key policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    fresh_for_s: Option<u64>,
    max_issuers: Option<usize>,
}

/// The DPoP policy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dpop {
    mode: Option<String>,
    algorithms: Option<Vec<String>>,
    max_age_s: Option<u64>,
    leeway_s: Option<u64>,
    replay: Option<bool>,
    #[serde(default)]
    nonce: bool,
    #[serde(default)]
    accept_bound_tokens_as_bearer: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    id: String,
    secret: Option<String>,
    private_key_pem: Option<String>,
    alg: Option<String>,
}

/// The result of building a client.
pub(super) enum Built {
    Client(ApiClient),
    /// The names of the wrong options.
    Rejected(Vec<String>),
}

impl Config {
    /// Returns a configuration with a domain, an audience and a DPoP policy. All other settings have their defaults.
    pub(super) fn plain(dpop: Dpop) -> Self {
        let (domain, audience) = ("tenant.auth0.test".to_owned(), "https://api.example.test/".to_owned());
        Self { domain: Some(domain), audiences: vec![audience], dpop: Some(dpop), ..Self::default() }
    }

    /// Builds the configured client.
    ///
    /// # Errors
    ///
    /// The builder cannot express a setting, or the builder's error does not name the rejected option.
    pub(super) fn build(&self, network: &Network, clock: &ManualClock) -> Result<Built, String> {
        let mut problems = Vec::new();
        let builder = self.builder(&mut problems)?.http_client(network.http.clone()).clock(clock.clone());
        match builder.build() {
            Ok(client) if problems.is_empty() => Ok(Built::Client(client)),
            Ok(_) => Ok(Built::Rejected(problems)),
            Err(error) => {
                let message = error.to_string();
                let named = error.problems().iter().map(auth0_api_core::ConfigProblem::option).collect::<Vec<_>>();
                if let Some(option) = named.iter().find(|option| !message.contains(**option)) {
                    return Err(format!("the text of the build error does not name {option}: {message}"));
                }
                problems.extend(named.into_iter().map(|option| name_in_the_vectors(option).to_owned()));
                Ok(Built::Rejected(problems))
            }
        }
    }

    fn builder(&self, problems: &mut Vec<String>) -> Result<ApiClientBuilder, String> {
        let mut builder = ApiClient::builder(self.trusted()?, "").audiences(self.audiences.iter().cloned());
        if let (Some(domain), true) = (&self.domain, self.domains.is_some() || self.resolver.is_some()) {
            builder = builder.exchange_domain(domain);
        }
        if let Some(keys) = &self.keys {
            builder = builder.key_policy(keys.policy());
        }
        if let Some(names) = &self.algorithms {
            builder = builder.algorithms(parse_algorithms(names, "algorithms", problems));
        }
        if let Some(dpop) = &self.dpop {
            builder = builder.dpop(dpop.policy(problems)?);
        }
        if self.strict_rfc9068 {
            builder = builder.strict_rfc9068();
        }
        if let Some(client) = &self.client {
            builder = builder.client_auth(client.auth()?);
        }
        Ok(builder)
    }

    /// Returns the tenants whose tokens the client accepts.
    fn trusted(&self) -> Result<TrustedDomains, String> {
        match (&self.domains, &self.resolver) {
            (Some(_), Some(_)) => Err("a case has either a list of domains or a resolver".to_owned()),
            (Some(domains), None) => Ok(TrustedDomains::list(domains.iter().cloned())),
            (None, Some(resolver)) => Ok(TrustedDomains::resolver(resolver.clone())),
            (None, None) => Ok(self.domain.clone().unwrap_or_default().into()),
        }
    }

    /// Returns the resolver, if the case has one. The resolver records the contexts of its calls.
    pub(super) fn resolver(&self) -> Option<&Resolver> {
        self.resolver.as_ref()
    }
}

impl Keys {
    fn policy(&self) -> KeyPolicy {
        let mut policy = KeyPolicy::new();
        if let Some(seconds) = self.fresh_for_s {
            policy = policy.fresh_for(Duration::from_secs(seconds));
        }
        if let Some(issuers) = self.max_issuers {
            policy = policy.max_issuers(issuers);
        }
        policy
    }
}

/// Maps an option to its name in the vectors, which also use `domain` for the exchange domain.
fn name_in_the_vectors(option: &str) -> &str {
    if option == "exchange_domain" { "domain" } else { option }
}

impl Dpop {
    /// A policy with this mode and these proof algorithms.
    pub(super) fn of(mode: String, algorithms: Vec<String>) -> Self {
        Self { mode: Some(mode), algorithms: Some(algorithms), ..Self::default() }
    }

    fn policy(&self, problems: &mut Vec<String>) -> Result<DpopPolicy, String> {
        let mut policy = match self.mode.as_deref() {
            None | Some("accept") => DpopPolicy::accept(),
            Some("ignore") => DpopPolicy::ignore(),
            Some("require") => DpopPolicy::require(),
            Some(other) => return Err(format!("there is no DPoP mode {other:?}")),
        };
        if let Some(seconds) = self.max_age_s {
            policy = policy.max_age(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.leeway_s {
            policy = policy.leeway(Duration::from_secs(seconds));
        }
        if let Some(names) = &self.algorithms {
            policy = policy.algorithms(parse_algorithms(names, "dpop", problems));
        }
        if self.replay == Some(false) {
            policy = policy.insecure_without_replay_protection();
        }
        if self.nonce {
            policy = policy.nonce(RotatingNonce::generate().map_err(|error| error.to_string())?);
        }
        if self.accept_bound_tokens_as_bearer {
            policy = policy.accept_bound_tokens_as_bearer();
        }
        Ok(policy)
    }
}

impl Client {
    fn auth(&self) -> Result<ClientAuth, String> {
        match (&self.secret, &self.private_key_pem) {
            (Some(secret), None) => Ok(ClientAuth::secret_post(self.id.as_str(), secret.as_str())),
            (None, Some(pem)) => Ok(ClientAuth::private_key_jwt(self.id.as_str(), self.key(pem)?)),
            _ => Err("a client has either a secret or a private key".to_owned()),
        }
    }

    fn key(&self, pem: &str) -> Result<PrivateKey, String> {
        let key = PrivateKey::from_pem(pem).map_err(|error| error.to_string())?;
        match &self.alg {
            Some(name) => {
                let algorithm: Algorithm = name.parse().map_err(|_| format!("there is no algorithm {name}"))?;
                key.with_algorithm(algorithm).map_err(|error| error.to_string())
            }
            None => Ok(key),
        }
    }
}

/// Parses names of algorithms. Unknown names are a problem of `option`.
fn parse_algorithms(names: &[String], option: &str, problems: &mut Vec<String>) -> Vec<Algorithm> {
    let parsed: Vec<Algorithm> = names.iter().filter_map(|name| name.parse().ok()).collect();
    if parsed.len() < names.len() {
        problems.push(option.to_owned());
    }
    parsed
}
