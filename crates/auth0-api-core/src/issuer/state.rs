//! One issuer's keys over time: when they are fetched, which requests wait, and which keys are used meanwhile. The
//! times and limits below are the defaults of [`KeyPolicy`](super::KeyPolicy).
//!
//! 1. **Fresh keys.** A request with a known `kid` takes the keys without a lock and without waiting. After four fifths
//!    of the time for which keys are fresh, such a request also starts a fetch in the background.
//! 2. **One fetch at a time.** A fetch runs in its own task. All requests that need the keys wait for this one fetch.
//!    They get its result, even if the result is a failure. Cancelling a request does not cancel the fetch.
//! 3. **Unknown `kid`.** The request waits for newer keys. It joins the fetch in progress. If there is none, it starts
//!    a fetch, provided that the token bucket has a permit. If the fetch began before the request, the issuer may have
//!    published the key after the fetch. So the request may then start one more fetch. A `kid` that is still missing is
//!    remembered, and causes no fetch for 30 s.
//! 4. **Stale keys.** A request waits for newer keys for at most one second. After a failed fetch, it does not wait. If
//!    no newer keys arrive, the request uses the stale keys, up to 24 hours after their fetch. After a failure, no
//!    fetch starts until the back-off is over. During the back-off, a request without usable keys fails at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::config::IssuerConfig;
use super::documents::{self, Fetched};
use super::fetching::Fetching;
use super::key_set::NoKey;
use super::policy::PATIENCE;
use super::report;
use super::snapshot::{CurrentSnapshot, KeySetVersion, Snapshot};
use super::{DiscoveryError, Domain, IssuerError, KeysUnavailable};
use crate::flight::{Flight, SingleFlight};
use crate::jose::Algorithm;

/// The keys and fetches of one issuer, independent of all other issuers.
///
/// Requests read `current` without a lock. Only [`finish`](Self::finish) writes `current`, and it holds the lock on
/// `fetching` while it does so. [`start_or_join`](Self::start_or_join) also needs this lock. A task that holds the lock
/// therefore sees a fetch in progress, or the result of that fetch, or for a moment both.
#[derive(Debug)]
pub(super) struct IssuerState {
    domain: Domain,
    config: Arc<IssuerConfig>,
    current: Arc<CurrentSnapshot>,
    fetching: Mutex<Fetching>,
    fetches: Arc<SingleFlight<(), FetchResult>>,
}

/// The snapshot, and when its fetch began.
type FetchResult = Result<(Arc<Snapshot>, SystemTime), KeysUnavailable>;

/// A snapshot, and whether its fetch began before or after the request.
type Found = (Arc<Snapshot>, FetchBegan);

/// Whether a fetch began before or after the request that uses its result.
///
/// `After`: the result is newer than the request, so a key that is missing from the result is unknown. `Before`: the
/// issuer may have published the key after the fetch began.
#[derive(Clone, Copy, PartialEq)]
enum FetchBegan {
    After,
    Before,
}

impl IssuerState {
    pub(super) fn new(domain: Domain, config: Arc<IssuerConfig>) -> Self {
        let fetching = Mutex::new(Fetching::new(&config.policy, config.clock.now()));
        Self { domain, config, current: Arc::default(), fetching, fetches: SingleFlight::new() }
    }

    pub(super) fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Identifies the key set of one of this issuer's snapshots.
    pub(super) fn version_of(&self, snapshot: &Snapshot) -> KeySetVersion {
        KeySetVersion::new(snapshot.keys(), &self.current)
    }

    /// Returns a snapshot that has a key for this algorithm and `kid`, or the reason why there is no such snapshot.
    pub(super) async fn snapshot_with(
        self: &Arc<Self>,
        algorithm: Algorithm,
        key_id: Option<&str>,
        now: SystemTime,
    ) -> Result<Arc<Snapshot>, IssuerError> {
        let (mut snapshot, mut fetch_began) = self.current(now).await?;
        for look_ups_left in (0..LOOK_UPS).rev() {
            match snapshot.keys().find(algorithm, key_id).map(drop) {
                Ok(()) => return Ok(snapshot),
                Err(NoKey::Ambiguous) => return Err(IssuerError::KeyAmbiguous),
                Err(NoKey::Unknown) => {}
            }
            let name = key_id.unwrap_or_default();
            if fetch_began == FetchBegan::After {
                self.lock().unknown.remember(name, now);
                break;
            }
            if look_ups_left == 0 {
                break;
            }
            let Some(newer) = self.newer_for_unknown_key(name, &snapshot, now).await? else { break };
            (snapshot, fetch_began) = newer;
        }
        Err(IssuerError::KeyUnknown)
    }

