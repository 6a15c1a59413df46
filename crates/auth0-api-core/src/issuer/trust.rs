//! The issuers that a client trusts, and the way from a token to the key that must have signed it.

use std::sync::Arc;
use std::time::SystemTime;

use super::directory::{Directory, Newcomer};
use super::domain::Loopback;
use super::resolver::{Asked, DomainContext, DomainResolver, resolve};
use super::snapshot::{KeySetVersion, Snapshot};
use super::state::{IssuerConfig, IssuerState};
use super::trusted::Trusted;
use super::{Domain, IssuerError, KeysUnavailable};
use crate::called_url::TargetPolicy;
use crate::jose::{JoseError, Jws, Object};
use crate::request::TokenRequest;
use crate::token::Signed;

/// Whom we trust, and the state of each issuer.
#[derive(Debug)]
pub(crate) struct Trust {
    trusted: Trusted,
    directory: Directory,
    config: Arc<IssuerConfig>,
    loopback: Loopback,
    target: TargetPolicy,
}

/// The keys that may have signed a token, and whose they are.
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

    /// Admits the token's issuer, then finds its keys: the only step of a verification that may fetch.
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

    /// Fetches the keys of every configured issuer, unless there are fresh ones: all at once, each on its own. Of a list longer
    /// than what can be held, the first ones: the rest would only push each other out.
    pub(crate) async fn warm_up(&self, now: SystemTime) -> Result<(), KeysUnavailable> {
        let held = self.listed().iter().take(self.config.policy.max_issuers as usize).map(|domain| self.state(domain));
        let fetches: Vec<_> = held.map(|state| tokio::spawn(async move { state.warm_up(now).await })).collect();
        let mut outcome = Ok(());
        for fetch in fetches {
            // A task that is gone has taken its runtime with it, and nobody waits any more.
            outcome = outcome.and(fetch.await.unwrap_or(Ok(())));
        }
        outcome
    }

    /// Whether some configured issuer has keys that serve, and all that can be held have been asked for theirs: the outage of one
    /// is not the others'. It only looks: no state is made, and none is pushed out.
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

    /// Fetches the keys of one issuer, fresh or not.
    pub(crate) async fn refresh_now(&self, issuer: &str) -> Result<(), IssuerError> {
        let listed = self.listed().iter().find(|domain| domain.issuer() == issuer).map(|domain| self.state(domain));
        match listed.or_else(|| self.directory.known(issuer)) {
            Some(state) => Ok(state.refresh_now().await?),
            None => Err(IssuerError::NotTrusted { nearly: false }),
        }
    }

    /// The issuers' names, unless a resolver knows them.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.trusted.issuers().unwrap_or_default()
    }

    /// Whether a token of this issuer, which was admitted before, would be admitted in this request, too.
    pub(crate) async fn still_admit(
        &self,
        issuer: &str,
        request: Option<&TokenRequest<'_>>,
    ) -> Result<bool, IssuerError> {
        match &self.trusted {
            // A list is what it was.
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
        let asked = request.map(|request| Asked { request, target: &self.target });
        Ok(resolve(resolver, DomainContext::new(asked, unverified_issuer), self.loopback).await?)
    }
}

impl IssuerKeys {
    /// Checks the signature: the step that turns claims into something somebody has said.
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

    /// Which set of keys this is, for whoever wants to know later whether it still is the issuer's.
    pub(crate) fn version(&self) -> KeySetVersion {
        self.snapshot.version()
    }
}

/// RFC 8725 §3.8, RFC 9068 §4: `iss` is exactly the name of a trusted issuer. Nothing is fetched for any other.
fn admitted<'t, T>(iss: &str, trusted: &'t [T], domain: impl Fn(&T) -> &Domain) -> Result<&'t T, IssuerError> {
    if let Some(found) = trusted.iter().find(|trusted| domain(trusted).issuer() == iss) {
        return Ok(found);
    }
    let name = |issuer: &'t str| issuer.trim_end_matches('/');
    let nearly =
        trusted.iter().any(|trusted| name(domain(trusted).issuer()).eq_ignore_ascii_case(iss.trim_end_matches('/')));
    Err(IssuerError::NotTrusted { nearly })
}
