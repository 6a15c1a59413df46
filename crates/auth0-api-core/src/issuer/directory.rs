//! The states of the issuers: when a state is created, and how many states are held in memory.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::permits::Permits;
use super::report;
use super::state::{IssuerConfig, IssuerState};
use super::{DiscoveryError, Domain, KeyPolicy, KeysUnavailable};
use crate::meter;

/// Finds the state of an admitted issuer.
#[derive(Debug)]
pub(super) enum Directory {
    /// All issuers of a list of at most [`KeyPolicy::max_issuers`] entries. Their states are created with the client
    /// and never evicted.
    Pinned(Box<[Arc<IssuerState>]>),
    /// The most recently used issuers, of a longer list or of a resolver.
    Recent(Arc<Recent>),
}

/// Two LRU caches: one of issuers with at least one verified token, and one of newcomers, which have no verified token
/// so far.
///
/// An attacker who knows the names of trusted issuers can write tokens that name them, without a valid signature:
///
/// 1. Such a token adds its issuer to `newcomers` only, and only if `permits` has a permit left. So the token can evict
///    only other newcomers, and the permits limit the fetches that such tokens cause.
/// 2. The first token with a valid signature moves its issuer to `verified`. After that, only other issuers that move
///    to `verified` can evict it.
/// 3. When an issuer moves, its permit is returned. So the permits limit only issuers without a verified token.
///
/// [`ApiClient::warm_up`](crate::ApiClient::warm_up) and [`ApiClient::refresh_now`](crate::ApiClient::refresh_now) put
/// issuers that the configuration lists into `verified` at once.
pub(super) struct Recent {
    verified: States,
    newcomers: States,
    permits: Mutex<Permits>,
}

type States = Cache<Arc<str>, Arc<IssuerState>>;

/// An issuer without a verified token so far.
#[derive(Debug)]
pub(super) struct Newcomer {
    state: Arc<IssuerState>,
    recent: Arc<Recent>,
}

impl Directory {
    pub(super) fn pinned(domains: &[Domain], config: &Arc<IssuerConfig>) -> Self {
        meter::issuers_held(domains.len() as u64);
        Self::Pinned(domains.iter().map(|domain| state(domain, config)).collect())
    }

    pub(super) fn recent(policy: &KeyPolicy, now: SystemTime) -> Self {
        // LRU: moka's default policy may reject a new issuer in favour of a frequently used one.
        let cache =
            |size: u32| Cache::builder().max_capacity(size.into()).eviction_policy(EvictionPolicy::lru()).build();
        let permits = Mutex::new(Permits::full(policy.newcomers, policy.newcomer_interval, now));
        let (verified, newcomers) = (cache(policy.max_issuers), cache(policy.newcomers));
        Self::Recent(Arc::new(Recent { verified, newcomers, permits }))
    }

    /// Returns the state of an issuer that the configuration lists, and creates the state if there is none.
    pub(super) fn state(&self, domain: &Domain, config: &Arc<IssuerConfig>) -> Arc<IssuerState> {
        self.known(domain.issuer()).unwrap_or_else(|| {
            let state = state(domain, config);
            match self {
                Self::Pinned(_) => state,
                Self::Recent(recent) => recent.promote(&state),
            }
        })
    }

    /// Returns the state of an issuer, if it is held.
    pub(super) fn known(&self, issuer: &str) -> Option<Arc<IssuerState>> {
        match self {
            Self::Pinned(states) => states.iter().find(|state| state.domain().issuer() == issuer).map(Arc::clone),
            Self::Recent(recent) => recent.verified.get(issuer).or_else(|| recent.newcomers.get(issuer)),
        }
    }
}

impl Recent {
    /// Returns the state of an issuer that an unverified token names. If the issuer has no state, this method takes a
    /// permit and creates a state.
    pub(super) fn state(
        self: &Arc<Self>,
        domain: &Domain,
        config: &Arc<IssuerConfig>,
        now: SystemTime,
    ) -> Result<(Arc<IssuerState>, Option<Newcomer>), KeysUnavailable> {
        if let Some(verified) = self.verified.get(domain.issuer()) {
            return Ok((verified, None));
        }
        let state = match self.newcomers.get(domain.issuer()) {
            Some(newcomer) => newcomer,
            None => self.newcomer(domain, config, now)?,
        };
        Ok((Arc::clone(&state), Some(Newcomer { state, recent: Arc::clone(self) })))
    }

    fn newcomer(
        &self,
        domain: &Domain,
        config: &Arc<IssuerConfig>,
        now: SystemTime,
    ) -> Result<Arc<IssuerState>, KeysUnavailable> {
        if !self.permits().take(now) {
            report::newcomer_throttled(domain);
            let (issuer, retry_after) = (domain.shared_issuer(), config.policy.newcomer_interval);
            return Err(KeysUnavailable { issuer, cause: Arc::new(DiscoveryError::Throttled), retry_after });
        }
        // Several requests may get here at the same time with the same new issuer, each with a permit. The cache
        // inserts the state of one request. The other requests get that same state, and return their permits.
        let entry = self.newcomers.entry(domain.shared_issuer()).or_insert_with(|| state(domain, config));
        if entry.is_fresh() {
            self.evict_now();
        } else {
            self.permits().give_back();
        }
        Ok(entry.into_value())
    }

    /// Moves an issuer from the newcomers to the verified issuers.
    ///
    /// Several requests may do this at the same time. The first request inserts the state, and all requests get that
    /// state. The request that removes the newcomer returns the permit, so that the permit is returned only once.
    fn promote(&self, state: &Arc<IssuerState>) -> Arc<IssuerState> {
        let issuer = state.domain().shared_issuer();
        let verified = self.verified.entry(Arc::clone(&issuer)).or_insert_with(|| Arc::clone(state)).into_value();
        if self.newcomers.remove(&*issuer).is_some() {
            self.permits().give_back();
        }
        self.evict_now();
        verified
    }

    /// Runs moka's pending evictions, so that the limits apply at once, and updates the metric.
    fn evict_now(&self) {
        self.verified.run_pending_tasks();
        self.newcomers.run_pending_tasks();
        meter::issuers_held(self.len());
    }

    /// The number of issuers whose state is held.
    fn len(&self) -> u64 {
        self.verified.entry_count() + self.newcomers.entry_count()
    }

    fn permits(&self) -> MutexGuard<'_, Permits> {
        // No code panics while it holds this lock. Even after a panic, the numbers would be consistent.
        self.permits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Newcomer {
    /// Records that a token of the issuer has a valid signature.
    pub(super) fn promote(&self) {
        self.recent.promote(&self.state);
    }
}

fn state(domain: &Domain, config: &Arc<IssuerConfig>) -> Arc<IssuerState> {
    Arc::new(IssuerState::new(domain.clone(), Arc::clone(config)))
}

impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent").field("issuers", &self.len()).finish_non_exhaustive()
    }
}
