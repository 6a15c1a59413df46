//! The issuers that a client trusts, and the step from an unverified token to the keys that may have signed it.

use std::sync::Arc;
use std::time::SystemTime;

use super::config::IssuerConfig;
use super::directory::{Directory, Origin};
use super::domain::Loopback;
use super::limits::Limits;
use super::recent::Admitted;
use super::report;
use super::snapshot::{KeySetVersion, Snapshot};
use super::state::{FetchBegan, Found, IssuerState};
use super::trusted::Trusted;
use super::{IssuerError, KeysUnavailable};
use crate::called_url::TargetPolicy;
use crate::jose::{AlgorithmSet, Hash, JoseError, Jws};
use crate::request::TokenRequest;
use crate::sync::JoinSet;
use crate::token::Signed;
use crate::waiting::Waiting;

/// The trusted issuers, and the state of each.
#[derive(Debug)]
pub(crate) struct Trust {
    directory: Directory,
    origin: Origin,
}

/// The keys that may have signed a token, and their issuer.
#[derive(Debug)]
pub(crate) struct IssuerKeys<'t> {
    issuer: Admitted<'t>,
    snapshot: Arc<Snapshot>,
    /// Whether the signature of the token was checked with these keys already, and is not valid.
    is_forged: bool,
}

impl Trust {
    pub(crate) fn new(trusted: &Trusted, loopback: Loopback, config: IssuerConfig, target: TargetPolicy) -> Self {
        let limits = Arc::new(Limits::new(&config.policy, config.clock.now()));
        let origin = Origin { config: Arc::new(config), limits, loopback, target };
        let trust = Self { directory: Directory::new(trusted, &origin, None), origin };
        trust.report_held();
        trust
    }

    /// Updates the metric of the issuers in memory.
    pub(crate) fn report_held(&self) {
        self.directory.report_held();
    }

    /// Returns the trust in these issuers, with the keys that are held already, for tokens with these algorithms.
    ///
    /// An issuer's state holds keys for the algorithms that were accepted when it was created. So all states are created
    /// anew if an algorithm is added.
    pub(crate) fn renewed(&self, trusted: &Trusted, algorithms: &AlgorithmSet) -> Self {
        if algorithms.iter().all(|algorithm| self.origin.config.algorithms.contains(algorithm)) {
            let origin = self.origin.clone();
            return Self { directory: Directory::new(trusted, &origin, Some(&self.directory)), origin };
        }
        let config = IssuerConfig { algorithms: algorithms.clone(), ..(*self.origin.config).clone() };
        let origin = Origin { config: Arc::new(config), ..self.origin.clone() };
        Self { directory: Directory::new(trusted, &origin, None), origin }
    }

    /// Admits the token's issuer, then finds its keys.
    ///
    /// This is the only step of a verification that may fetch an issuer's documents. It works in three parts:
    ///
    /// 1. It reads `alg`, `kid` and `iss` from the token, which is not verified yet.
    /// 2. It compares `iss` with the names of the trusted issuers: a list from the configuration, or the resolver's
    ///    answer for this request. An issuer that is not among them is rejected, and nothing is fetched for it.
    /// 3. It finds or creates the state of that issuer, and waits for a snapshot with the key. With a list, every issuer
    ///    has a state from the start, unless `max_issuers` is smaller. [`IssuerKeys::verify`] promotes an issuer once
    ///    a signature is valid.
    ///
    /// If the keys are stale because strangers had used up the permits, the token's signature may prove the issuer. The
    /// issuer then needs no permit, and this method waits for newer keys. If the keys are not at hand, an attempt ends here.
    pub(crate) async fn key_for(
        &self,
        jws: &Jws<'_>,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
        waiting: Waiting,
    ) -> Result<IssuerKeys<'_>, IssuerError> {
        let header = jws.header();
        let (algorithm, key_id) = (header.algorithm(), header.key_id());
        let claims = jws.unverified_payload();
        let iss =
            claims.string("iss").ok().flatten().filter(|iss| !iss.is_empty()).ok_or(IssuerError::IssuerMissing)?;
        let found = async {
            let issuer = self.directory.admit(&iss, request).await?;
            if let Some(snapshot) = issuer.state.snapshot_at_hand(algorithm, key_id, now) {
                return Ok(IssuerKeys { issuer, snapshot, is_forged: false });
            }
            waiting.begin().await;
            let (snapshot, began) = Box::pin(waited(&issuer.state, jws, now)).await?;
            let keys = IssuerKeys { issuer, snapshot, is_forged: false };
            match began {
                FetchBegan::Before | FetchBegan::After => Ok(keys),
                FetchBegan::BeforeAndNoPermit => Box::pin(keys.without_permit(jws, now)).await,
            }
        };
        found.await.inspect_err(report::not_looked_for)
    }

    /// Fetches the keys of every listed issuer that has no fresh ones, many at the same time. If the list is longer than
    /// a configured `max_issuers`, the keys of as many issuers are fetched as there is room for: no issuer in use is evicted.
    pub(crate) async fn warm_up(&self) -> Result<(), KeysUnavailable> {
        warm_up(self.directory.listed()).await
    }

    /// Fetches the keys of the listed issuers whose keys `previous` does not hold.
    pub(crate) async fn fetch_added(&self, previous: &Self) -> Result<(), KeysUnavailable> {
        let keeps_states = Arc::ptr_eq(&self.origin.config, &previous.origin.config);
        warm_up(if keeps_states { self.directory.added_to(&previous.directory) } else { self.directory.listed() }).await
    }

    /// Returns true once the first fetch of every listed issuer has ended and at least one issuer has usable keys. So
    /// the outage of one tenant does not affect the users of other tenants. With a list that is longer than a configured
    /// `max_issuers`, one issuer with usable keys is enough. With a resolver, the result is always true. This method
    /// never fetches, and neither creates nor evicts an issuer's state.
    pub(crate) fn is_ready(&self, now: SystemTime) -> bool {
        self.directory.is_ready(now)
    }

    /// Fetches the keys of one issuer, even if they are fresh.
    pub(crate) async fn refresh_now(&self, issuer: &str) -> Result<(), IssuerError> {
        // Also if the issuer is not held: with a resolver, its first fetch may come next, and a cache may have its old keys.
        self.origin.limits.go_past_caches(issuer.into());
        let state = self.directory.state(issuer).ok_or(IssuerError::NotTrusted { nearly: false })?;
        state.refresh_now().await
    }

    /// Whether the next request with the same issuer asks for the same state as the one that these keys are of.
    pub(crate) fn still_holds(&self, keys: &IssuerKeys<'_>) -> bool {
        self.directory.still_holds(&keys.issuer.state)
    }

    /// The names of the listed issuers; empty with a resolver.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.directory.names()
    }

    /// Whether the keys are all that a request may wait for: no resolver is asked, and no issuer is added.
    pub(crate) fn is_pinned(&self) -> bool {
        self.directory.is_pinned()
    }

    /// Whether this request may use a token that was verified with these keys of an issuer, and [`KeySetVersion::is_current`]
    /// does not say so. Admits the issuer and asks for its keys as for a new token.
    pub(crate) async fn still_uses(
        &self,
        keys: &KeySetVersion,
        issuer: &str,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
    ) -> Result<bool, IssuerError> {
        let found = async {
            let issuer = self.directory.admit(issuer, request).await?;
            issuer.state.snapshot(now).await.map(|snapshot| keys.is_of(&snapshot))
        };
        found.await.inspect_err(report::not_looked_for)
    }

    /// Whether this request may use a token of an issuer that was admitted in an earlier request, and was verified with
    /// these keys, which are still current.
    pub(crate) async fn still_admit(
        &self,
        keys: &KeySetVersion,
        issuer: &str,
        request: Option<&TokenRequest<'_>>,
    ) -> Result<bool, IssuerError> {
        self.directory.still_admits(keys, issuer, request).await
    }
}

