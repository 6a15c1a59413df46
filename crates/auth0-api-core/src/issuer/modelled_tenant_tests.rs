//! A tenant, a clock, and the requests of the models of this folder.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use shuttle::future::yield_now;

use super::config::IssuerConfig;
use super::fetching::FirstFetch;
use super::limits::Limits;
use super::snapshot::Snapshot;
use super::state::IssuerState;
use super::{Domain, IssuerError, KeyPolicy};
use crate::clock::Clock;
use crate::http::{BoundedClient, HttpClient, HttpFuture, HttpRequest, HttpResponse};
use crate::jose::{Algorithm, AlgorithmSet};
use crate::sync::Mutex;
use crate::sync::model::{panic_on_purpose, step};

/// A tenant that publishes these key ids, and counts the fetches of its key set.
#[derive(Debug)]
pub(super) struct Tenant {
    key_ids: Mutex<Vec<&'static str>>,
    fetches: AtomicUsize,
    /// Those that no cache on the way may answer.
    fetches_past_caches: AtomicUsize,
    /// The fetches whose answer is on its way.
    answered: AtomicUsize,
    mood: Mood,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mood {
    Answers,
    /// The HTTP client panics.
    Panics,
}

/// A clock that goes on by a nanosecond whenever the code reads it. No other task runs before the clock is read: moka reads
/// it while it holds a lock.
#[derive(Debug, Default)]
pub(super) struct Ticking(AtomicU64);

/// A client with these limits, and the tenant.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) tenant: Arc<Tenant>,
    pub(super) clock: Arc<Ticking>,
    pub(super) config: Arc<IssuerConfig>,
    pub(super) limits: Arc<Limits>,
}

impl Tenant {
    pub(super) fn publish(&self, key_ids: &[&'static str]) {
        *self.key_ids.lock().unwrap() = key_ids.to_vec();
    }

    pub(super) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    pub(super) fn fetches_past_caches(&self) -> usize {
        self.fetches_past_caches.load(Ordering::SeqCst)
    }

    /// Waits until so many fetches have read the published keys.
    pub(super) async fn has_answered(&self, fetches: usize) {
        while self.answered.load(Ordering::SeqCst) < fetches {
            yield_now().await;
        }
    }

    fn answer(&self, url: &str) -> Value {
        step();
        let (issuer, path) = url.split_once("/.well-known/").unwrap();
        if path != "jwks.json" {
            return json!({ "issuer": format!("{issuer}/"), "jwks_uri": format!("{issuer}/.well-known/jwks.json") });
        }
        self.fetches.fetch_add(1, Ordering::SeqCst);
        if self.mood == Mood::Panics {
            panic_on_purpose();
        }
        let keys: Vec<_> = self.key_ids.lock().unwrap().iter().map(|key_id| key(key_id)).collect();
        self.answered.fetch_add(1, Ordering::SeqCst);
        step();
        json!({ "keys": keys })
    }
}

impl HttpClient for Tenant {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let body = self.answer(&request.url);
            let is_key_set = request.url.ends_with("/jwks.json");
            if is_key_set && request.headers.iter().any(|(_, value)| value == "no-cache") {
                self.fetches_past_caches.fetch_add(1, Ordering::SeqCst);
            }
            Ok(HttpResponse { status: 200, headers: vec![], body: body.to_string().into_bytes() })
        })
    }
}

impl Ticking {
    pub(super) fn advance(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_nanos()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Ticking {
    fn now(&self) -> SystemTime {
        let tick = self.0.fetch_add(1, Ordering::SeqCst);
        UNIX_EPOCH + Duration::from_secs(1_700_000_000) + Duration::from_nanos(tick)
    }
}

impl World {
    pub(super) fn new(policy: KeyPolicy) -> Self {
        Self::with(policy, Mood::Answers)
    }

    /// The tenant publishes the keys `a` and `b`.
    pub(super) fn with(policy: KeyPolicy, mood: Mood) -> Self {
        let key_ids = Mutex::new(vec!["a", "b"]);
        let tenant = Arc::new(Tenant {
            key_ids,
            fetches: AtomicUsize::new(0),
            fetches_past_caches: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
            mood,
        });
        let (http, clock) = (Arc::clone(&tenant) as Arc<dyn HttpClient>, Arc::new(Ticking::default()));
        let config = IssuerConfig {
            algorithms: AlgorithmSet::new([Algorithm::ES256]).unwrap(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            http: BoundedClient::new(http, 64 * 1024, Duration::from_secs(5)),
            jwks_hosts: Vec::new(),
            policy: policy.jitter_percent(0).check().unwrap(),
        };
        let limits = Arc::new(Limits::new(&config.policy, config.clock.now()));
        Self { tenant, clock, config: Arc::new(config), limits }
    }

    /// An issuer of the configured list, which holds no keys.
    pub(super) fn listed(&self) -> Arc<IssuerState> {
        self.issuer("tenant.example", FirstFetch::free(self.config.clock.now()))
    }

    /// An issuer whose first fetch needs a permit.
    pub(super) fn newcomer(&self, host: &str) -> Arc<IssuerState> {
        self.issuer(host, FirstFetch::default())
    }

    fn issuer(&self, host: &str, first: FirstFetch) -> Arc<IssuerState> {
        let (config, limits) = (Arc::clone(&self.config), Arc::clone(&self.limits));
        Arc::new(IssuerState::new(domain(host), config, limits, first))
    }

    /// How many permits for newcomers can be taken now.
    pub(super) fn newcomer_permits(&self) -> usize {
        std::iter::repeat_with(|| self.limits.take(&*self.clock)).take_while(Result::is_ok).count()
    }
}

pub(super) fn domain(host: &str) -> Domain {
    host.parse().unwrap()
}

/// A request that begins now, with a token of this key.
pub(super) async fn request(state: &Arc<IssuerState>, key_id: &str) -> Result<Arc<Snapshot>, IssuerError> {
    let now = state.config.clock.now();
    state.snapshot_with(Algorithm::ES256, Some(key_id), now).await.map(|(snapshot, _)| snapshot)
}

/// RFC 9449 §4.1 has the key.
fn key(key_id: &str) -> Value {
    let (x, y) = ("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA");
    json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": key_id })
}
