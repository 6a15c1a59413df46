//! An HTTP client with scripted answers: what a test needs to work without a network.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth0_api_core::http::{HttpClient, HttpError, HttpFuture, HttpRequest, HttpResponse};
use tokio::sync::{Notify, watch};

use crate::HttpAnswer;

/// An HTTP client that sends nothing: it answers from a script, and records the requests.
///
/// [`route`](Self::route) scripts the answers for one URL. All other URLs, and routes without answers of their own, have
/// the answers of [`other_urls`](Self::other_urls). A request without any answer fails, as if the server were
/// [unreachable](HttpAnswer::unreachable).
/// Clones share the script and the recorded requests.
///
/// ```
/// use auth0_api_core::ApiClient;
/// use auth0_api_testing::{HttpAnswer, ScriptedHttp};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let http = ScriptedHttp::new();
/// let discovery = http.route("https://tenant.example.com/.well-known/openid-configuration");
/// discovery.answer([
///     HttpAnswer::unreachable(),
///     HttpAnswer::json(200, &json!({ "issuer": "https://evil.example" })),
/// ]);
///
/// let api = ApiClient::builder("tenant.example.com", "https://api.example.com")
///     .http_client(http.clone());
/// let api = api.build().unwrap();
/// assert!(api.warm_up().await.is_err());
/// assert_eq!(discovery.count(), 1);
/// assert_eq!(http.requests().len(), 1);
/// # }
/// ```
#[doc(alias = "mock")]
#[derive(Clone, Default)]
pub struct ScriptedHttp(Arc<Inner>);

#[derive(Default)]
struct Inner {
    routes: Mutex<BTreeMap<String, ScriptedRoute>>,
    other_urls: ScriptedRoute,
    log: Log,
    in_flight: AtomicUsize,
}

/// The answers of a [`ScriptedHttp`] for one URL, the requests to this URL, and a gate that delays the answers. Clones
/// share all of this.
///
/// The gate is open until a test [closes](Self::close) it:
///
/// ```
/// use auth0_api_testing::ScriptedHttp;
///
/// # async fn a_test(http: ScriptedHttp, call: impl Future<Output = ()> + Send + 'static) {
/// let tokens = http.route("https://tenant.example.com/oauth/token");
/// tokens.close();
/// let call = tokio::spawn(call);
/// tokens.arrival().await;
/// // … the request has arrived, and has no answer yet …
/// tokens.open();
/// call.await.unwrap();
/// # }
/// ```
#[derive(Clone, Default)]
pub struct ScriptedRoute(Arc<Route>);

struct Route {
    script: Mutex<Script>,
    arrival: Notify,
    /// Whether the gate is open.
    gate: watch::Sender<bool>,
    log: Log,
}

/// Where the answers of a route come from.
#[derive(Clone, Default)]
enum Script {
    /// A function of the request.
    Computed(Arc<dyn Fn(&HttpRequest) -> HttpAnswer + Send + Sync>),
    /// Another HTTP client.
    Forwarded(Arc<dyn HttpClient>),
    /// These answers in order. The last answer is repeated.
    Listed(VecDeque<HttpAnswer>),
    #[default]
    Missing,
}

/// The number of requests, and the last [`RECORDED`] requests.
#[derive(Default)]
struct Log {
    count: AtomicUsize,
    requests: Mutex<VecDeque<HttpRequest>>,
}

impl ScriptedHttp {
    /// Makes a client without a script.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the route of this URL.
    pub fn route(&self, url: impl Into<String>) -> ScriptedRoute {
        lock(&self.0.routes).entry(url.into()).or_default().clone()
    }

    /// Returns the route of all URLs that have no route of their own.
    pub fn other_urls(&self) -> ScriptedRoute {
        self.0.other_urls.clone()
    }

    /// Returns the last 1000 requests to all URLs, oldest first.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.0.log.read()
    }

    /// Returns the number of requests to all URLs.
    pub fn count(&self) -> usize {
        self.0.log.count.load(Ordering::SeqCst)
    }

    /// Returns the number of requests that have no answer yet, and that the sender has not dropped.
    pub fn in_flight(&self) -> usize {
        self.0.in_flight.load(Ordering::SeqCst)
    }
}

