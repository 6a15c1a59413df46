//! Starts the fetches of an issuer's keys: who may cause one, when it begins, and what its result changes.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::documents::{self, Fetched};
use super::fetching::{Fetching, PostponedKeySet};
use super::pending::{Cause, FetchResult, Pending};
use super::policy::PATIENCE;
use super::report;
use super::snapshot::Snapshot;
use super::state::IssuerState;
use super::{DiscoveryError, FetchLimit, IssuerError, KeyNotLookedFor, KeysUnavailable};
use crate::flight::Flight;
use crate::sync::{MutexGuard, sleep, spawn};

impl IssuerState {
    /// Joins the fetch in progress, or starts one if there is a permit for it now or in less than a second.
    ///
    /// The lock proves that no fetch stores its result at the same time. The permit is taken and the fetch is started
    /// under this one lock. If another request came in between, it would take a second permit for the same fetch.
    pub(super) fn start_or_join(
        self: &Arc<Self>,
        fetching: &mut MutexGuard<'_, Fetching>,
        cause: Cause,
    ) -> Result<Pending, KeyNotLookedFor> {
        if let Some(flight) = self.fetches.join(&()) {
            let now = self.config.clock.now();
            let begins_in = fetching.begins_at.and_then(|at| at.duration_since(now).ok()).unwrap_or_default();
            return Ok(Pending { flight, begins_in });
        }
        let begins_in = self.permit(fetching, cause)?;
        Ok(Pending { flight: self.start(fetching, begins_in), begins_in })
    }

    /// Waits for a fetch. Many requests may wait for a fetch that has begun, but only some for one that has not. These have a
    /// place until the fetch ends.
    pub(super) async fn wait_for(
        &self,
        pending: Pending,
        cause: Cause,
    ) -> Result<(Arc<Snapshot>, SystemTime), IssuerError> {
        let Pending { flight, begins_in } = pending;
        let is_limited = cause == Cause::UnknownKey || cause == Cause::Token && !self.is_proven();
        let needs_place = is_limited && !begins_in.is_zero();
        let place =
            needs_place.then(|| self.limits.place().ok_or_else(|| self.not_looked_for(cause.limit(), begins_in)));
        let _place = place.transpose()?;
        Ok(flight.result().await.unwrap_or_else(|| Err(self.given_up()))?)
    }

    /// Takes the permits that a fetch needs, and returns how long the fetch has to wait for them.
    fn permit(&self, fetching: &mut Fetching, cause: Cause) -> Result<Duration, KeyNotLookedFor> {
        if cause != Cause::UnknownKey {
            return self.newcomer_permit(fetching, cause);
        }
        let wait = fetching.permits.take(self.config.clock.now(), PATIENCE);
        let wait = wait.map_err(|wait| self.not_looked_for(FetchLimit::UnknownKeys, wait))?;
        match self.newcomer_permit(fetching, cause) {
            Ok(other) => Ok(wait.max(other)),
            Err(no_permit) => {
                fetching.permits.give_back(1);
                Err(no_permit)
            }
        }
    }

    /// Takes the permit that every fetch of an issuer without a verified token needs.
    fn newcomer_permit(&self, fetching: &mut Fetching, cause: Cause) -> Result<Duration, KeyNotLookedFor> {
        let first = fetching.first.begins_at.take();
        if cause == Cause::Operator || self.is_proven() {
            return Ok(Duration::ZERO);
        }
        if let Some(begins_at) = first {
            // If the clock was set back after the permit was taken, the wait would be too long.
            return Ok(begins_at.duration_since(self.config.clock.now()).unwrap_or_default().min(PATIENCE));
        }
        let wait = self.limits.take(&*self.config.clock);
        let wait = wait.map_err(|wait| self.not_looked_for(FetchLimit::Newcomers, wait))?;
        fetching.first.permits = fetching.first.permits.saturating_add(1);
        Ok(wait)
    }

