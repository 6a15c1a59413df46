//! The issuers that a client trusts, and the step from an unverified token to the keys that may have signed it.

use std::sync::Arc;
use std::time::SystemTime;

use super::directory::{Directory, Newcomer};
use super::domain::Loopback;
use super::resolver::{DomainContext, DomainResolver, IncomingRequest, resolve};
use super::snapshot::{KeySetVersion, Snapshot};
use super::state::{IssuerConfig, IssuerState};
use super::trusted::Trusted;
use super::{Domain, IssuerError, KeysUnavailable};
use crate::called_url::TargetPolicy;
use crate::jose::{JoseError, Jws, Object};
use crate::request::TokenRequest;
use crate::token::Signed;

/// The trusted issuers, and the state of each.
#[derive(Debug)]
pub(crate) struct Trust {
    trusted: Trusted,
    directory: Directory,
    config: Arc<IssuerConfig>,
    loopback: Loopback,
    target: TargetPolicy,
}

/// The keys that may have signed a token, and their issuer.
#[derive(Debug)]
pub(crate) struct IssuerKeys {
    snapshot: Arc<Snapshot>,
    newcomer: Option<Newcomer>,
}

impl Trust {
    pub(crate) fn new(trusted: Trusted, loopback: Loopback, config: IssuerConfig, target: TargetPolicy) -> Self {
        let config = Arc::new(config);
        let capacity = config.policy.max_issuers;
        let directory = match &trusted {
            Trusted::Listed(domains) if domains.len() <= capacity as usize => Directory::pinned(domains, &config),
            Trusted::Listed(_) | Trusted::Resolved(_) => Directory::recent(&config.policy, config.clock.now()),
        };
        Self { trusted, directory, config, loopback, target }
    }

    /// Admits the token's issuer, then finds its keys.
    ///
    /// This is the only step of a verification that may fetch an issuer's documents. It works in three parts:
    ///
    /// 1. It reads `alg`, `kid` and `iss` from the token, which is not verified yet.
    /// 2. It compares `iss` with the names of the trusted issuers: a list from the configuration, or the resolver's
    ///    answer for this request. An issuer that is not among them is rejected, and nothing is fetched for it.
    /// 3. It finds or creates the state of that issuer, and waits for a snapshot with the key. With a list of at most
    ///    `max_issuers` entries, every issuer has a state from the start. Otherwise the issuer may be a newcomer.
    ///    [`IssuerKeys::verify`] promotes a newcomer once a signature is valid.
    pub(crate) async fn key_for(
        &self,
        jws: &Jws<'_, Object>,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
    ) -> Result<IssuerKeys, IssuerError> {
        let header = jws.header();
        let (algorithm, key_id) = (header.algorithm(), header.key_id()?);
        let claims = jws.unverified_payload();
        let iss =
            claims.string("iss").ok().flatten().filter(|iss| !iss.is_empty()).ok_or(IssuerError::IssuerMissing)?;
        let (snapshot, newcomer) = match (&self.directory, &self.trusted) {
            (Directory::Pinned(states), _) => {
                let issuer = admitted(&iss, states, |state| state.domain())?;
                (issuer.snapshot_with(algorithm, key_id.as_deref(), now).await?, None)
            }
            (Directory::Recent(recent), Trusted::Listed(domains)) => {
                let domain = admitted(&iss, domains, |domain| domain)?;
                let (state, newcomer) = recent.state(domain, &self.config, now)?;
                (state.snapshot_with(algorithm, key_id.as_deref(), now).await?, newcomer)
            }
            (Directory::Recent(recent), Trusted::Resolved(resolver)) => {
                let domains = self.resolve(&**resolver, request, &iss).await?;
                let domain = admitted(&iss, &domains, |domain| domain)?;
                let (state, newcomer) = recent.state(domain, &self.config, now)?;
                (state.snapshot_with(algorithm, key_id.as_deref(), now).await?, newcomer)
            }
        };
        Ok(IssuerKeys { snapshot, newcomer })
    }

    /// Fetches the keys of every listed issuer that has no fresh ones, all at the same time. If the list is longer than
    /// `max_issuers`, only the keys of the first `max_issuers` issuers are fetched, because further issuers would evict
    /// earlier ones.
    pub(crate) async fn warm_up(&self, now: SystemTime) -> Result<(), KeysUnavailable> {
        let held = self.listed().iter().take(self.config.policy.max_issuers as usize).map(|domain| self.state(domain));
        let fetches: Vec<_> = held.map(|state| tokio::spawn(async move { state.warm_up(now).await })).collect();
        let mut outcome = Ok(());
        for fetch in fetches {
            // Joining a task fails if the runtime is shutting down. In that case there is no result to report.
            outcome = outcome.and(fetch.await.unwrap_or(Ok(())));
        }
        outcome
    }

