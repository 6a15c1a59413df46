//! An HTTP client that answers some requests itself.

use std::fmt;
use std::sync::{Arc, Mutex};

use auth0_api_core::http::{HttpClient, HttpError, HttpFuture, HttpRequest, HttpResponse, ReqwestClient};

type Answer = Result<HttpResponse, HttpError>;
type Decide = dyn Fn(&HttpRequest) -> Option<Answer> + Send + Sync;

/// Asks a function about each request. If the function returns nothing, the request is sent.
#[derive(Clone)]
pub(crate) struct Intercepting {
    network: ReqwestClient,
    decide: Arc<Decide>,
    seen: Arc<Mutex<Vec<HttpRequest>>>,
}

impl Intercepting {
    pub(crate) fn new(decide: impl Fn(&HttpRequest) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self { network: ReqwestClient::new().unwrap(), decide: Arc::new(decide), seen: Arc::default() }
    }

    /// Sends everything, and only keeps the requests.
    pub(crate) fn watching() -> Self {
        Self::new(|_| None)
    }

    /// Returns the client that sends what the function does not answer. Each new one would read all certificates again.
    pub(crate) fn network(&self) -> ReqwestClient {
        self.network.clone()
    }

    /// Returns the requests to the Management API as `METHOD path?query`, without those for tokens.
    pub(crate) fn calls(&self) -> Vec<String> {
        let calls = self.seen.lock().unwrap();
        let calls = calls.iter().filter_map(|request| {
            let (_, path) = request.url.split_once("/api/v2/")?;
            Some(format!("{} {path}", request.method.name()))
        });
        calls.collect()
    }

    pub(crate) fn requests(&self) -> Vec<HttpRequest> {
        self.seen.lock().unwrap().clone()
    }
}

impl HttpClient for Intercepting {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        self.seen.lock().unwrap().push(request.clone());
        match (self.decide)(&request) {
            Some(answer) => Box::pin(async { answer }),
            None => self.network.send(request),
        }
    }
}

impl fmt::Debug for Intercepting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intercepting").finish_non_exhaustive()
    }
}

/// Returns an answer of the Management API.
#[expect(clippy::unnecessary_wraps, reason = "the functions that decide return it as it is")]
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Some(Ok(HttpResponse { status, headers, body: body.as_bytes().to_vec() }))
}

/// Whether a request is for the Management API, with this method.
pub(crate) fn is_call(request: &HttpRequest, method: &str) -> bool {
    request.method.name() == method && request.url.contains("/api/v2/")
}
