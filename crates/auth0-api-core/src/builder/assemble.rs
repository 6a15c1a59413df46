//! The checks of a configuration, and the client that is composed of the checked settings.

use std::sync::Arc;

use super::ApiClientBuilder;
use crate::binding::Binder;
use crate::build_error::{BuildError, ConfigProblem};
use crate::called_url::{OwnHosts, TargetPolicy, TargetUrl};
use crate::client::{ApiClient, EndUserAddresses, Generation, Lasting};
use crate::decryption::{DecryptionPlaces, MOST_DECRYPTIONS};
use crate::exchange::SharedExchange;
#[cfg(feature = "reqwest")]
use crate::http::ReqwestClient;
use crate::http::{BoundedClient, HttpClient};
use crate::issuer::{IssuerConfig, JwksHost, Loopback, Trust, TrustedDomains};
use crate::known_settings::SettingWarning;
use crate::mtls::CertificatePolicy;
use crate::printable::shown;
use crate::reloadable::{Reloadable, ReloadableFacts, keep, keep_all};
use crate::token::Leeway;

impl ApiClient {
    /// Configures a client for the domain of a tenant, or for [several domains](TrustedDomains), and for the identifier
    /// of this API.
    pub fn builder(domains: impl Into<TrustedDomains>, audience: impl Into<Box<str>>) -> ApiClientBuilder {
        ApiClientBuilder::new(domains.into(), audience.into())
    }
}

impl ApiClientBuilder {
    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with every problem, not only the first.
    pub fn build(self) -> Result<ApiClient, BuildError> {
        let (settings, mut problems) = (self.reloadable.applied.clone(), Vec::new());
        let client = self.assemble(&mut problems);
        settings.iter().flat_map(|settings| &settings.warnings).for_each(SettingWarning::log);
        if let Some(settings) = settings.as_ref().filter(|settings| settings.is_loopback) {
            let name = settings.written(&["domain"]).unwrap_or_default();
            let hint = format!("{name} names a tenant on this machine by plain http: never use this in production");
            tracing::warn!(
                name: "insecure_loopback", target: "auth0_api", event = "insecure_loopback", hint = hint.as_str()
            );
        }
        client.ok_or_else(|| BuildError::of(problems, settings))
    }

