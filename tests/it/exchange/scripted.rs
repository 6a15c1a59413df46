//! A tenant with scripted answers. It uses no socket, so that tests can pause time.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auth0_api_core::{HttpClient, HttpError, HttpFuture, HttpMethod, HttpRequest, HttpResponse};
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};

/// The reply of the token endpoint to one request. After the end of a script, its last reply is repeated.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// No connection can be made.
    Connect,
    /// The connection breaks before the answer.
    Broken,
    Answer(u16, Vec<(&'static str, String)>, String),
    /// The endpoint never answers.
    Silent,
}

/// An HTTP client that returns the scripted answers. Clones share the script and the recorded requests.
#[derive(Clone)]
pub(super) struct Scripted(Arc<Inner>);

struct Inner {
    arrival: Notify,
    discovery: Mutex<Option<Value>>,
    discovery_asked: Mutex<Vec<HttpRequest>>,
    gate: Semaphore,
    jwks: Value,
    replies: Mutex<VecDeque<Reply>>,
    sent: Mutex<Vec<HttpRequest>>,
}

impl Scripted {
    pub(super) fn new(jwks: Value) -> Self {
        let document = json!({
            "issuer": ISSUER,
            "jwks_uri": format!("{ISSUER}.well-known/jwks.json"),
            "token_endpoint": TOKEN_ENDPOINT,
        });
        Self(Arc::new(Inner {
            arrival: Notify::new(),
            discovery: Mutex::new(Some(document)),
            discovery_asked: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS / 2),
            jwks,
            replies: Mutex::default(),
            sent: Mutex::default(),
        }))
    }

    /// Sets the replies to the next token requests.
    pub(super) fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        *lock(&self.0.replies) = replies.into_iter().collect();
    }

    /// Sets the discovery document; with `None`, discovery fails.
    pub(super) fn discovery(&self, document: impl Into<Option<Value>>) {
        *lock(&self.0.discovery) = document.into();
    }

    /// Delays the replies to token requests until [`open`](Self::open) is called.
    pub(super) fn close(&self) {
        self.0.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(super) fn open(&self) {
        self.0.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// Waits until a token request has arrived.
    pub(super) async fn arrival(&self) {
        self.0.arrival.notified().await;
    }

    /// Returns the token requests so far.
    pub(super) fn sent(&self) -> Vec<HttpRequest> {
        lock(&self.0.sent).clone()
    }

    /// Returns the requests for the discovery document so far.
    pub(super) fn discovery_asked(&self) -> Vec<HttpRequest> {
        lock(&self.0.discovery_asked).clone()
    }

    fn document(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if request.url.ends_with("/jwks.json") {
            return Ok(answer(200, Vec::new(), self.0.jwks.to_string()));
        }
        lock(&self.0.discovery_asked).push(request);
        match &*lock(&self.0.discovery) {
            Some(document) => Ok(answer(200, Vec::new(), document.to_string())),
            None => Err(HttpError::Connect("unreachable".into())),
        }
    }

    fn next(&self) -> Reply {
        let mut replies = lock(&self.0.replies);
        if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() }.unwrap()
    }
}

impl fmt::Debug for Scripted {
    /// Leaves out the recorded requests: tests search the client's debug output for secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted").finish_non_exhaustive()
    }
}

impl HttpClient for Scripted {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            if request.method == HttpMethod::Get {
                return self.document(request);
            }
            lock(&self.0.sent).push(request);
            self.0.arrival.notify_one();
            let _pass = self.0.gate.acquire().await.unwrap();
            match self.next() {
                Reply::Connect => Err(HttpError::Connect("unreachable".into())),
                Reply::Broken => Err(HttpError::Exchange("connection reset".into())),
                Reply::Answer(status, headers, body) => Ok(answer(status, headers, body)),
                Reply::Silent => std::future::pending().await,
            }
        })
    }
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::Answer(status, Vec::new(), body.to_string())
    }

    /// A token response with a token that expires in an hour.
    pub(super) fn tokens(access_token: &str) -> Self {
        Self::tokens_for(access_token, 3600)
    }

    pub(super) fn tokens_for(access_token: &str, seconds: u64) -> Self {
        Self::json(200, &json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": seconds }))
    }

    pub(super) fn error(status: u16, code: &str) -> Self {
        Self::json(status, &json!({ "error": code }))
    }

    /// A status with an empty body and `Retry-After`.
    pub(super) fn later(status: u16, seconds: u64) -> Self {
        Self::Answer(status, vec![("retry-after", seconds.to_string())], String::new())
    }
}

fn answer(status: u16, headers: Vec<(&'static str, String)>, body: String) -> HttpResponse {
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    HttpResponse { status, headers, body: body.into_bytes() }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) const DOMAIN: &str = "tenant.example.com";
pub(super) const ISSUER: &str = "https://tenant.example.com/";
pub(super) const TOKEN_ENDPOINT: &str = "https://tenant.example.com/oauth/token";
