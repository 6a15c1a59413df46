//! The state of each issuer: made when its first token comes, and kept within bounds.

use std::fmt;
use std::sync::Arc;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::Domain;
use super::state::{IssuerConfig, IssuerState};
use crate::meter;

/// Finds the state of an issuer that was admitted.
pub(super) enum Directory {
    /// All issuers of a list that is short enough: no look-up beyond the list itself.
    Pinned(Box<[Arc<IssuerState>]>),
    /// The issuers that were asked for last.
    Recent(Cache<Arc<str>, Arc<IssuerState>>),
}

impl Directory {
    pub(super) fn pinned(domains: &[Domain], config: &Arc<IssuerConfig>) -> Self {
        meter::issuers_held(domains.len() as u64);
        Self::Pinned(domains.iter().map(|domain| state(domain, config)).collect())
    }

    pub(super) fn recent(capacity: u32) -> Self {
        // By recency alone: moka's default may turn a new issuer away in favour of a popular one.
        let cache = Cache::builder().max_capacity(capacity.into()).eviction_policy(EvictionPolicy::lru());
        Self::Recent(cache.build())
    }

    /// The state of an issuer, made if there is none.
    pub(super) fn state(&self, domain: &Domain, config: &Arc<IssuerConfig>) -> Arc<IssuerState> {
        match self {
            Self::Pinned(states) => {
                let known = states.iter().find(|state| state.domain() == domain);
                known.map_or_else(|| state(domain, config), Arc::clone)
            }
            Self::Recent(states) => {
                let entry = states.entry(domain.shared_issuer()).or_insert_with(|| state(domain, config));
                if entry.is_fresh() {
                    // The bound holds now, not some time later.
                    states.run_pending_tasks();
                    meter::issuers_held(states.entry_count());
                }
                entry.into_value()
            }
        }
    }

    /// The state of an issuer, if there is one.
    pub(super) fn known(&self, issuer: &str) -> Option<Arc<IssuerState>> {
        match self {
            Self::Pinned(states) => states.iter().find(|state| state.domain().issuer() == issuer).map(Arc::clone),
            Self::Recent(states) => states.get(issuer),
        }
    }

    /// How many issuers' states are held.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Pinned(states) => states.len() as u64,
            Self::Recent(states) => states.entry_count(),
        }
    }
}

fn state(domain: &Domain, config: &Arc<IssuerConfig>) -> Arc<IssuerState> {
    Arc::new(IssuerState::new(domain.clone(), Arc::clone(config)))
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("issuers", &self.len()).finish_non_exhaustive()
    }
}