    /// Returns true once the first fetch of every listed issuer has ended and at least one issuer has usable keys. So
    /// the outage of one tenant does not affect the users of other tenants. With more issuers than `max_issuers`, one
    /// issuer with usable keys is enough. With a resolver, the result is always true. This method never fetches, and
    /// neither creates nor evicts an issuer's state.
    pub(crate) fn is_ready(&self, now: SystemTime) -> bool {
        match &self.directory {
            Directory::Pinned(states) => {
                states.iter().any(|state| state.is_ready(now)) && states.iter().all(|state| state.was_asked())
            }
            Directory::Recent(_) => {
                let mut held = self.listed().iter().filter_map(|domain| self.directory.known(domain.issuer()));
                self.listed().is_empty() || held.any(|state| state.is_ready(now))
            }
        }
    }

    /// Fetches the keys of one issuer, even if they are fresh.
    pub(crate) async fn refresh_now(&self, issuer: &str) -> Result<(), IssuerError> {
        let listed = self.listed().iter().find(|domain| domain.issuer() == issuer).map(|domain| self.state(domain));
        match listed.or_else(|| self.directory.known(issuer)) {
            Some(state) => Ok(state.refresh_now().await?),
            None => Err(IssuerError::NotTrusted { nearly: false }),
        }
    }

    /// The names of the listed issuers; empty with a resolver.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.trusted.issuers().unwrap_or_default()
    }

    /// Whether this request may use a token of an issuer that was admitted in an earlier request.
    pub(crate) async fn still_admit(
        &self,
        issuer: &str,
        request: Option<&TokenRequest<'_>>,
    ) -> Result<bool, IssuerError> {
        match &self.trusted {
            // The list is part of the configuration and does not change.
            Trusted::Listed(_) => Ok(true),
            Trusted::Resolved(resolver) => {
                let domains = self.resolve(&**resolver, request, issuer).await?;
                Ok(domains.iter().any(|domain| domain.issuer() == issuer))
            }
        }
    }

    fn listed(&self) -> &[Domain] {
        match &self.trusted {
            Trusted::Listed(domains) => domains,
            Trusted::Resolved(_) => &[],
        }
    }

    fn state(&self, domain: &Domain) -> Arc<IssuerState> {
        self.directory.state(domain, &self.config)
    }

    async fn resolve(
        &self,
        resolver: &dyn DomainResolver,
        request: Option<&TokenRequest<'_>>,
        unverified_issuer: &str,
    ) -> Result<Vec<Domain>, IssuerError> {
        let incoming = request.map(|request| IncomingRequest { request, target: &self.target });
        Ok(resolve(resolver, DomainContext::new(incoming, unverified_issuer), self.loopback).await?)
    }
}

impl IssuerKeys {
    /// Verifies the signature. A valid signature shows that the issuer wrote the claims.
    pub(crate) fn verify(&self, jws: Jws<'_, Object>) -> Result<Signed, JoseError> {
        let header = jws.header();
        let keys = self.snapshot.keys().find(header.algorithm(), header.key_id()?.as_deref());
        let keys = keys.map_err(|_| JoseError::Signature)?;
        let text = jws.compact();
        let jws = jws.verify(keys)?;
        if let Some(newcomer) = &self.newcomer {
            newcomer.promote();
        }
        Ok(Signed { jws, issuer: self.snapshot.issuer(), text: text.into() })
    }

    /// Identifies the key set, so that a later request can check whether it is still the current one.
    pub(crate) fn version(&self) -> KeySetVersion {
        self.snapshot.version()
    }
}

/// RFC 8725 §3.8, RFC 9068 §4: `iss` must be exactly the name of a trusted issuer. Nothing is fetched for other
/// issuers.
fn admitted<'t, T>(iss: &str, trusted: &'t [T], domain: impl Fn(&T) -> &Domain) -> Result<&'t T, IssuerError> {
    if let Some(found) = trusted.iter().find(|trusted| domain(trusted).issuer() == iss) {
        return Ok(found);
    }
    let name = |issuer: &'t str| issuer.trim_end_matches('/');
    let nearly =
        trusted.iter().any(|trusted| name(domain(trusted).issuer()).eq_ignore_ascii_case(iss.trim_end_matches('/')));
    Err(IssuerError::NotTrusted { nearly })
}
