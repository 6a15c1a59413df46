//! The network of a case: the script of an HTTP client, and the traffic that it records.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth0_api_core::http::HttpRequest;
use auth0_api_testing::{HttpAnswer, ScriptedHttp};
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

/// The scripted HTTP client of the case. Clones share the script and the recorded requests.
#[derive(Clone, Debug)]
pub(super) struct Network {
    pub(super) http: ScriptedHttp,
    jwks_uris: BTreeSet<String>,
    call_began_at: Arc<AtomicUsize>,
}

/// The requested URLs, and the URLs of key sets.
#[derive(Debug)]
pub(super) struct Traffic {
    urls: Vec<String>,
    jwks_uris: BTreeSet<String>,
}

impl Network {
    pub(super) fn new(routes: &[Route]) -> Self {
        let http = ScriptedHttp::new();
        for route in routes {
            http.route(&route.url).answer(route.responses.iter().map(HttpAnswer::from));
        }
        let bodies = routes.iter().flat_map(|route| &route.responses).filter_map(Reply::body);
        Self { http, jwks_uris: bodies.filter_map(jwks_uri).collect(), call_began_at: Arc::default() }
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
            if self.http.in_flight() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Marks the beginning of another call: `traffic` and `requests` return only what follows.
    pub(super) fn begin_call(&self) {
        self.call_began_at.store(self.http.count(), Ordering::SeqCst);
    }

    /// Returns the traffic since the current call began.
    pub(super) fn traffic(&self) -> Traffic {
        self.traffic_from(self.call_began_at.load(Ordering::SeqCst))
    }

    /// Returns the traffic of all calls.
    pub(super) fn total_traffic(&self) -> Traffic {
        self.traffic_from(0)
    }

    fn traffic_from(&self, first: usize) -> Traffic {
        let urls = self.http.requests().into_iter().skip(first).map(|request| request.url).collect();
        Traffic { urls, jwks_uris: self.jwks_uris.clone() }
    }

    /// Returns the requests since the current call began.
    pub(super) fn requests(&self) -> Vec<HttpRequest> {
        self.http.requests().split_off(self.call_began_at.load(Ordering::SeqCst))
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

impl From<&Reply> for HttpAnswer {
    fn from(reply: &Reply) -> Self {
        match reply {
            Reply::Response(Response { status, headers, body }) => headers
                .iter()
                .fold(Self::status(*status), |answer, (name, value)| answer.header(name, value))
                .body(body.as_str()),
            // The client's time limit ends the request first.
            Reply::Failure(Failure { error: FailureKind::Timeout }) => Self::too_late(),
            Reply::Failure(Failure { error: FailureKind::Connect }) => Self::unreachable(),
        }
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
