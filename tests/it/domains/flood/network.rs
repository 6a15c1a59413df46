//! The tenants of a simulation, and the network between them and the API.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use auth0_api_core::Clock as _;
use auth0_api_core::http::{HttpClient, HttpError, HttpFuture, HttpRequest, HttpResponse};
use auth0_api_testing::{ManualClock, SigningKey};
use serde_json::json;

use super::random::Random;

/// An HTTP client that answers for every tenant. All tenants publish the same keys. Clones share everything.
#[derive(Clone, Debug)]
pub(super) struct Network(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    time: ManualClock,
    random: Random,
    published: Mutex<Vec<SigningKey>>,
    /// The tenants that are down.
    down: Mutex<BTreeSet<usize>>,
    /// The tenants that accept requests and never answer.
    silent: Mutex<BTreeSet<usize>>,
    fetches: Mutex<Vec<Fetch>>,
    requests: AtomicUsize,
    in_flight: AtomicUsize,
    most_at_once: AtomicUsize,
}

/// A fetch of a tenant's documents, successful or not. It begins with the request for the discovery document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fetch {
    pub(super) tenant: usize,
    pub(super) at: SystemTime,
}

impl Network {
    pub(super) fn new(time: &ManualClock, key: &SigningKey) -> Self {
        Self(Arc::new(Inner {
            time: time.clone(),
            random: Random::new(7),
            published: Mutex::new(vec![key.clone()]),
            down: Mutex::default(),
            silent: Mutex::default(),
            fetches: Mutex::default(),
            requests: AtomicUsize::default(),
            in_flight: AtomicUsize::default(),
            most_at_once: AtomicUsize::default(),
        }))
    }

    /// Publishes a key in addition, at every tenant.
    pub(super) fn publish(&self, key: &SigningKey) {
        self.0.published.lock().unwrap().push(key.clone());
    }

    /// Begins an outage of these tenants, and ends all other outages. Connections to these tenants fail.
    pub(super) fn set_down(&self, tenants: impl IntoIterator<Item = usize>) {
        *self.0.down.lock().unwrap() = tenants.into_iter().collect();
        self.0.silent.lock().unwrap().clear();
    }

    /// Begins an outage of these tenants, and ends all other outages. These tenants accept requests and never answer.
    pub(super) fn set_silent(&self, tenants: impl IntoIterator<Item = usize>) {
        *self.0.silent.lock().unwrap() = tenants.into_iter().collect();
        self.0.down.lock().unwrap().clear();
    }

    pub(super) fn fetches(&self) -> Vec<Fetch> {
        self.0.fetches.lock().unwrap().clone()
    }

    pub(super) fn fetches_of_each_tenant(&self) -> BTreeMap<usize, usize> {
        let mut fetches = BTreeMap::new();
        for fetch in self.fetches() {
            *fetches.entry(fetch.tenant).or_default() += 1;
        }
        fetches
    }

    /// Returns the number of all requests, of both documents.
    pub(super) fn requests(&self) -> usize {
        self.0.requests.load(Ordering::SeqCst)
    }

    /// Returns the largest number of requests that had no answer at the same time.
    pub(super) fn most_at_once(&self) -> usize {
        self.0.most_at_once.load(Ordering::SeqCst)
    }

    fn answer(&self, url: &str, tenant: usize) -> Result<HttpResponse, HttpError> {
        if self.0.down.lock().unwrap().contains(&tenant) {
            return Err(HttpError::Connect("the tenant is down".into()));
        }
        let keys: Vec<_> = self.0.published.lock().unwrap().iter().map(SigningKey::public_jwk).collect();
        let body = if url.ends_with("/keys") {
            json!({ "keys": keys })
        } else {
            json!({ "issuer": issuer(tenant), "jwks_uri": format!("{}keys", issuer(tenant)) })
        };
        Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() })
    }
}

impl HttpClient for Network {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        let tenant = tenant_of(&request.url).unwrap();
        if !request.url.ends_with("/keys") {
            self.0.fetches.lock().unwrap().push(Fetch { tenant, at: self.0.time.now() });
        }
        self.0.requests.fetch_add(1, Ordering::SeqCst);
        let in_flight = self.0.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most_at_once.fetch_max(in_flight, Ordering::SeqCst);
        let is_silent = self.0.silent.lock().unwrap().contains(&tenant);
        Box::pin(async move {
            if is_silent {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(FASTEST + self.0.random.milliseconds(40)).await;
            self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
            self.answer(&request.url, tenant)
        })
    }
}

pub(super) fn domain(tenant: usize) -> String {
    format!("tenant-{tenant}.example")
}

pub(super) fn issuer(tenant: usize) -> String {
    format!("https://{}/", domain(tenant))
}

/// Returns the number of the tenant that an issuer or another URL names.
pub(super) fn tenant_of(url: &str) -> Option<usize> {
    url.strip_prefix("https://tenant-")?.split_once(".example/")?.0.parse().ok()
}

/// The latency of a document is this and up to 40 ms more.
const FASTEST: Duration = Duration::from_millis(10);
/// The longest time for a fetch of two documents, with the milliseconds by which the simulation rounds.
pub(super) const SLOWEST_FETCH: Duration = Duration::from_millis(2 * 50 + 5);
