//! One issuer's keys over time: who fetches, who waits, what serves meanwhile. [`KeyPolicy`] has the numbers.
//!
//! 1. A fresh snapshot serves known `kid`s: no lock, no wait. From four fifths of its life on, a request that meets it has a newer
//!    one fetched in the background.
//! 2. Otherwise one fetch runs, in a task of its own, and whoever needs it waits for its one result, failure included. A
//!    cancelled request leaves the task alone.
//! 3. A `kid` that the snapshot does not know waits for a newer one within its request: for the fetch under way, or for one of its
//!    own, if the token bucket allows. What a fetch brings that began earlier may be older than the key: it is looked for once
//!    more then. One that was looked for in vain causes no further fetch for a while.
//! 4. A request that old keys could serve waits for newer ones for a second at most, and not at all after a failure. Nobody asks
//!    again until the back-off is over; old keys serve known `kid`s for 24 hours meanwhile.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwapOption;

use super::documents::{self, Fetched};
use super::fetching::{FetchResult, Fetching, Flight, given_up};
use super::jwks_host::JwksHost;
use super::key_set::NoKey;
use super::report;
use super::snapshot::{CurrentVersion, Snapshot};
use super::{DiscoveryError, Domain, IssuerError, KeyPolicy, KeysUnavailable};
use crate::clock::Clock;
use crate::http::Fetcher;
use crate::jose::{Algorithm, AlgorithmSet};

/// What every issuer of a client has in common.
#[derive(Debug)]
pub(crate) struct IssuerConfig {
    pub(crate) algorithms: AlgorithmSet,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fetcher: Fetcher,
    pub(crate) jwks_hosts: Vec<JwksHost>,
    pub(crate) policy: KeyPolicy,
}

/// One issuer, isolated from the others.
#[derive(Debug)]
pub(crate) struct IssuerState {
    domain: Domain,
    config: Arc<IssuerConfig>,
    snapshot: ArcSwapOption<Snapshot>,
    current_version: Arc<CurrentVersion>,
    fetching: Mutex<Fetching>,
}

/// A snapshot, and whether its fetch began after the request came: then what is not in it was not published.
type Found = (Arc<Snapshot>, FetchBegan);

#[derive(Clone, Copy, PartialEq)]
enum FetchBegan {
    After,
    Before,
}

impl IssuerState {
    pub(super) fn new(domain: Domain, config: Arc<IssuerConfig>) -> Self {
        let fetching = Mutex::new(Fetching::new(&config.policy, config.clock.now()));
        Self { domain, config, snapshot: ArcSwapOption::empty(), current_version: Arc::default(), fetching }
    }

    pub(super) fn domain(&self) -> &Domain {
        &self.domain
    }

    /// A snapshot that knows the key, or the reason why there is none.
    pub(super) async fn snapshot_with(
        self: &Arc<Self>,
        algorithm: Algorithm,
        key_id: Option<&str>,
        now: SystemTime,
    ) -> Result<Arc<Snapshot>, IssuerError> {
        let (mut snapshot, mut fetch_began) = self.current(now).await?;
        for looks_left in (0..LOOKS).rev() {
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
            if looks_left == 0 || !self.may_look_again(name, &snapshot, now) {
                break;
            }
            (snapshot, fetch_began) = self.fetch_after(Some(&snapshot), now).await?;
        }
        Err(IssuerError::KeyUnknown)
    }

    /// Fetches the keys unless they are fresh.
    pub(super) async fn warm_up(self: &Arc<Self>, now: SystemTime) -> Result<(), KeysUnavailable> {
        self.current(now).await.map(drop)
    }

    /// Fetches the keys, fresh or not, back-off or not. A fetch under way may have begun too early, so that it is waited for.
    pub(super) async fn refresh_now(self: &Arc<Self>) -> Result<(), KeysUnavailable> {
        let under_way = self.lock().under_way();
        if let Some(under_way) = under_way {
            _ = self.wait_for(under_way).await;
        }
        let flight = {
            let mut fetching = self.lock();
            fetching.under_way().unwrap_or_else(|| self.start_fetch(&mut fetching))
        };
        self.wait_for(flight).await.map(drop)
    }

    /// Whether somebody has asked for the keys, whatever came of it.
    pub(super) fn was_asked(&self) -> bool {
        self.snapshot.load().is_some() || self.lock().has_failed()
    }

    /// Whether there are keys that serve.
    pub(super) fn is_ready(&self, now: SystemTime) -> bool {
        self.snapshot.load().as_ref().is_some_and(|snapshot| snapshot.age(now) < self.config.policy.stale_for)
    }

    async fn current(self: &Arc<Self>, now: SystemTime) -> Result<Found, KeysUnavailable> {
        let policy = &self.config.policy;
        let snapshot = self.snapshot.load_full();
        match snapshot {
            Some(snapshot) if snapshot.age(now) < policy.fresh_for => {
                if snapshot.age(now) >= policy.refresh_after() {
                    self.refresh_ahead(now);
                }
                Ok((snapshot, FetchBegan::Before))
            }
            Some(snapshot) if snapshot.age(now) < policy.stale_for => Ok(self.fetched_in_time(snapshot, now).await),
            expired => self.fetch_after(expired.as_ref(), now).await,
        }
    }

    /// Has newer keys fetched in the background, unless somebody sees to that already, or a failure asks for quiet.
    fn refresh_ahead(self: &Arc<Self>, now: SystemTime) {
        // Who holds the lock has the same in mind, or is landing what we want.
        let Ok(mut fetching) = self.fetching.try_lock() else { return };
        let still_old = self
            .snapshot
            .load()
            .as_ref()
            .is_some_and(|snapshot| snapshot.age(now) >= self.config.policy.refresh_after());
        if still_old && fetching.under_way().is_none() && fetching.failure_at(now).is_none() {
            drop(self.start_fetch(&mut fetching));
        }
    }