    /// Checks every setting, and assembles the client from the checked forms. Returns `None` if there is a problem.
    fn assemble(self, problems: &mut Vec<ConfigProblem>) -> Option<ApiClient> {
        let facts = ReloadableFacts {
            has_own_http_client: self.http_client.is_some(),
            loopback: self.loopback,
            resource: self.resource.as_ref(),
        };
        let reloadable = self.reloadable.clone().check(&facts, problems);
        // `keep` records the problem of a setting. Nothing returns above the last `keep`, so every problem is recorded.
        let http_client = keep(
            problems,
            self.http_client.clone().map_or_else(|| default_http_client(&self.reloadable.domains, self.loopback), Ok),
        );
        let public_url = keep(problems, self.public_url.as_deref().map(parsed_public_url).transpose());
        let own_hosts = self.own_hosts.as_deref().map(|hosts| parsed_own_hosts(hosts, problems));
        let jwks_hosts = self.parsed_jwks_hosts(problems);
        let exchange_cache = keep(problems, self.exchange_cache.check().ok_or(ConfigProblem::ExchangeCache));
        let certificates = CertificatePolicy::new(self.client_certificates, self.trusted_proxies.clone());
        let certificates = keep(problems, certificates.map_err(ConfigProblem::CertificateSource));
        if !(1..=MOST_DECRYPTIONS).contains(&self.decryptions_at_once) {
            problems.push(ConfigProblem::DecryptionsAtOnce);
        }
        let dpop = keep_all(problems, self.dpop.check(), ConfigProblem::Dpop);
        let key_policy = keep_all(problems, self.key_policy.check(), ConfigProblem::KeyPolicy);
        let leeway = keep(problems, Leeway::new(self.leeway).ok_or(ConfigProblem::Leeway));
        let long_connections = keep_all(problems, self.long_connections.check(), ConfigProblem::LongConnections);
        let logout = self.logout.map(|policy| policy.check(self.leeway).map_err(ConfigProblem::Logout)).transpose();
        let logout = keep(problems, logout);
        let token_cache = keep(problems, self.token_cache.checked().ok_or(ConfigProblem::TokenCache));
        let settings_are_usable = self.reloadable.applied.as_ref().is_none_or(|settings| settings.problems.is_empty());
        if !problems.is_empty() || !settings_are_usable {
            return None;
        }

        let (reloadable, http_client, key_policy, certificates) =
            (reloadable?, http_client?, key_policy?, certificates?);
        let config = IssuerConfig {
            algorithms: reloadable.algorithms.clone(),
            clock: Arc::clone(&self.clock),
            http: BoundedClient::new(Arc::clone(&http_client), key_policy.max_document_bytes, key_policy.fetch_timeout),
            jwks_hosts: jwks_hosts?,
            policy: key_policy,
        };
        let end_users = if self.forward_end_user_address {
            EndUserAddresses::stated_by(self.trusted_proxies.clone())
        } else {
            EndUserAddresses::off()
        };
        let target = TargetPolicy::new(public_url?, own_hosts, self.trusted_proxies);
        let (logouts, revocation) = match logout? {
            Some((receiver, subjects)) => (Some(receiver), self.revocation.and(subjects)),
            None => (None, self.revocation),
        };
        let (clock, forward_end_user) = (Arc::clone(&self.clock), self.forward_end_user_address);
        let issuers = Trust::new(&reloadable.trusted, self.loopback, config, target.clone());
        let lasting = Lasting {
            certificate_bound_tokens: certificates.is_configured(),
            binding: Arc::new(Binder::new(dpop?, target, certificates)),
            clock: self.clock,
            decryption_places: DecryptionPlaces::new(self.decryptions_at_once),
            end_users,
            exchange: SharedExchange::new(exchange_cache?, clock, forward_end_user, self.telemetry),
            has_own_http_client: self.http_client.is_some(),
            http_client,
            leeway: leeway?,
            logouts,
            long_connections: long_connections?,
            loopback: self.loopback,
            rejected_bodies: self.rejected_bodies,
            resource: self.resource,
            revocation,
            token_cache: token_cache?,
        };
        let settings = Reloadable { applied: None, ..self.reloadable };
        let first = Generation::new(reloadable, &lasting, issuers, None);
        Some(ApiClient::new(lasting, settings, first))
    }

    /// Parses every host, also after an invalid one.
    fn parsed_jwks_hosts(&self, problems: &mut Vec<ConfigProblem>) -> Option<Vec<JwksHost>> {
        let parse =
            |host: &str| JwksHost::parse(host).map_err(|error| ConfigProblem::JwksHost { host: shown(host), error });
        let hosts: Vec<_> = self.jwks_hosts.iter().map(|host| keep(problems, parse(host))).collect();
        hosts.into_iter().collect()
    }
}

fn parsed_public_url(url: &str) -> Result<TargetUrl, ConfigProblem> {
    if url.contains(['?', '#']) {
        return Err(ConfigProblem::PublicUrlQuery);
    }
    TargetUrl::parse(url).map_err(ConfigProblem::PublicUrl)
}

fn parsed_own_hosts(hosts: &[Box<str>], problems: &mut Vec<ConfigProblem>) -> OwnHosts {
    if hosts.is_empty() {
        problems.push(ConfigProblem::OwnHostsEmpty);
    }
    let mut own_hosts = OwnHosts::default();
    for host in hosts {
        keep(problems, own_hosts.add(host).map_err(|error| ConfigProblem::OwnHost { host: shown(host), error }));
    }
    own_hosts
}

/// Without any certificate on this machine, a client for tenants on this machine still works by plain HTTP.
#[cfg(feature = "reqwest")]
fn default_http_client(domains: &TrustedDomains, loopback: Loopback) -> Result<Arc<dyn HttpClient>, ConfigProblem> {
    let client = ReqwestClient::new().or_else(|error| {
        let is_local = domains.parse(loopback).is_ok_and(|trusted| trusted.is_plain_http());
        if is_local { ReqwestClient::for_this_machine() } else { Err(error) }
    });
    Ok(Arc::new(client.map_err(|error| ConfigProblem::HttpClient(error.into()))?))
}

#[cfg(not(feature = "reqwest"))]
fn default_http_client(_: &TrustedDomains, _: Loopback) -> Result<Arc<dyn HttpClient>, ConfigProblem> {
    Err(ConfigProblem::HttpClient("the feature `reqwest` is off: set http_client()".into()))
}