impl ScriptedRoute {
    /// Sets the answers to the next requests, in order. The last answer is repeated. Without any answer, requests fail
    /// as if the server were unreachable.
    pub fn answer(&self, answers: impl IntoIterator<Item = HttpAnswer>) {
        self.set(Script::Listed(answers.into_iter().collect()));
    }

    /// Computes the answer to each request.
    pub fn answer_with(&self, answer: impl Fn(&HttpRequest) -> HttpAnswer + Send + Sync + 'static) {
        self.set(Script::Computed(Arc::new(answer)));
    }

    /// Sends the requests with another HTTP client. The gate delays the answers of this client.
    pub fn forward_to(&self, client: impl HttpClient) {
        self.set(Script::Forwarded(Arc::new(client)));
    }

    /// Closes the gate: requests get no answer until the test calls [`open`](Self::open). The content of a delayed
    /// answer is already decided.
    pub fn close(&self) {
        self.0.gate.send_replace(false);
    }

    /// Opens the gate.
    pub fn open(&self) {
        self.0.gate.send_replace(true);
    }

    /// Waits until a request is at the gate, or has passed it, since the last call of this method.
    ///
    /// # Panics
    ///
    /// No request arrives within 30 s, in the time of tokio: the test would wait for ever.
    pub async fn arrival(&self) {
        let arrived = tokio::time::timeout(LONGEST_WAIT, self.0.arrival.notified()).await;
        assert!(arrived.is_ok(), "no request to this route has arrived for {LONGEST_WAIT:?}");
    }

    /// Returns the last 1000 requests, oldest first.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.0.log.read()
    }

    /// Returns the number of requests.
    pub fn count(&self) -> usize {
        self.0.log.count.load(Ordering::SeqCst)
    }

    fn set(&self, script: Script) {
        *lock(&self.0.script) = script;
    }
}

impl Route {
    async fn send(&self, request: HttpRequest, others: &Self) -> Result<HttpResponse, HttpError> {
        let own = lock(&self.script).take_turn();
        let script = if matches!(own, Script::Missing) { lock(&others.script).take_turn() } else { own };
        let answer = match script {
            Script::Computed(compute) => Ok(compute(&request)),
            Script::Forwarded(client) => Err(client.send(request.clone()).await),
            Script::Listed(mut answers) => Ok(answers.pop_front().unwrap_or_else(HttpAnswer::unreachable)),
            Script::Missing => Ok(HttpAnswer::unreachable()),
        };
        self.arrival.notify_one();
        // This wait fails only if the sender is dropped, and the route owns the sender.
        drop(self.gate.subscribe().wait_for(|open| *open).await);
        match answer {
            Ok(answer) => answer.outcome(request).await,
            Err(forwarded) => forwarded,
        }
    }
}

impl Script {
    /// Returns the script for one request. Of a list, this is the next answer alone.
    fn take_turn(&mut self) -> Self {
        match self {
            Self::Listed(answers) if answers.len() > 1 => Self::Listed(answers.pop_front().into_iter().collect()),
            script => script.clone(),
        }
    }
}

impl Log {
    fn record(&self, request: HttpRequest) {
        self.count.fetch_add(1, Ordering::SeqCst);
        let mut requests = lock(&self.requests);
        if requests.len() == RECORDED {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    fn read(&self) -> Vec<HttpRequest> {
        lock(&self.requests).iter().cloned().collect()
    }
}

impl Default for Route {
    fn default() -> Self {
        let (script, arrival, log) = (Mutex::default(), Notify::new(), Log::default());
        Self { script, arrival, gate: watch::Sender::new(true), log }
    }
}

impl HttpClient for ScriptedHttp {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        let ScriptedRoute(others) = self.other_urls();
        let route = lock(&self.0.routes).get(&request.url).map_or(Arc::clone(&others), |route| Arc::clone(&route.0));
        self.0.log.record(request.clone());
        route.log.record(request.clone());
        let in_flight = InFlight::begin(Arc::clone(&self.0));
        Box::pin(async move {
            let _in_flight = in_flight;
            route.send(request, &others).await
        })
    }
}

/// Counts a request until its future ends or is dropped.
struct InFlight(Arc<Inner>);

impl InFlight {
    fn begin(inner: Arc<Inner>) -> Self {
        inner.in_flight.fetch_add(1, Ordering::SeqCst);
        Self(inner)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

impl fmt::Debug for ScriptedHttp {
    /// Leaves out the script and the requests, because they may contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedHttp").field("count", &self.count()).finish_non_exhaustive()
    }
}

impl fmt::Debug for ScriptedRoute {
    /// Leaves out the script and the requests, because they may contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedRoute").field("count", &self.count()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request that a test waits for arrives within milliseconds, also on a busy machine within seconds.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The number of recorded requests, so that a long test does not fill the memory.
const RECORDED: usize = 1_000;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops where it fails")]
mod tests {
    use auth0_api_core::{Algorithm, ApiClient};
    use serde_json::json;

