//! Replicas of an API in one process, each with its own client and its own callers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth0_api_core::{Algorithm, ApiClient, Clock as _, Error, TokenCache, VerifiedToken};
use auth0_api_testing::{OfflineTenant, SigningKey};
use tokio::task::JoinSet;

use super::random::Random;
use super::tenant::{Load, Tenant, VirtualClock};

/// The number of replicas: 100. With `FLEET_REPLICAS=500`, as in the table of the guide.
pub(super) fn replicas() -> u64 {
    std::env::var("FLEET_REPLICAS").map_or(100, |replicas| replicas.parse().unwrap())
}

/// How many requests a second the tenant takes. Auth0's smallest tenants take 20: that is one for 25 of 500 replicas.
/// `FLEET_LIMIT=20` keeps this limit for a larger fleet.
fn limit() -> u64 {
    std::env::var("FLEET_LIMIT").map_or(replicas() / 25, |limit| limit.parse().unwrap())
}

pub(super) struct Fleet {
    pub(super) clock: VirtualClock,
    pub(super) tenant: Tenant,
    /// The key that signs, and the next one. The tenant publishes both, as Auth0 does.
    pub(super) keys: [SigningKey; 2],
    minter: OfflineTenant,
    callers: Arc<Mutex<Callers>>,
    /// The client of each replica, and the task of its callers.
    replicas: BTreeMap<u64, (ApiClient, JoinSet<()>)>,
    generation: u64,
}

/// What callers send to each replica, and what they saw.
#[derive(Default)]
struct Callers {
    tokens: BTreeMap<&'static str, String>,
    seen: BTreeMap<&'static str, Seen>,
}

/// What the callers with one token saw.
#[derive(Clone, Default)]
pub(super) struct Seen {
    /// Each status and label, with its number.
    outcomes: BTreeMap<String, u64>,
    /// When each replica accepted the token for the first time, and for the last time.
    accepted: BTreeMap<u64, [Duration; 2]>,
}

impl Fleet {
    /// Starts a fleet without replicas.
    pub(super) fn new() -> Self {
        Self::with_limit(limit())
    }

    /// Starts a fleet without replicas, in front of a tenant that takes this many requests a second.
    pub(super) fn with_limit(limit: u64) -> Self {
        let clock = VirtualClock::start();
        let keys = ["key-1", "key-2"].map(new_key);
        let tenant = Tenant::new(&clock, &[&keys[0], &keys[1]], limit);
        let (minter, callers, replicas) = (OfflineTenant::new(), Arc::default(), BTreeMap::new());
        let fleet = Self { clock, tenant, keys, minter, callers, replicas, generation: 0 };
        fleet.send("user", &fleet.token(&fleet.keys[0]));
        fleet
    }

    /// Returns a token that this key signed. It is valid for ten days.
    pub(super) fn token(&self, key: &SigningKey) -> String {
        let now = self.clock.now();
        self.minter.mint().key(key).issued_at(now).expires_at(now + 10 * DAY).sign()
    }

    /// From now on, callers also send this token to each replica.
    pub(super) fn send(&self, name: &'static str, token: &str) {
        self.callers.lock().unwrap().tokens.insert(name, token.to_owned());
    }

    /// Starts a replica. A replica with the same number stops. Each of its callers sends a request every `gap`, on average.
    pub(super) fn start(&mut self, number: u64, gap: Duration) {
        let api = ApiClient::builder(OfflineTenant::DOMAIN, OfflineTenant::AUDIENCE)
            .http_client(self.tenant.clone())
            .clock(self.clock.clone())
            .token_cache(TokenCache::entries(4))
            .build()
            .unwrap();
        self.generation += 1;
        let seed = self.generation;
        let replica = replica(number, seed, gap, api.clone(), self.clock.clone(), Arc::clone(&self.callers));
        let mut tasks = JoinSet::new();
        tasks.spawn(replica);
        self.replicas.insert(number, (api, tasks));
    }

    /// Returns the client of a replica.
    pub(super) fn api(&self, number: u64) -> ApiClient {
        self.replicas[&number].0.clone()
    }

    /// Starts all replicas, one after the other, within `time`.
    pub(super) async fn start_all(&mut self, time: Duration, gap: Duration) {
        for number in 0..replicas() {
            self.start(number, gap);
            tokio::time::sleep(time / u32::try_from(replicas()).unwrap()).await;
        }
    }

    /// Forgets what callers saw until now.
    pub(super) fn forget(&self) -> Duration {
        self.callers.lock().unwrap().seen.clear();
        self.clock.elapsed()
    }

    pub(super) fn seen(&self, name: &str) -> Seen {
        self.callers.lock().unwrap().seen.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn load_since(&self, from: Duration) -> Load {
        self.tenant.load_since(from)
    }
}

pub(super) fn new_key(kid: &str) -> SigningKey {
    SigningKey::generate(Algorithm::RS256).with_kid(kid)
}

/// The callers of one replica: they send each token, wait, and send again.
async fn replica(
    number: u64,
    seed: u64,
    gap: Duration,
    api: ApiClient,
    clock: VirtualClock,
    callers: Arc<Mutex<Callers>>,
) {
    let mut random = Random::new(seed);
    loop {
        let tokens = callers.lock().unwrap().tokens.clone();
        for (name, token) in tokens {
            let outcome = api.verify_access_token(&token).await;
            callers.lock().unwrap().seen.entry(name).or_default().record(number, &outcome, clock.elapsed());
        }
        let gap = u64::try_from(gap.as_millis()).unwrap();
        tokio::time::sleep(Duration::from_millis(gap / 2 + random.below(gap.max(1)))).await;
    }
}

impl Seen {
    fn record(&mut self, replica: u64, outcome: &Result<VerifiedToken, Error>, at: Duration) {
        *self.outcomes.entry(auth0_api_testing::status_and_label(outcome)).or_default() += 1;
        if outcome.is_ok() {
            self.accepted.entry(replica).or_insert([at, at])[1] = at;
        }
    }

    /// How many requests had this outcome.
    pub(super) fn count(&self, outcome: &str) -> u64 {
        self.outcomes.get(outcome).copied().unwrap_or(0)
    }

    /// How many requests had another outcome than 200.
    pub(super) fn errors(&self) -> u64 {
        self.outcomes.values().sum::<u64>() - self.count("200 accepted")
    }

    /// How long it took after `from` until every replica had accepted the token.
    pub(super) fn trusted_after(&self, from: Duration) -> Duration {
        assert_eq!(self.accepted.len() as u64, replicas(), "a replica never accepted the token: {self}");
        self.accepted.values().map(|[first, _]| first.saturating_sub(from)).max().unwrap()
    }

    /// How long after `from` the last replica still accepted the token.
    pub(super) fn distrusted_after(&self, from: Duration) -> Duration {
        self.accepted.values().map(|[_, last]| last.saturating_sub(from)).max().unwrap_or_default()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (outcome, count) in &self.outcomes {
            write!(f, "{count} × {outcome}; ")?;
        }
        Ok(())
    }
}

pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const HOUR: Duration = Duration::from_secs(3600);
pub(super) const DAY: Duration = Duration::from_secs(86_400);