    /// Fetches the keys unless they are fresh.
    pub(super) async fn warm_up(self: &Arc<Self>, now: SystemTime) -> Result<(), KeysUnavailable> {
        self.current(now).await.map(drop)
    }

    /// Fetches the keys, even if they are fresh or a back-off is not over.
    pub(super) async fn refresh_now(self: &Arc<Self>) -> Result<(), KeysUnavailable> {
        // A fetch that is already in progress may have begun before the tenant changed its keys. This call cannot use
        // the result of such a fetch. It waits until that fetch ends, because only one fetch runs at a time.
        if let Some(earlier) = self.fetches.join(&()) {
            _ = earlier.result().await;
        }
        // If another fetch is in progress now, it began after the earlier fetch ended, and therefore after this call
        // began. This call can use the result of that fetch.
        let fetch = self.start_or_join(&self.lock());
        self.wait_for(fetch).await.map(drop)
    }

    /// Whether a fetch has ended, with keys or with a failure.
    pub(super) fn was_asked(&self) -> bool {
        self.current.load().is_some() || self.lock().has_failed()
    }

    /// Whether there are keys, fresh or stale, that may be used.
    pub(super) fn is_ready(&self, now: SystemTime) -> bool {
        self.current.load().as_ref().is_some_and(|snapshot| snapshot.age(now) < self.config.policy.stale_for)
    }

    /// Returns the keys to look up a `kid` in. Fresh keys are returned at once. Stale keys are returned after a short
    /// wait for newer ones. If there are no fresh or stale keys, this method waits for a fetch.
    async fn current(self: &Arc<Self>, now: SystemTime) -> Result<Found, KeysUnavailable> {
        let policy = &self.config.policy;
        let snapshot = self.current.load_full();
        match snapshot {
            Some(snapshot) if snapshot.age(now) < policy.fresh_for => {
                if snapshot.is_refresh_due(now) {
                    self.refresh_ahead(now);
                }
                Ok((snapshot, FetchBegan::Before))
            }
            Some(snapshot) if snapshot.age(now) < policy.stale_for => Ok(self.fetched_in_time(snapshot, now).await),
            expired => self.fetch_after(expired.as_ref(), now).await,
        }
    }

    /// Starts a fetch in the background, unless one is in progress or a back-off is not over.
    fn refresh_ahead(self: &Arc<Self>, now: SystemTime) {
        // Do not wait for the lock, because the keys are still fresh. The task that holds the lock probably starts or
        // finishes a fetch. If it does not, the next request tries again.
        let Ok(fetching) = self.fetching.try_lock() else { return };
        // Check the age again: a fetch may have ended after the caller checked the age and before this task took the
        // lock.
        let still_due = self.current.load().as_ref().is_some_and(|snapshot| snapshot.is_refresh_due(now));
        if still_due && fetching.failure_at(now).is_none() {
            drop(self.start_or_join(&fetching));
        }
    }

    /// Returns a newer snapshot if the fetch ends in time. Otherwise returns the stale snapshot, and the fetch
    /// continues.
    ///
    /// Auth0 allows the use of stale keys (`stale-if-error`), so that an outage of the tenant does not make this API
    /// unavailable. After a failed fetch, requests do not wait.
    async fn fetched_in_time(self: &Arc<Self>, old: Arc<Snapshot>, now: SystemTime) -> Found {
        // Even with a time limit of zero, `timeout` polls `fetch_after` once. This one poll returns a newer snapshot if
        // there is one already. Otherwise it starts a fetch if the back-off is over.
        let patience = if self.lock().has_failed() { Duration::ZERO } else { PATIENCE };
        if let Ok(Ok(fetched)) = tokio::time::timeout(patience, self.fetch_after(Some(&old), now)).await {
            return fetched;
        }
        report::stale_served(&self.domain, old.age(now));
        (old, FetchBegan::Before)
    }

    /// Waits for newer keys because the key of a request is not in the snapshot that the request has seen. Returns
    /// `None` if the request may not cause or join a fetch.
    async fn newer_for_unknown_key(
        self: &Arc<Self>,
        key_id: &str,
        seen: &Arc<Snapshot>,
        now: SystemTime,
    ) -> Result<Option<Found>, KeysUnavailable> {
        let fetch = {
            // The permit is taken and the fetch is started under one lock. If another request came in between, it
            // would take a second permit for the same fetch.
            let mut fetching = self.lock();
            // There are newer keys already, and a look-up in them needs no fetch.
            if let Some(newer) = self.newer_than(Some(seen)) {
                return Ok(Some((newer, FetchBegan::Before)));
            }
            if fetching.unknown.remembers(key_id, now) {
                return Ok(None);
            }
            if let Some(failure) = fetching.failure_at(now) {
                return Err(failure);
            }
            match self.fetches.join(&()) {
                // The request joins a fetch in progress, and needs no permit.
                Some(fetch) => fetch,
                None if fetching.permits.take(now) => self.start_or_join(&fetching),
                None => {
                    report::unknown_key_throttled(&self.domain);
                    return Ok(None);
                }
            }
        };
        self.found(fetch, now).await.map(Some)
    }

