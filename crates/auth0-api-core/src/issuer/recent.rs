//! The states of the most recently used issuers, for clients that cannot hold the states of all issuers.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use moka::Entry;
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::config::IssuerConfig;
use super::fetching::FirstFetch;
use super::limits::Limits;
use super::state::IssuerState;
use super::{Domain, FetchLimit, KeyNotLookedFor};
use crate::meter;

/// Two LRU caches: one of issuers with at least one verified token, and one of newcomers, which have no verified token
/// so far.
///
/// An attacker who knows the names of trusted issuers can write tokens that name them, without a valid signature:
///
/// 1. Such a token adds its issuer to `newcomers` only, and only if there is a permit for its fetch, now or in less than
///    a second. So the token can evict only other newcomers. Each further fetch for a newcomer needs a permit, too.
///    There is room for many more newcomers than permits, so a newcomer's keys are still there when its users come.
/// 2. The first token with a valid signature moves its issuer to `verified`. After that, only other issuers that move
///    to `verified` can evict it.
/// 3. When an issuer moves, its permits are returned. So the permits limit only issuers without a verified token.
///
/// [`ApiClient::warm_up`](crate::ApiClient::warm_up) and [`ApiClient::refresh_now`](crate::ApiClient::refresh_now) put
/// issuers that the configuration lists into `verified` at once, unless they are newcomers already.
pub(super) struct Recent {
    config: Arc<IssuerConfig>,
    limits: Arc<Limits>,
    verified: States,
    newcomers: States,
}

type States = Cache<Arc<str>, Arc<IssuerState>>;

/// The state of an admitted issuer.
#[derive(Debug)]
pub(super) struct Admitted<'d> {
    pub(super) state: Arc<IssuerState>,
    /// Set if the issuer has no verified token so far, and moves to another cache when it has one.
    pub(super) newcomer_in: Option<&'d Recent>,
}

impl Recent {
    pub(super) fn new(config: Arc<IssuerConfig>, limits: Arc<Limits>) -> Self {
        let policy = &config.policy;
        // LRU: moka's default policy may reject a new issuer in favour of a frequently used one.
        let cache =
            |size: usize| Cache::builder().max_capacity(size as u64).eviction_policy(EvictionPolicy::lru()).build();
        let (verified, newcomers) = (cache(policy.issuers_held()), cache(policy.newcomers_held()));
        Self { config, limits, verified, newcomers }
    }

    /// Returns the state of an issuer, if it is held.
    pub(super) fn known(&self, issuer: &str) -> Option<Arc<IssuerState>> {
        let verified = || self.verified.get(issuer);
        // Another request may move the issuer from the newcomers to the verified issuers between these look-ups.
        verified().or_else(|| self.newcomers.get(issuer)).or_else(verified)
    }

    /// Returns the state of an issuer that the configuration lists, and creates the state if there is none.
    pub(super) fn listed(&self, domain: &Domain) -> Arc<IssuerState> {
        self.known(domain.issuer()).unwrap_or_else(|| self.add_verified(self.new_state(domain, FirstFetch::default())))
    }

    /// The states of these issuers, which the configuration lists: of those that are held, and of others while there is
    /// room. An issuer that is in use is not evicted, and none counts as used because of this call.
    pub(super) fn within_room(&self, domains: &[Domain]) -> Vec<Arc<IssuerState>> {
        self.settle();
        let states = self.newcomers.iter().chain(self.verified.iter());
        let held: HashMap<_, _> = states.map(|(_, state)| (state.domain().shared_issuer(), state)).collect();
        let mut room = self.config.policy.issuers_held().saturating_sub(self.proven().len());
        let state = |domain: &Domain| {
            held.get(domain.issuer()).map(Arc::clone).or_else(|| {
                room = room.checked_sub(1)?;
                Some(self.listed(domain))
            })
        };
        domains.iter().filter_map(state).collect()
    }

    /// The states of issuers that were added to the configured list, as many as there is room for. They begin as newcomers,
    /// so they evict no issuer that is in use.
    pub(super) fn added(&self, domains: &[&Domain]) -> Vec<Arc<IssuerState>> {
        self.settle();
        let policy = &self.config.policy;
        let room = policy.newcomers_held().saturating_sub(self.without_proof().len());
        let add = |domain: &&Domain| {
            let issuer = domain.shared_issuer();
            self.newcomers.get_with(issuer, || self.new_state(domain, FirstFetch::default()))
        };
        let unproven = domains.iter().filter(|domain| !self.verified.contains_key(domain.issuer()));
        unproven.take(room.min(policy.issuers_held())).map(add).collect()
    }

    /// Whether an issuer with or without a verified token has keys that may be used. None counts as used because of this call.
    pub(super) fn is_ready(&self, now: SystemTime) -> bool {
        self.verified.iter().chain(self.newcomers.iter()).any(|(_, state)| state.is_ready(now))
    }

    /// The states of the issuers with a verified token.
    pub(super) fn proven(&self) -> Vec<Arc<IssuerState>> {
        self.verified.iter().map(|(_, state)| state).collect()
    }

    /// The states of the issuers without a verified token.
    pub(super) fn without_proof(&self) -> Vec<Arc<IssuerState>> {
        self.newcomers.iter().map(|(_, state)| state).collect()
    }

    /// Takes over the state of an issuer without a verified token, unless a token was verified meanwhile.
    pub(super) fn adopt_newcomer(&self, state: &Arc<IssuerState>) {
        if !self.verified.contains_key(state.domain().issuer()) {
            self.newcomers.insert(state.domain().shared_issuer(), Arc::clone(state));
        }
    }

