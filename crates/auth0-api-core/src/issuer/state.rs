//! One issuer's keys over time: who fetches, who waits, what serves meanwhile.
//!
//! 1. A snapshot younger than its freshness serves known `kid`s: no lock, no wait.
//! 2. Otherwise one fetch runs, in a task of its own, and whoever needs it waits for its one result, failure included. A
//!    cancelled request leaves the task alone.
//! 3. A `kid` that the snapshot does not know waits for a newer one within its request: for the fetch under way, or for one of its
//!    own, if the token bucket allows.
//! 4. A request that old keys could serve waits for newer ones for a second at most, and not at all after a failure. Nobody asks
//!    again until the back-off is over; old keys serve known `kid`s for 24 hours meanwhile.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwapOption;
use tokio::sync::watch;

use super::fetch_limit::{UnknownKeyBucket, back_off};
use super::key_set::{KeySet, NoKey};
use super::{DiscoveryError, Domain, IssuerError, KeysUnavailable, discovery};
use crate::chain::Chain;
use crate::clock::Clock;
use crate::http::Fetcher;
use crate::jose::{Algorithm, AlgorithmSet};

/// What every issuer of a client has in common.
#[derive(Debug)]
pub(crate) struct IssuerConfig {
    pub(crate) algorithms: AlgorithmSet,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fetcher: Fetcher,
    pub(crate) jwks_hosts: Vec<Box<str>>,
}

/// One issuer, isolated from the others.
#[derive(Debug)]
pub(crate) struct IssuerState {
    domain: Domain,
    config: Arc<IssuerConfig>,
    snapshot: ArcSwapOption<Snapshot>,
    fetching: Mutex<Fetching>,
}

/// The keys as last fetched.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) keys: KeySet,
    fetched_at: SystemTime,
}

/// Whether a snapshot was fetched for this very request: then it need not be fetched again.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Fetched,
    Kept,
}

#[derive(Debug)]
struct Fetching {
    bucket: UnknownKeyBucket,
    failure: Option<Failure>,
    flight: Option<Flight>,
}

#[derive(Clone, Debug)]
struct Failure {
    count: u32,
    error: KeysUnavailable,
    until: SystemTime,
}

/// The one fetch under way: `None` until its result is there.
type Flight = watch::Receiver<Option<FetchResult>>;
type FetchResult = Result<Arc<Snapshot>, KeysUnavailable>;

impl IssuerState {
    pub(super) fn new(domain: Domain, config: Arc<IssuerConfig>) -> Self {
        let bucket = UnknownKeyBucket::full(config.clock.now());
        let fetching = Mutex::new(Fetching { bucket, failure: None, flight: None });
        Self { domain, config, snapshot: ArcSwapOption::empty(), fetching }
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
        let (snapshot, origin) = self.current(now).await?;
        match snapshot.keys.find(algorithm, key_id).map(drop) {
            Ok(()) => Ok(snapshot),
            Err(NoKey::Unknown) if origin == Origin::Kept && self.may_look_again(&snapshot, now) => {
                let newer = self.fetch_after(Some(&snapshot), now).await?;
                newer.keys.find(algorithm, key_id).map(drop)?;
                Ok(newer)
            }
            Err(no_key) => Err(no_key.into()),
        }
    }

    /// Fetches the keys unless they are fresh.
    pub(super) async fn warm_up(self: &Arc<Self>, now: SystemTime) -> Result<(), KeysUnavailable> {
        self.current(now).await.map(drop)
    }

    /// Whether there are keys that serve.
    pub(super) fn is_ready(&self, now: SystemTime) -> bool {
        self.snapshot.load().as_ref().is_some_and(|snapshot| snapshot.age(now) < STALE_FOR)
    }

    async fn current(self: &Arc<Self>, now: SystemTime) -> Result<(Arc<Snapshot>, Origin), KeysUnavailable> {
        let snapshot = self.snapshot.load_full();
        match snapshot {
            Some(snapshot) if snapshot.age(now) < FRESH_FOR => Ok((snapshot, Origin::Kept)),
            Some(snapshot) if snapshot.age(now) < STALE_FOR => Ok(self.fetched_in_time(snapshot, now).await),
            outlived => Ok((self.fetch_after(outlived.as_ref(), now).await?, Origin::Fetched)),
        }
    }

    /// A newer snapshot if it comes soon, else the old one, while the fetch goes on: Auth0's own `stale-if-error`, because an
    /// outage of the issuer is not one of ours. After a failure nobody waits any more.
    async fn fetched_in_time(self: &Arc<Self>, old: Arc<Snapshot>, now: SystemTime) -> (Arc<Snapshot>, Origin) {
        let patience = if self.lock().failure.is_some() { Duration::ZERO } else { PATIENCE };
        match tokio::time::timeout(patience, self.fetch_after(Some(&old), now)).await {
            Ok(Ok(fetched)) => (fetched, Origin::Fetched),
            _ => (old, Origin::Kept),
        }
    }

    /// Whether a key that is not there may have been added since: newer keys are there or on their way, or the bucket lets a
    /// stranger ask for them.
    fn may_look_again(&self, seen: &Arc<Snapshot>, now: SystemTime) -> bool {
        let mut fetching = self.lock();
        self.landed_after(Some(seen)).is_some()
            || fetching.failure_at(now).is_some()
            || fetching.join().is_some()
            || fetching.bucket.take(now)
    }