    /// Waits for a snapshot newer than the one that the request has seen. Joins the fetch in progress, or starts one.
    async fn fetch_after(
        self: &Arc<Self>,
        seen: Option<&Arc<Snapshot>>,
        now: SystemTime,
    ) -> Result<Found, KeysUnavailable> {
        let fetch = {
            let fetching = self.lock();
            // A fetch may have ended after the request loaded the snapshot and before it took the lock.
            if let Some(newer) = self.newer_than(seen) {
                return Ok((newer, FetchBegan::Before));
            }
            if let Some(failure) = fetching.failure_at(now) {
                return Err(failure);
            }
            self.start_or_join(&fetching)
        };
        self.found(fetch, now).await
    }

    /// Waits for a fetch, for a request that began at `now`.
    async fn found(&self, fetch: Flight<FetchResult>, now: SystemTime) -> Result<Found, KeysUnavailable> {
        let (snapshot, began) = self.wait_for(fetch).await?;
        Ok((snapshot, if began >= now { FetchBegan::After } else { FetchBegan::Before }))
    }

    async fn wait_for(&self, fetch: Flight<FetchResult>) -> FetchResult {
        fetch.result().await.unwrap_or_else(|| Err(self.given_up()))
    }

    /// Joins the fetch in progress, or starts one. The lock proves that no fetch stores its result at the same time.
    fn start_or_join(self: &Arc<Self>, _fetching: &MutexGuard<'_, Fetching>) -> Flight<FetchResult> {
        self.fetches.join_or_start((), || {
            let (state, began) = (Arc::clone(self), self.config.clock.now());
            async move {
                let fetching = Arc::clone(&state);
                // The fetch runs in a task of its own. If the HTTP client panics, only that task ends. This task then
                // records a failed fetch, with its back-off.
                let fetched = tokio::spawn(async move { fetching.fetch().await }).await;
                let snapshot = state.finish(fetched.unwrap_or(Err(DiscoveryError::GivenUp)))?;
                Ok((snapshot, began))
            }
        })
    }

    async fn fetch(&self) -> Result<Fetched, DiscoveryError> {
        let last = self.current.load_full();
        documents::fetch(&self.domain, &self.config, last.as_deref().map(Snapshot::fetched)).await
    }

    /// Stores the result of a fetch.
    ///
    /// This method holds the lock during all changes. A task that takes the lock afterwards finds the new snapshot or
    /// the failure. So that task does not start an unnecessary fetch.
    fn finish(&self, fetched: Result<Fetched, DiscoveryError>) -> Result<Arc<Snapshot>, KeysUnavailable> {
        let now = self.config.clock.now();
        let mut fetching = self.lock();
        match fetched {
            Ok(fetched) => {
                let last = self.current.load();
                let is_new = last.as_ref().is_none_or(|last| !Arc::ptr_eq(last.keys(), &fetched.keys));
                report::fetched(&self.domain, is_new.then_some(&*fetched.keys), now);
                let snapshot = Arc::new(Snapshot::new(fetched, now, self.config.policy.refresh_after()));
                fetching.succeed();
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

    /// The error of a fetch that ended without a result.
    fn given_up(&self) -> KeysUnavailable {
        let (issuer, cause) = (self.domain.shared_issuer(), Arc::new(DiscoveryError::GivenUp));
        KeysUnavailable { issuer, cause, retry_after: Duration::from_secs(1) }
    }

    /// Returns the current snapshot, unless the request has already seen it. The caller must hold the lock, so that the
    /// snapshot cannot change at the same time.
    fn newer_than(&self, seen: Option<&Arc<Snapshot>>) -> Option<Arc<Snapshot>> {
        self.current.load_full().filter(|snapshot| seen.is_none_or(|seen| !Arc::ptr_eq(seen, snapshot)))
    }

    fn lock(&self) -> MutexGuard<'_, Fetching> {
        // No code panics while it holds this lock. Even after a panic, the values would be consistent.
        self.fetching.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for IssuerState {
    fn drop(&mut self) {
        // The remembered tokens of this issuer share `current`. The issuer was evicted, so this client no longer notices
        // when the issuer's keys change.
        self.current.store(None);
    }
}

/// The number of look-ups per request: one in the present keys, one after a fetch that began before the request, and
/// one after a fetch that began after the request.
const LOOK_UPS: u32 = 3;
