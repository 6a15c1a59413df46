//! The state of each issuer: made when its first token comes, and kept within bounds.

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

/// Finds the state of an issuer that was admitted.
#[derive(Debug)]
pub(super) enum Directory {
    /// All issuers of a list that is short enough: no look-up beyond the list itself.
    Pinned(Box<[Arc<IssuerState>]>),
    /// The issuers that were asked for last.
    Recent(Arc<Recent>),
}

/// Issuers in two rooms.
///
/// Whoever knows the name of a trusted issuer can write a token that names it: such a token may bring an issuer into the small room
/// of the newcomers, as often as the permits allow. Only a signature that holds moves it into the other one, so that nobody who
/// has no token pushes out what others use.
pub(super) struct Recent {
    proven: States,
    newcomers: States,
    permits: Mutex<Permits>,
}

type States = Cache<Arc<str>, Arc<IssuerState>>;

/// An issuer none of whose tokens was verified yet.
#[derive(Debug)]
pub(super) struct Newcomer {
    state: Arc<IssuerState>,
    room: Arc<Recent>,
}

impl Directory {
    pub(super) fn pinned(domains: &[Domain], config: &Arc<IssuerConfig>) -> Self {
        meter::issuers_held(domains.len() as u64);
        Self::Pinned(domains.iter().map(|domain| state(domain, config)).collect())
    }

    pub(super) fn recent(policy: &KeyPolicy, now: SystemTime) -> Self {
        // By recency alone: moka's default may turn a new issuer away in favour of a popular one.
        let room =
            |size: u32| Cache::builder().max_capacity(size.into()).eviction_policy(EvictionPolicy::lru()).build();
        let permits = Mutex::new(Permits::full(policy.newcomers, policy.newcomer_interval, now));
        Self::Recent(Arc::new(Recent { proven: room(policy.max_issuers), newcomers: room(policy.newcomers), permits }))
    }

    /// The state of an issuer that the configuration names, made if there is none.
    pub(super) fn state(&self, domain: &Domain, config: &Arc<IssuerConfig>) -> Arc<IssuerState> {
        self.known(domain.issuer()).unwrap_or_else(|| {
            let state = state(domain, config);
            match self {
                Self::Pinned(_) => state,
                Self::Recent(room) => room.promote(&state),
            }
        })
    }

    /// The state of an issuer, if there is one.
    pub(super) fn known(&self, issuer: &str) -> Option<Arc<IssuerState>> {
        match self {
            Self::Pinned(states) => states.iter().find(|state| state.domain().issuer() == issuer).map(Arc::clone),
            Self::Recent(room) => room.proven.get(issuer).or_else(|| room.newcomers.get(issuer)),
        }
    }
}

impl Recent {
    /// The state of an issuer that a token names, made if there is none and a permit for it.
    pub(super) fn state(
        self: &Arc<Self>,
        domain: &Domain,
        config: &Arc<IssuerConfig>,
        now: SystemTime,
    ) -> Result<(Arc<IssuerState>, Option<Newcomer>), KeysUnavailable> {
        if let Some(proven) = self.proven.get(domain.issuer()) {
            return Ok((proven, None));
        }
        let state = match self.newcomers.get(domain.issuer()) {
            Some(newcomer) => newcomer,
            None => self.newcomer(domain, config, now)?,
        };
        Ok((Arc::clone(&state), Some(Newcomer { state, room: Arc::clone(self) })))
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
        let entry = self.newcomers.entry(domain.shared_issuer()).or_insert_with(|| state(domain, config));
        if entry.is_fresh() {
            self.evict_now();
        } else {
            self.permits().give_back();
        }
        Ok(entry.into_value())
    }

    /// Moves an issuer to those that only another one of theirs pushes out.
    fn promote(&self, state: &Arc<IssuerState>) -> Arc<IssuerState> {
        let issuer = state.domain().shared_issuer();
        let proven = self.proven.entry(Arc::clone(&issuer)).or_insert_with(|| Arc::clone(state)).into_value();
        if self.newcomers.remove(&*issuer).is_some() {
            self.permits().give_back();
        }
        self.evict_now();
        proven
    }

    /// The bounds hold now, not some time later.
    fn evict_now(&self) {
        self.proven.run_pending_tasks();
        self.newcomers.run_pending_tasks();
        meter::issuers_held(self.len());
    }

    /// How many issuers' states are held.
    fn len(&self) -> u64 {
        self.proven.entry_count() + self.newcomers.entry_count()
    }

    fn permits(&self) -> MutexGuard<'_, Permits> {
        // Nothing panics while holding it; if it did, the numbers are still whole.
        self.permits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Newcomer {
    /// A signature of the issuer holds.
    pub(super) fn promote(&self) {
        self.room.promote(&self.state);
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