    fn start(self: &Arc<Self>, fetching: &mut Fetching, begins_in: Duration) -> Flight<FetchResult> {
        fetching.begins_at = (!begins_in.is_zero()).then(|| self.config.clock.now() + begins_in);
        let state = Arc::clone(self);
        self.fetches.join_or_start((), || async move {
            if !begins_in.is_zero() {
                sleep(begins_in).await;
                state.lock().begins_at = None;
            }
            let (began, fetching) = (state.config.clock.now(), Arc::clone(&state));
            // The fetch runs in a task of its own. If the HTTP client panics, only that task ends. This task then
            // records a failed fetch, with its back-off.
            let fetched = spawn(async move { fetching.fetch().await }).await;
            let snapshot = state.finish(fetched.unwrap_or(Err(DiscoveryError::GivenUp)))?;
            Ok((snapshot, began))
        })
    }

    /// Fetches the discovery document, because `jwks_uri` may change, and then the key set.
    ///
    /// If the server of the key set answers that this client must try later, the next fetch asks only for the key set.
    /// When a large fleet starts at once, the tenant answers few of its requests, so no answer may be wasted.
    async fn fetch(&self) -> Result<Fetched, DiscoveryError> {
        let (last, now) = (self.current.load_full(), self.config.clock.now());
        let (postponed, refreshes, past_caches) = {
            let mut fetching = self.lock();
            let postponed = fetching.take_postponed(self.config.policy.fresh_for, now);
            (postponed, fetching.refreshes, self.limits.goes_past_caches(self.domain.issuer()))
        };
        let key_set = if let Some(postponed) = postponed {
            postponed
        } else {
            let jwks_uri = documents::jwks_uri(&self.domain, &self.config, past_caches).await?;
            PostponedKeySet { jwks_uri, read_at: now, refreshes }
        };
        let last = last.as_deref().map(Snapshot::fetched);
        let fetched = documents::key_set(&key_set.jwks_uri, &self.config, last, past_caches).await;
        if fetched.as_ref().is_err_and(DiscoveryError::postpones_the_key_set) {
            self.lock().postponed = Some(key_set);
        }
        fetched
    }

    /// Stores the result of a fetch.
    ///
    /// This method holds the lock during all changes. A task that takes the lock afterwards finds the new snapshot or
    /// the failure. So that task does not start an unnecessary fetch.
    fn finish(&self, fetched: Result<Fetched, DiscoveryError>) -> Result<Arc<Snapshot>, KeysUnavailable> {
        let mut fetching = self.lock();
        let now = self.config.clock.now();
        match fetched {
            Ok(fetched) => {
                let last = self.current.load();
                let is_new = last.as_ref().is_none_or(|last| !Arc::ptr_eq(last.keys(), &fetched.keys));
                report::fetched(&self.domain, is_new.then_some(&*fetched.keys), now);
                if let Some(last) = last.as_ref().filter(|_| is_new) {
                    fetching.removed.update(last.keys(), &fetched.keys, now);
                }
                let snapshot = Arc::new(Snapshot::new(fetched, now, self.config.policy.refresh_after()));
                fetching.succeed(now);
                self.current.store(Some(Arc::clone(&snapshot)));
                Ok(snapshot)
            }
            Err(cause) => {
                let error = fetching.fail(cause, self.domain.shared_issuer(), now);
                report::fetch_failed(&error);
                Err(error)
            }
        }
    }

    pub(super) fn not_looked_for(&self, limit: FetchLimit, retry_after: Duration) -> KeyNotLookedFor {
        KeyNotLookedFor { issuer: self.domain.shared_issuer(), limit, retry_after }
    }

    /// The error of a fetch that ended without a result.
    pub(super) fn given_up(&self) -> KeysUnavailable {
        let (issuer, cause) = (self.domain.shared_issuer(), Arc::new(DiscoveryError::GivenUp));
        KeysUnavailable { issuer, cause, retry_after: Duration::from_secs(1) }
    }
}