    use super::*;

    const DISCOVERY: &str = "https://tenant.example.com/.well-known/openid-configuration";
    const KEYS: &str = "https://tenant.example.com/keys";

    /// Fetches the keys once.
    async fn fetch(http: &ScriptedHttp) -> bool {
        let builder = ApiClient::builder("tenant.example.com", "https://api.example.com").http_client(http.clone());
        builder.algorithms([Algorithm::ES256]).build().unwrap().warm_up().await.is_ok()
    }

    fn scripted() -> ScriptedHttp {
        let http = ScriptedHttp::new();
        let document = json!({ "issuer": "https://tenant.example.com/", "jwks_uri": KEYS });
        http.route(DISCOVERY).answer([HttpAnswer::json(200, &document)]);
        let key = crate::SigningKey::generate(Algorithm::ES256).public_jwk();
        http.route(KEYS).answer([HttpAnswer::json(200, &json!({ "keys": [key] }))]);
        http
    }

    #[tokio::test]
    async fn answers_come_in_order_and_the_last_one_is_repeated() {
        let http = scripted();
        assert!(fetch(&http).await);
        http.route(KEYS).answer([HttpAnswer::broken(), HttpAnswer::json(200, &json!({ "keys": [] }))]);
        for _ in 0..3 {
            assert!(!fetch(&http).await);
        }
        assert_eq!((http.count(), http.route(KEYS).count(), http.other_urls().count()), (8, 4, 0));
        assert_eq!(http.requests().first().unwrap().url, DISCOVERY);
    }

    #[tokio::test]
    async fn a_request_without_an_answer_fails() {
        let http = ScriptedHttp::new();
        assert!(!fetch(&http).await);
        assert_eq!(http.other_urls().count(), 1);
    }

    #[tokio::test]
    async fn a_closed_gate_delays_answers_until_it_is_opened() {
        let http = scripted();
        let keys = http.route(KEYS);
        keys.close();
        let fetching = tokio::spawn({
            let http = http.clone();
            async move { fetch(&http).await }
        });
        keys.arrival().await;
        assert_eq!(http.in_flight(), 1);
        keys.open();
        assert!(fetching.await.unwrap());
        assert_eq!(http.in_flight(), 0);
    }

    #[tokio::test(start_paused = true)]
    #[should_panic(expected = "no request to this route has arrived for 30s")]
    async fn a_request_that_never_arrives_is_not_waited_for_without_end() {
        scripted().route(KEYS).arrival().await;
    }

    #[tokio::test]
    async fn a_route_can_forward_to_another_client_or_compute() {
        let http = ScriptedHttp::new();
        let keys = http.route(KEYS);
        http.other_urls().forward_to(scripted());
        assert!(fetch(&http).await);
        assert_eq!(keys.count(), 1);
        http.other_urls().answer_with(|request| HttpAnswer::status(if request.url == KEYS { 200 } else { 500 }));
        assert!(!fetch(&http).await);
    }

    #[tokio::test]
    async fn debug_output_contains_no_request_and_no_answer() {
        let http = scripted();
        fetch(&http).await;
        assert_eq!(format!("{http:?}"), "ScriptedHttp { count: 2, .. }");
        assert_eq!(format!("{:?}", HttpAnswer::json(200, &json!({ "access_token": "secret" }))), "status 200");
    }
}
