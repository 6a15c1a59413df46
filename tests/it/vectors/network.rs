//! The network of a case: an HTTP client with scripted answers, which records the requests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth0_api_core::{HttpClient, HttpError, HttpFuture, HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

/// The answers of one URL, in order. After the end of the list, the last answer is repeated.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Route {
    url: String,
    pub(super) responses: Vec<Reply>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Reply {
    Response(Response),
    Failure(Failure),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Response {
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    pub(super) body: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    error: FailureKind,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FailureKind {
    Connect,
    Timeout,
}

/// The HTTP client of the case. Clones share the script and the recorded requests.
#[derive(Clone, Debug)]
pub(super) struct Network(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    script: BTreeMap<String, Script>,
    jwks_uris: BTreeSet<String>,
    asked: Mutex<Vec<HttpRequest>>,
    call_began_at: AtomicUsize,
    in_flight: AtomicUsize,
}

#[derive(Debug)]
struct Script {
    replies: Vec<Reply>,
    next: AtomicUsize,
}

/// The requested URLs, and the URLs of key sets.
#[derive(Debug)]
pub(super) struct Traffic {
    urls: Vec<String>,
    jwks_uris: BTreeSet<String>,
}

impl Network {
    pub(super) fn new(routes: &[Route]) -> Self {
        let script =
            |route: &Route| (route.url.clone(), Script { replies: route.responses.clone(), next: AtomicUsize::new(0) });
        let bodies = routes.iter().flat_map(|route| &route.responses).filter_map(Reply::body);
        Self(Arc::new(Inner {
            script: routes.iter().map(script).collect(),
            jwks_uris: bodies.filter_map(jwks_uri).collect(),
            asked: Mutex::default(),
            call_began_at: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
        }))
    }

    /// Waits until no request is in flight, including background fetches. Time is paused, and tokio advances it: see
    /// [`run`](super::run).
    ///
    /// In one round, every ready task can run `TURNS` times, so that it can start a request. If a request is then in
    /// flight, the sleep advances the time until the request's timers end, and the next round begins.
    pub(super) async fn settle(&self) {
        loop {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
            if self.0.in_flight.load(Ordering::SeqCst) == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Marks the beginning of another call: `traffic` and `requests` return only what follows.
    pub(super) fn begin_call(&self) {
        self.0.call_began_at.store(self.asked().len(), Ordering::SeqCst);
    }

    /// Returns the traffic since the current call began.
    pub(super) fn traffic(&self) -> Traffic {
        self.traffic_from(self.0.call_began_at.load(Ordering::SeqCst))
    }

    /// Returns the traffic of all calls.
    pub(super) fn total_traffic(&self) -> Traffic {
        self.traffic_from(0)
    }

    fn traffic_from(&self, first: usize) -> Traffic {
        let urls = self.asked().iter().skip(first).map(|request| request.url.clone()).collect();
        Traffic { urls, jwks_uris: self.0.jwks_uris.clone() }
    }

    /// Returns the requests since the current call began.
    pub(super) fn requests(&self) -> Vec<HttpRequest> {
        self.asked().iter().skip(self.0.call_began_at.load(Ordering::SeqCst)).cloned().collect()
    }

    fn asked(&self) -> MutexGuard<'_, Vec<HttpRequest>> {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpClient for Network {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        self.asked().push(request.clone());
        let in_flight = InFlight::begin(&self.0);
        Box::pin(async move {
            let _in_flight = in_flight;
            match self.0.script.get(&request.url).and_then(Script::next) {
                Some(Reply::Response(response)) => Ok(response.clone().into()),
                Some(Reply::Failure(Failure { error: FailureKind::Timeout })) => {
                    // The client's time limit ends the request first. Without a limit, this sleep ends the request.
                    tokio::time::sleep(request.timeout * 2).await;
                    Err(HttpError::Timeout)
                }
                Some(Reply::Failure(Failure { error: FailureKind::Connect })) | None => {
                    Err(HttpError::Connect("unreachable".into()))
                }
            }
        })
    }
}

impl Script {
    fn next(&self) -> Option<&Reply> {
        let turn = self.next.fetch_add(1, Ordering::SeqCst);
        self.replies.get(turn).or(self.replies.last())
    }
}

impl Reply {
    pub(super) fn body(&self) -> Option<&str> {
        match self {
            Self::Response(response) => Some(&response.body),
            Self::Failure(_) => None,
        }
    }
}

impl From<Response> for HttpResponse {
    fn from(Response { status, headers, body }: Response) -> Self {
        Self { status, headers, body: body.into_bytes() }
    }
}

impl Traffic {
    /// Returns the number of requests for discovery documents, and for key sets.
    pub(super) fn counts(&self) -> Value {
        let discovery = self.urls.iter().filter(|url| url.ends_with("/.well-known/openid-configuration")).count();
        let jwks = self.urls.iter().filter(|url| self.jwks_uris.contains(*url)).count();
        json!({ "discovery": discovery, "jwks": jwks })
    }

    /// Returns the hosts that received a request.
    pub(super) fn hosts(&self) -> Value {
        self.urls.iter().map(|url| host(url)).collect()
    }
}

/// Counts a request until its future ends or is dropped.
struct InFlight(Arc<Inner>);

impl InFlight {
    fn begin(inner: &Arc<Inner>) -> Self {
        inner.in_flight.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(inner))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

fn jwks_uri(body: &str) -> Option<String> {
    let document: Value = serde_json::from_str(body).ok()?;
    Some(document.get("jwks_uri")?.as_str()?.to_owned())
}

fn host(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// Enough turns for a task to start a task that starts another task.
const TURNS: usize = 64;
