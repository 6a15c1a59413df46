//! The issuers that a client trusts, and the step from an unverified token to the keys that may have signed it.

use std::sync::Arc;
use std::time::SystemTime;

use super::config::IssuerConfig;
use super::directory::Directory;
use super::domain::Loopback;
use super::recent::Admitted;
use super::snapshot::{KeySetVersion, Snapshot};
use super::trusted::Trusted;
use super::{IssuerError, KeysUnavailable};
use crate::called_url::TargetPolicy;
use crate::jose::{Hash, JoseError, Jws};
use crate::request::TokenRequest;
use crate::token::Signed;

/// The trusted issuers, and the state of each.
#[derive(Debug)]
pub(crate) struct Trust {
    directory: Directory,
}

/// The keys that may have signed a token, and their issuer.
#[derive(Debug)]
pub(crate) struct IssuerKeys<'t> {
    issuer: Admitted<'t>,
    snapshot: Arc<Snapshot>,
}

impl Trust {
    pub(crate) fn new(trusted: Trusted, loopback: Loopback, config: IssuerConfig, target: TargetPolicy) -> Self {
        Self { directory: Directory::new(trusted, loopback, config, target) }
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
        jws: &Jws<'_>,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
    ) -> Result<IssuerKeys<'_>, IssuerError> {
        let header = jws.header();
        let (algorithm, key_id) = (header.algorithm(), header.key_id()?);
        let claims = jws.unverified_payload();
        let iss =
            claims.string("iss").ok().flatten().filter(|iss| !iss.is_empty()).ok_or(IssuerError::IssuerMissing)?;
        let issuer = self.directory.admit(&iss, request, now).await?;
        let snapshot = issuer.state.snapshot_with(algorithm, key_id.as_deref(), now).await?;
        Ok(IssuerKeys { issuer, snapshot })
    }

    /// Fetches the keys of every listed issuer that has no fresh ones, all at the same time. If the list is longer than
    /// `max_issuers`, only the keys of the first `max_issuers` issuers are fetched, because further issuers would evict
    /// earlier ones.
    pub(crate) async fn warm_up(&self, now: SystemTime) -> Result<(), KeysUnavailable> {
        let listed = self.directory.listed().into_iter();
        let fetches: Vec<_> = listed.map(|state| tokio::spawn(async move { state.warm_up(now).await })).collect();
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
        self.directory.is_ready(now)
    }

    /// Fetches the keys of one issuer, even if they are fresh.
    pub(crate) async fn refresh_now(&self, issuer: &str) -> Result<(), IssuerError> {
        let state = self.directory.state(issuer).ok_or(IssuerError::NotTrusted { nearly: false })?;
        Ok(state.refresh_now().await?)
    }

    /// The names of the listed issuers; empty with a resolver.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.directory.names()
    }

    /// Whether this request may use a token of an issuer that was admitted in an earlier request.
    pub(crate) async fn still_admit(
        &self,
        issuer: &str,
        request: Option<&TokenRequest<'_>>,
    ) -> Result<bool, IssuerError> {
        self.directory.still_admits(issuer, request).await
    }
}

impl IssuerKeys<'_> {
    /// Verifies the signature. A valid signature shows that the issuer wrote the claims.
    pub(crate) fn verify(&self, jws: Jws<'_>, hash: Hash) -> Result<Signed, JoseError> {
        let header = jws.header();
        let keys = self.snapshot.keys().find(header.algorithm(), header.key_id()?.as_deref());
        let keys = keys.map_err(|_| JoseError::Signature)?;
        let text = jws.compact();
        let jws = jws.verify(keys, hash)?;
        self.issuer.promote();
        Ok(Signed { jws, issuer: self.issuer.state.domain().shared_issuer(), text: text.into() })
    }

    /// Identifies the key set, so that a later request can check whether it is still the current one.
    pub(crate) fn version(&self) -> KeySetVersion {
        self.issuer.state.version_of(&self.snapshot)
    }
}
