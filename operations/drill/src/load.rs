//! A few requests per second of different callers, through nginx.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use auth0_api_core::Clock;
use auth0_api_testing::{DpopClient, TokenBuilder};
use reqwest::Client;
use tokio::task::JoinHandle;

use crate::stage::Stage;

/// Requests in the background, until it is finished or dropped.
pub(crate) struct Load {
    answers: Arc<Mutex<Answers>>,
    task: JoinHandle<()>,
}

/// How many answers have which status, for callers that the API should serve, and for the others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    served: BTreeMap<String, usize>,
    /// Those of `served` to callers without a proof.
    bearer: BTreeMap<String, usize>,
    rejected: BTreeMap<String, usize>,
}

/// A caller: which requests it sends.
#[derive(Clone, Copy)]
enum Caller {
    Bearer,
    Dpop,
    Expired,
    Nobody,
    WithoutScope,
}

impl Load {
    /// Begins. All tokens are signed with the tenant's present key.
    pub(crate) fn start(stage: &Stage) -> Self {
        let answers = Arc::<Mutex<Answers>>::default();
        let (url, key) = (format!("{}/orders", stage.url), stage.tenant.dpop_client());
        let (reading, nothing) = (stage.tenant.mint().scope("read:orders"), stage.tenant.mint().scope("none"));
        let (kept, clock) = (Arc::clone(&answers), stage.tenant.clock());
        let task = tokio::spawn(async move {
            // The environment may name a proxy, which could not reach this machine.
            let Ok(client) = Client::builder().no_proxy().timeout(TIMEOUT).build() else { return };
            let tokens = Tokens { clock, reading, nothing, key, url };
            let mut interval = tokio::time::interval(INTERVAL);
            for caller in CALLERS.iter().cycle().take(MOST_REQUESTS) {
                interval.tick().await;
                let status = tokens.call(&client, *caller).await;
                kept.lock().unwrap_or_else(PoisonError::into_inner).count(*caller, status);
            }
        });
        Self { answers, task }
    }

    /// Ends, and returns the answers.
    pub(crate) async fn finish(mut self) -> Answers {
        self.task.abort();
        _ = (&mut self.task).await;
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Tokens {
    clock: Arc<dyn Clock>,
    reading: TokenBuilder,
    nothing: TokenBuilder,
    key: DpopClient,
    url: String,
}

impl Tokens {
    /// Returns the status, or what failed.
    async fn call(&self, client: &Client, caller: Caller) -> String {
        let now = self.clock.now();
        let mint = |builder: &TokenBuilder| builder.clone().issued_at(now).expires_at(now + LIFETIME);
        let request = client.get(&self.url);
        let request = match caller {
            Caller::Bearer => request.bearer_auth(mint(&self.reading).sign()),
            Caller::Dpop => {
                let token = mint(&self.reading).bound_to(&self.key).sign();
                let proof = self.key.proof("GET", &self.url).access_token(&token).sign();
                request.header("authorization", format!("DPoP {token}")).header("dpop", proof)
            }
            Caller::Expired => {
                request.bearer_auth(mint(&self.reading).issued_at(now - 2 * LIFETIME).expires_at(now - LIFETIME).sign())
            }
            Caller::Nobody => request,
            Caller::WithoutScope => request.bearer_auth(mint(&self.nothing).sign()),
        };
        match request.send().await {
            Ok(response) => response.status().as_str().to_owned(),
            Err(_) => "no answer".to_owned(),
        }
    }
}

impl Answers {
    fn count(&mut self, caller: Caller, status: String) {
        if matches!(caller, Caller::Bearer) {
            *self.bearer.entry(status.clone()).or_default() += 1;
        }
        let counts = match caller {
            Caller::Bearer | Caller::Dpop => &mut self.served,
            Caller::Expired | Caller::Nobody | Caller::WithoutScope => &mut self.rejected,
        };
        *counts.entry(status).or_default() += 1;
    }

    /// Whether every caller with a usable token was served, and there was one.
    pub(crate) fn all_served(&self) -> bool {
        self.served.keys().eq(["200"])
    }

    /// Whether every caller with a usable Bearer token was served, and there was one.
    pub(crate) fn bearer_served(&self) -> bool {
        self.bearer.keys().eq(["200"])
    }

    /// Whether some callers with usable tokens were told to come back later.
    pub(crate) fn some_postponed(&self) -> bool {
        self.served.contains_key("503")
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |counts: &BTreeMap<String, usize>| {
            let counts = counts.iter().map(|(status, count)| format!("{count} × {status}"));
            counts.collect::<Vec<_>>().join(", ")
        };
        write!(f, "usable tokens: {}; others: {}", text(&self.served), text(&self.rejected))
    }
}

const CALLERS: [Caller; 10] = [
    Caller::Bearer,
    Caller::Dpop,
    Caller::Bearer,
    Caller::Dpop,
    Caller::Expired,
    Caller::Bearer,
    Caller::Dpop,
    Caller::Nobody,
    Caller::Dpop,
    Caller::WithoutScope,
];
/// Twenty requests per second.
const INTERVAL: Duration = Duration::from_millis(50);
/// Those of two hours.
const MOST_REQUESTS: usize = 144_000;
const LIFETIME: Duration = Duration::from_secs(300);
const TIMEOUT: Duration = Duration::from_secs(10);