    /// Takes over the state of an issuer with a verified token.
    pub(super) fn adopt(&self, state: &Arc<IssuerState>) {
        self.verified.insert(state.domain().shared_issuer(), Arc::clone(state));
    }

    /// Returns the state of a trusted issuer that an unverified token names. If the issuer has no state, this method
    /// takes a permit and creates a state.
    pub(super) fn admit(&self, domain: &Domain) -> Result<Admitted<'_>, KeyNotLookedFor> {
        if let Some(state) = self.verified.get(domain.issuer()) {
            return Ok(Admitted { state, newcomer_in: None });
        }
        match self.newcomers.get(domain.issuer()) {
            Some(state) => Ok(Admitted { state, newcomer_in: Some(self) }),
            None => self.newcomer(domain),
        }
    }

    fn newcomer(&self, domain: &Domain) -> Result<Admitted<'_>, KeyNotLookedFor> {
        let (issuer, limit) = (domain.shared_issuer(), FetchLimit::Newcomers);
        let wait = self.limits.take(&*self.config.clock);
        let wait = wait.map_err(|retry_after| KeyNotLookedFor { issuer, limit, retry_after })?;
        let first = FirstFetch::paid(self.config.clock.now() + wait);
        // Several requests may get here at the same time with the same new issuer, each with a permit. The cache
        // inserts the state of one request. The other requests get that same state, and return their permits.
        let entry = self.newcomers.entry(domain.shared_issuer()).or_insert_with(|| self.new_state(domain, first));
        let is_fresh = entry.is_fresh();
        if !is_fresh {
            self.limits.give_back(1);
        }
        let newcomer = entry.into_value();
        // Another request may have moved the issuer after this one looked for it. A second state would have keys that
        // `refresh_now` does not reach.
        if let Some(state) = self.verified.get(domain.issuer()) {
            self.newcomers.invalidate(domain.issuer());
            newcomer.prove();
            return Ok(Admitted { state, newcomer_in: None });
        }
        if is_fresh {
            self.evict_now();
        }
        Ok(Admitted { state: newcomer, newcomer_in: Some(self) })
    }

    fn new_state(&self, domain: &Domain, first: FirstFetch) -> Arc<IssuerState> {
        Arc::new(IssuerState::new(domain.clone(), Arc::clone(&self.config), Arc::clone(&self.limits), first))
    }

    /// Moves an issuer from the newcomers to the verified issuers, and returns its state: the one that is held, if it is
    /// another than that of the request.
    ///
    /// Several requests may do this at the same time. The cache lets one after the other decide about an issuer. An issuer
    /// that was evicted while the request waited stays away. `refresh_now` did not reach its state, which may have a removed
    /// key, so only this request uses it.
    fn promote(&self, state: &Arc<IssuerState>) -> Arc<IssuerState> {
        let issuer = state.domain().shared_issuer();
        let moved = self.verified.entry(Arc::clone(&issuer)).and_compute_with(|verified| {
            let newcomer = if verified.is_some() { None } else { self.newcomers.get(&*issuer) };
            newcomer.map_or(Op::Nop, Op::Put)
        });
        let held = moved.into_entry().map(Entry::into_value);
        held.map_or_else(|| Arc::clone(state), |held| self.moved(held))
    }

    /// Adds an issuer that the configuration lists.
    fn add_verified(&self, state: Arc<IssuerState>) -> Arc<IssuerState> {
        let issuer = state.domain().shared_issuer();
        let verified = self.verified.entry(issuer).or_insert_with(|| state).into_value();
        self.moved(verified)
    }

    /// Ends the time of an issuer as a newcomer, once it is verified. Each state returns its permits only once.
    fn moved(&self, verified: Arc<IssuerState>) -> Arc<IssuerState> {
        self.newcomers.invalidate(verified.domain().issuer());
        verified.prove();
        self.evict_now();
        verified
    }

    /// Runs moka's pending evictions, so that the limits apply at once, and updates the metric.
    fn evict_now(&self) {
        self.settle();
        meter::issuers_held(self.len());
    }

    /// Runs moka's pending evictions.
    fn settle(&self) {
        self.verified.run_pending_tasks();
        self.newcomers.run_pending_tasks();
    }

    /// Updates the metric.
    pub(super) fn report_held(&self) {
        self.evict_now();
    }

    /// The number of issuers whose state is held.
    fn len(&self) -> u64 {
        self.verified.entry_count() + self.newcomers.entry_count()
    }
}

impl Admitted<'_> {
    /// Records that a token of the issuer has a valid signature. Returns the state of a newcomer that has moved.
    pub(super) fn promote(&self) -> Option<Arc<IssuerState>> {
        self.state.prove();
        self.newcomer_in.map(|recent| recent.promote(&self.state))
    }
}

impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent").field("issuers", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::thread;

    use super::super::state::tests::Issuers;
    use super::*;

    /// `refresh_now` would take an issuer that is not known for one whose keys are not held.
    #[test]
    fn an_issuer_that_moves_is_known_all_the_time() {
        let Issuers(config, limits) = Issuers::new();
        let domain: Domain = "tenant.example.com".parse().unwrap();
        for round in 0..2_000 {
            let recent = Recent::new(Arc::clone(&config), Arc::clone(&limits));
            recent.added(&[&domain]);
            let moved = thread::scope(|threads| {
                let moving = threads.spawn(|| recent.admit(&domain).unwrap().promote().is_some());
                while !moving.is_finished() {
                    assert!(recent.known(domain.issuer()).is_some(), "round {round}");
                }
                moving.join().unwrap()
            });
            assert!(moved && recent.without_proof().is_empty());
        }
    }
}