impl IssuerKeys<'_> {
    /// Verifies the signature. A valid signature shows that the issuer wrote the claims.
    pub(crate) fn verify<'t>(&self, jws: Jws<'t>, hash: Hash) -> Result<Signed<'t>, JoseError> {
        let header = jws.header();
        let keys = self.snapshot.keys().find(header.algorithm(), header.key_id());
        let keys = keys.map_err(|_| JoseError::Signature)?;
        if self.is_forged {
            return Err(JoseError::Signature);
        }
        let (text, jwt) = (jws.presented(), jws.decrypted());
        let jws = jws.verify(keys, hash)?;
        drop(self.issuer.promote());
        let (text, jwt) = (text.into(), jwt.map(Into::into));
        Ok(Signed { jws, issuer: self.issuer.state.domain().shared_issuer(), text, jwt })
    }

    /// For keys that are stale because there was no permit for their refresh. If they verify the signature, the issuer needs
    /// no permit, and the tenant may have removed the key, so this method looks for it again. Otherwise strangers who take
    /// all permits could keep a leaked key in use.
    async fn without_permit(self, jws: &Jws<'_>, now: SystemTime) -> Result<Self, IssuerError> {
        let keys = self.snapshot.keys().find(jws.header().algorithm(), jws.header().key_id());
        if !keys.is_ok_and(|keys| jws.is_verified_by(keys)) {
            return Ok(Self { issuer: self.issuer, snapshot: self.snapshot, is_forged: true });
        }
        let state = self.issuer.promote().unwrap_or_else(|| Arc::clone(&self.issuer.state));
        let (snapshot, _) = waited(&state, jws, now).await?;
        Ok(Self { issuer: Admitted { state, newcomer_in: None }, snapshot, is_forged: false })
    }

    /// Identifies the key set, so that a later request can check whether it is still the current one.
    pub(crate) fn version(&self) -> KeySetVersion {
        self.issuer.state.version_of(&self.snapshot)
    }
}

/// Waits for a snapshot with the key of the token.
async fn waited(state: &Arc<IssuerState>, jws: &Jws<'_>, now: SystemTime) -> Result<Found, IssuerError> {
    let header = jws.header();
    state.snapshot_with(header.algorithm(), header.key_id(), now).await
}

/// Fetches the keys of these issuers, unless they are fresh.
async fn warm_up(issuers: Vec<Arc<IssuerState>>) -> Result<(), KeysUnavailable> {
    let (mut listed, mut fetches) = (issuers.into_iter().enumerate(), JoinSet::new());
    let mut first_failure: Option<(usize, KeysUnavailable)> = None;
    loop {
        while fetches.len() < WARM_UP_AT_ONCE
            && let Some((index, state)) = listed.next()
        {
            fetches.spawn(async move { (index, state.warm_up().await) });
        }
        match fetches.join_next().await {
            Some(Ok((index, Err(unavailable)))) => {
                if first_failure.as_ref().is_none_or(|(first, _)| index < *first) {
                    first_failure = Some((index, unavailable));
                }
            }
            // Joining a task fails if the runtime is shutting down. In that case there is no result to report.
            Some(_) => {}
            None => return first_failure.map_or(Ok(()), |(_, unavailable)| Err(unavailable)),
        }
    }
}

/// As many connections as a client with a hundred issuers opens, and few enough for the usual limit of open files.
const WARM_UP_AT_ONCE: usize = 100;
