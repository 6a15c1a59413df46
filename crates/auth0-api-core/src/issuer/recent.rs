//! The states of the most recently used issuers, for clients that cannot hold the states of all issuers.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::config::IssuerConfig;
use super::permits::Permits;
use super::report;
use super::state::IssuerState;
use super::{DiscoveryError, Domain, KeysUnavailable};
use crate::meter;

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
    config: Arc<IssuerConfig>,
    verified: States,
    newcomers: States,
    permits: Mutex<Permits>,
}

type States = Cache<Arc<str>, Arc<IssuerState>>;

/// The state of an admitted issuer.
#[derive(Debug)]
pub(super) struct Admitted<'d> {
    pub(super) state: Arc<IssuerState>,
    /// Set if the issuer has no verified token so far, and may be promoted.
    pub(super) newcomer_in: Option<&'d Recent>,
}

impl Recent {
    pub(super) fn new(config: Arc<IssuerConfig>) -> Self {
        let policy = &config.policy;
        // LRU: moka's default policy may reject a new issuer in favour of a frequently used one.
        let cache =
            |size: usize| Cache::builder().max_capacity(size as u64).eviction_policy(EvictionPolicy::lru()).build();
        let permits = Mutex::new(Permits::full(policy.newcomers, policy.newcomer_interval, config.clock.now()));
        let (verified, newcomers) = (cache(policy.max_issuers), cache(policy.newcomers));
        Self { config, verified, newcomers, permits }
    }

    /// Returns the state of an issuer, if it is held.
    pub(super) fn known(&self, issuer: &str) -> Option<Arc<IssuerState>> {
        self.verified.get(issuer).or_else(|| self.newcomers.get(issuer))
    }

    /// Returns the state of an issuer that the configuration lists, and creates the state if there is none.
    pub(super) fn listed(&self, domain: &Domain) -> Arc<IssuerState> {
        self.known(domain.issuer()).unwrap_or_else(|| self.promote(&self.new_state(domain)))
    }

    /// The states of the first issuers of a list, as many as can be held. Further issuers would evict earlier ones.
    pub(super) fn first_listed<'s>(&'s self, domains: &'s [Domain]) -> impl Iterator<Item = Arc<IssuerState>> + 's {
        domains.iter().take(self.config.policy.max_issuers).map(|domain| self.listed(domain))
    }

    /// Returns the state of a trusted issuer that an unverified token names. If the issuer has no state, this method
    /// takes a permit and creates a state.
    pub(super) fn admit(&self, domain: &Domain, now: SystemTime) -> Result<Admitted<'_>, KeysUnavailable> {
        if let Some(state) = self.verified.get(domain.issuer()) {
            return Ok(Admitted { state, newcomer_in: None });
        }
        let state = match self.newcomers.get(domain.issuer()) {
            Some(newcomer) => newcomer,
            None => self.newcomer(domain, now)?,
        };
        Ok(Admitted { state, newcomer_in: Some(self) })
    }

    fn newcomer(&self, domain: &Domain, now: SystemTime) -> Result<Arc<IssuerState>, KeysUnavailable> {
        if !self.permits().take(now) {
            report::newcomer_throttled(domain);
            let (issuer, retry_after) = (domain.shared_issuer(), self.config.policy.newcomer_interval);
            return Err(KeysUnavailable { issuer, cause: Arc::new(DiscoveryError::Throttled), retry_after });
        }
        // Several requests may get here at the same time with the same new issuer, each with a permit. The cache
        // inserts the state of one request. The other requests get that same state, and return their permits.
        let entry = self.newcomers.entry(domain.shared_issuer()).or_insert_with(|| self.new_state(domain));
        if entry.is_fresh() {
            self.evict_now();
        } else {
            self.permits().give_back();
        }
        Ok(entry.into_value())
    }

    fn new_state(&self, domain: &Domain) -> Arc<IssuerState> {
        Arc::new(IssuerState::new(domain.clone(), Arc::clone(&self.config)))
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

impl Admitted<'_> {
    /// Records that a token of the issuer has a valid signature.
    pub(super) fn promote(&self) {
        if let Some(recent) = self.newcomer_in {
            recent.promote(&self.state);
        }
    }
}

impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent").field("issuers", &self.len()).finish_non_exhaustive()
    }
}