    /// Waits for a snapshot newer than the one that the request has seen.
    async fn fetch_after(self: &Arc<Self>, seen: Option<&Arc<Snapshot>>, now: SystemTime) -> FetchResult {
        let mut flight = {
            let mut fetching = self.lock();
            // A fetch may have ended between the look and the lock.
            if let Some(landed) = self.landed_after(seen) {
                return Ok(landed);
            }
            if let Some(failure) = fetching.failure_at(now) {
                return Err(failure.error.clone());
            }
            fetching.join().unwrap_or_else(|| self.take_off(&mut fetching))
        };
        match flight.wait_for(Option::is_some).await {
            Ok(landed) => landed.clone().unwrap_or_else(|| Err(given_up())),
            Err(_) => Err(given_up()),
        }
    }

    /// Starts the fetch in a task of its own, so that no caller's cancellation ends it.
    fn take_off(self: &Arc<Self>, fetching: &mut Fetching) -> Flight {
        let (landing, flight) = watch::channel(None);
        fetching.flight = Some(flight.clone());
        let state = Arc::clone(self);
        tokio::spawn(async move {
            let fetching = Arc::clone(&state);
            // A task within the task: an HTTP client that panics counts as a failed fetch, back-off included.
            let fetched = tokio::spawn(async move { fetching.fetch().await }).await;
            let fetched = fetched.unwrap_or(Err(DiscoveryError::GivenUp));
            // Nobody may be waiting any more.
            _ = landing.send(Some(state.land(fetched)));
        });
        flight
    }

    async fn fetch(&self) -> Result<KeySet, DiscoveryError> {
        let (fetcher, config) = (&self.config.fetcher, &self.config);
        let document = fetcher.get(&discovery::url(&self.domain), JSON).await.map_err(DiscoveryError::Discovery)?;
        let jwks_uri = discovery::jwks_uri(&document, &self.domain, &config.jwks_hosts)?;
        let jwks = fetcher.get(&jwks_uri, JWK_SET).await.map_err(DiscoveryError::Jwks)?;
        KeySet::parse(&jwks, &config.algorithms).map_err(DiscoveryError::KeySet)
    }

    fn land(&self, fetched: Result<KeySet, DiscoveryError>) -> FetchResult {
        let now = self.config.clock.now();
        let mut fetching = self.lock();
        fetching.flight = None;
        match fetched {
            Ok(keys) => {
                let issuer = self.domain.issuer();
                tracing::debug!(target: "auth0_api", event = "keys_fetched", issuer, skipped = keys.skipped());
                let snapshot = Arc::new(Snapshot { keys, fetched_at: now });
                fetching.failure = None;
                self.snapshot.store(Some(Arc::clone(&snapshot)));
                Ok(snapshot)
            }
            Err(cause) => Err(fetching.fail(cause, now, self.domain.issuer())),
        }
    }

    /// The snapshot, if it is another one than that which was seen. It changes only under the lock.
    fn landed_after(&self, seen: Option<&Arc<Snapshot>>) -> Option<Arc<Snapshot>> {
        self.snapshot.load_full().filter(|snapshot| seen.is_none_or(|seen| !Arc::ptr_eq(seen, snapshot)))
    }

    fn lock(&self) -> MutexGuard<'_, Fetching> {
        // Nothing panics while holding it; if it did, the values are still whole.
        self.fetching.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<NoKey> for IssuerError {
    fn from(no_key: NoKey) -> Self {
        match no_key {
            NoKey::Ambiguous => Self::KeyAmbiguous,
            NoKey::Unknown => Self::KeyUnknown,
        }
    }
}

impl Snapshot {
    /// A clock that was set back makes a snapshot old, never fresh for longer.
    fn age(&self, now: SystemTime) -> Duration {
        now.duration_since(self.fetched_at).unwrap_or(if self.fetched_at > now + CLOCK_SLACK {
            STALE_FOR
        } else {
            Duration::ZERO
        })
    }
}

impl Fetching {
    /// The fetch under way, unless its task is gone.
    fn join(&self) -> Option<Flight> {
        self.flight.clone().filter(|flight| flight.has_changed().is_ok())
    }

    /// The failure that keeps us from trying again.
    fn failure_at(&self, now: SystemTime) -> Option<&Failure> {
        // A clock that was set back ends a back-off: what is left is never longer than it began.
        let lasts = |left: Duration, whole: Duration| !left.is_zero() && left <= whole + CLOCK_SLACK;
        let left = |failure: &Failure| failure.until.duration_since(now).unwrap_or_default();
        self.failure.as_ref().filter(|failure| lasts(left(failure), failure.error.retry_after))
    }

    fn fail(&mut self, cause: DiscoveryError, now: SystemTime, issuer: &str) -> KeysUnavailable {
        let count = self.failure.as_ref().map_or(0, |failure| failure.count) + 1;
        let retry_after = back_off(count, cause.retry_after());
        tracing::warn!(target: "auth0_api", event = "keys_fetch_failed", issuer, cause = %Chain(&cause), ?retry_after);
        let error = KeysUnavailable { cause: Arc::new(cause), retry_after };
        self.failure = Some(Failure { count, error: error.clone(), until: now + retry_after });
        error
    }
}

fn given_up() -> KeysUnavailable {
    KeysUnavailable { cause: Arc::new(DiscoveryError::GivenUp), retry_after: Duration::from_secs(1) }
}

const JSON: &str = "application/json";
const JWK_SET: &str = "application/jwk-set+json, application/json";
/// As auth0-api-js. Auth0's `max-age=15` would ask every replica for keys four times a minute.
const FRESH_FOR: Duration = Duration::from_secs(600);
/// How long a request waits for newer keys while old ones serve.
const PATIENCE: Duration = Duration::from_secs(1);
/// Auth0's `stale-if-error=86400`.
const STALE_FOR: Duration = Duration::from_secs(86_400);
/// Fetches end a little after the request that asked for them began.
const CLOCK_SLACK: Duration = Duration::from_secs(60);
