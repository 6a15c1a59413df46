//! A tenant in virtual time: it publishes keys, answers after a delay, and limits how many requests a second it takes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::Clock;
use auth0_api_core::http::{HttpClient, HttpError, HttpFuture, HttpRequest, HttpResponse};
use auth0_api_testing::{OfflineTenant, SigningKey};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::random::Random;

/// The time of a simulation. It is the time of the paused runtime, which moves on when every task waits.
#[derive(Clone, Debug)]
pub(super) struct VirtualClock(Instant);

impl VirtualClock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// Returns the time since the start of the simulation.
    pub(super) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000) + self.elapsed()
    }
}

/// The tenant, and the HTTP client that reaches it. Clones are the same tenant.
#[derive(Clone, Debug)]
pub(super) struct Tenant(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: VirtualClock,
    /// How many requests a second the tenant takes.
    limit: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    published: Vec<Value>,
    is_up: bool,
    random: Random,
    /// The requests of each second of the simulation, from its start.
    requests: BTreeMap<u64, u64>,
}

impl Tenant {
    pub(super) fn new(clock: &VirtualClock, keys: &[&SigningKey], limit: u64) -> Self {
        let published = keys.iter().map(|key| key.public_jwk()).collect();
        let state = State { published, is_up: true, random: Random::new(1), requests: BTreeMap::new() };
        Self(Arc::new(Shared { clock: clock.clone(), limit, state: Mutex::new(state) }))
    }

    /// Replaces the published keys.
    pub(super) fn publish(&self, keys: &[&SigningKey]) {
        self.0.state.lock().unwrap().published = keys.iter().map(|key| key.public_jwk()).collect();
    }

    /// Makes the tenant reachable or not.
    pub(super) fn set_up(&self, is_up: bool) {
        self.0.state.lock().unwrap().is_up = is_up;
    }

    /// Returns the load of the seconds from `from` to now.
    pub(super) fn load_since(&self, from: Duration) -> Load {
        let (first, state) = (from.as_secs(), self.0.state.lock().unwrap());
        let counts = state.requests.range(first..).map(|(_, count)| *count);
        let seconds = self.0.clock.elapsed().as_secs().saturating_sub(first).max(1);
        Load { total: counts.clone().sum(), peak: counts.max().unwrap_or(0), seconds, limit: self.0.limit }
    }

    /// Counts the request, and decides the answer when it arrives.
    fn arrive(&self, url: &str) -> Result<HttpResponse, HttpError> {
        let mut state = self.0.state.lock().unwrap();
        let count = state.requests.entry(self.0.clock.elapsed().as_secs()).or_default();
        *count += 1;
        if *count > self.0.limit {
            return Ok(response(429, &[("retry-after", "1")], &json!({})));
        }
        match url {
            _ if !state.is_up => Err(HttpError::Connect("the tenant is down".into())),
            OfflineTenant::DISCOVERY_URL => {
                Ok(response(200, &[], &json!({ "issuer": OfflineTenant::ISSUER, "jwks_uri": OfflineTenant::JWKS_URL })))
            }
            _ => Ok(response(200, &[], &json!({ "keys": state.published }))),
        }
    }

    /// Half of the round trip of a request.
    fn delay(&self) -> Duration {
        Duration::from_millis(10 + self.0.state.lock().unwrap().random.below(40))
    }
}

impl HttpClient for Tenant {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            tokio::time::sleep(self.delay()).await;
            let answer = self.arrive(&request.url);
            tokio::time::sleep(self.delay()).await;
            answer
        })
    }
}

/// How many requests the tenant received in a time.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) total: u64,
    /// The largest number in one second.
    peak: u64,
    seconds: u64,
    limit: u64,
}

impl Load {
    /// The mean number of requests in a second, as a share of the limit in percent.
    pub(super) fn mean_percent(&self) -> u64 {
        self.total * 100 / self.seconds / self.limit
    }

    /// The largest number of requests in a second, as a share of the limit in percent.
    pub(super) fn peak_percent(&self) -> u64 {
        self.peak * 100 / self.limit
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (total, hundredths) = (self.total, self.total * 100 / self.seconds);
        write!(f, "{total} requests, {}.{:02} a second, at most {}", hundredths / 100, hundredths % 100, self.peak)
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: &Value) -> HttpResponse {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    HttpResponse { status, headers: headers.collect(), body: body.to_string().into_bytes() }
}