    /// A newer snapshot if it comes soon, else the old one, while the fetch goes on: Auth0's own `stale-if-error`, because an
    /// outage of the issuer is not one of ours. After a failure nobody waits any more.
    async fn fetched_in_time(self: &Arc<Self>, old: Arc<Snapshot>, now: SystemTime) -> Found {
        let patience = if self.lock().has_failed() { Duration::ZERO } else { self.config.policy.patience };
        if let Ok(Ok(fetched)) = tokio::time::timeout(patience, self.fetch_after(Some(&old), now)).await {
            return fetched;
        }
        report::stale_served(&self.domain, old.age(now));
        (old, FetchBegan::Before)
    }

    /// Whether a key that is not there may have been added since: newer keys are there or on their way, or there is a permit
    /// to ask for them.
    fn may_look_again(&self, key_id: &str, seen: &Arc<Snapshot>, now: SystemTime) -> bool {
        let mut fetching = self.lock();
        if self.newer_than(Some(seen)).is_some() {
            return true;
        }
        if fetching.unknown.remembers(key_id, now) {
            return false;
        }
        let may = fetching.failure_at(now).is_some() || fetching.under_way().is_some() || fetching.permits.take(now);
        if !may {
            report::unknown_key_throttled(&self.domain);
        }
        may
    }

    /// Waits for a snapshot newer than the one that the request has seen.
    async fn fetch_after(
        self: &Arc<Self>,
        seen: Option<&Arc<Snapshot>>,
        now: SystemTime,
    ) -> Result<Found, KeysUnavailable> {
        let flight = {
            let mut fetching = self.lock();
            // A fetch may have ended between the look and the lock.
            if let Some(landed) = self.newer_than(seen) {
                return Ok((landed, FetchBegan::Before));
            }
            if let Some(failure) = fetching.failure_at(now) {
                return Err(failure);
            }
            fetching.under_way().unwrap_or_else(|| self.start_fetch(&mut fetching))
        };
        let fetch_began = if flight.began >= now { FetchBegan::After } else { FetchBegan::Before };
        Ok((self.wait_for(flight).await?, fetch_began))
    }

    async fn wait_for(&self, mut flight: Flight) -> FetchResult {
        let landed = flight.result.wait_for(Option::is_some).await.ok().and_then(|landed| landed.clone());
        landed.unwrap_or_else(|| Err(given_up(self.domain.shared_issuer())))
    }

    /// Starts the fetch in a task of its own, so that no caller's cancellation ends it.
    fn start_fetch(self: &Arc<Self>, fetching: &mut Fetching) -> Flight {
        let (result, flight) = fetching.begin(self.config.clock.now());
        let state = Arc::clone(self);
        tokio::spawn(async move {
            let fetching = Arc::clone(&state);
            // A task within the task: an HTTP client that panics counts as a failed fetch, back-off included.
            let fetched = tokio::spawn(async move { fetching.fetch().await }).await;
            let fetched = fetched.unwrap_or(Err(DiscoveryError::GivenUp));
            // Nobody may be waiting any more.
            _ = result.send(Some(state.finish(fetched)));
        });
        flight
    }

    async fn fetch(&self) -> Result<Fetched, DiscoveryError> {
        let last = self.snapshot.load_full();
        documents::fetch(&self.domain, &self.config, last.as_deref().map(Snapshot::source)).await
    }

    fn finish(&self, fetched: Result<Fetched, DiscoveryError>) -> FetchResult {
        let (now, policy) = (self.config.clock.now(), &self.config.policy);
        let mut fetching = self.lock();
        let last = self.snapshot.load_full();
        match fetched {
            Ok(Fetched { keys, source }) => {
                report::fetched(&self.domain, keys.as_ref(), now);
                let snapshot = match (keys, &last) {
                    (None, Some(last)) => last.confirmed(source, now),
                    // Only a last set can be unchanged.
                    (None, None) => return Err(self.failed(&mut fetching, DiscoveryError::GivenUp, now)),
                    (Some(keys), last) => {
                        let issuer = self.domain.shared_issuer();
                        Snapshot::changed(last.as_deref(), issuer, &self.current_version, keys, source, now)
                    }
                };
                let snapshot = Arc::new(snapshot);
                fetching.succeed();
                self.snapshot.store(Some(Arc::clone(&snapshot)));
                snapshot.publish(policy.refresh_after());
                Ok(snapshot)
            }
            Err(cause) => Err(self.failed(&mut fetching, cause, now)),
        }
    }

    fn failed(&self, fetching: &mut Fetching, cause: DiscoveryError, now: SystemTime) -> KeysUnavailable {
        let error = fetching.fail(cause, self.domain.shared_issuer(), &self.config.policy, now);
        report::fetch_failed(&error);
        error
    }

    /// The snapshot, if it is another one than that which was seen. It changes only under the lock.
    fn newer_than(&self, seen: Option<&Arc<Snapshot>>) -> Option<Arc<Snapshot>> {
        self.snapshot.load_full().filter(|snapshot| seen.is_none_or(|seen| !Arc::ptr_eq(seen, snapshot)))
    }

    fn lock(&self) -> MutexGuard<'_, Fetching> {
        // Nothing panics while holding it; if it did, the values are still whole.
        self.fetching.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for IssuerState {
    fn drop(&mut self) {
        self.current_version.end();
    }
}

/// How often one request looks for its key: among the keys that are there, in what a fetch brings that began before the request
/// came, and in what a fetch brings that began after.
const LOOKS: u32 = 3;
