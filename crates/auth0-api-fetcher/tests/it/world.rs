//! A tenant, an API whose callers make requests, and servers that they are made to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth0_api_core::{ApiClient, ClientAuth, OnBehalfOf, VerifiedToken};
use auth0_api_fetcher::{Fetcher, FetcherBuilder};
use auth0_api_testing::{Api, LocalTenant, LocalTenantBuilder, ManualClock};
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const CALENDAR: &str = "https://calendar.example.com";

/// A tenant with two APIs, and the client of the one that calls the other.
pub(crate) struct World {
    pub(crate) tenant: LocalTenant,
    pub(crate) clock: ManualClock,
    pub(crate) api: ApiClient,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|builder| builder).await
    }

    pub(crate) async fn start_with(configure: impl FnOnce(LocalTenantBuilder) -> LocalTenantBuilder) -> Self {
        let clock = ManualClock::new();
        let calendar = Api::new(CALENDAR).scopes(["read:events", "write:events"]);
        let builder = LocalTenant::builder().clock(clock.clone()).api(calendar);
        let tenant = configure(builder).start().await.unwrap();
        let auth = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
        let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
        let api = builder.clock(clock.clone()).client_auth(auth).build().unwrap();
        Self { tenant, clock, api }
    }

    pub(crate) async fn caller(&self, subject: &str) -> VerifiedToken {
        self.api.verify_access_token(&self.tenant.mint().subject(subject).sign()).await.unwrap()
    }

    /// The builder of a client for the other API.
    pub(crate) fn calendar(&self) -> auth0_api_core::ApiClientBuilder {
        ApiClient::builder(self.tenant.domain(), CALENDAR).insecure_http_loopback().clock(self.clock.clone())
    }

    /// A fetcher that calls a server on behalf of callers.
    pub(crate) fn fetcher(&self, server: &Server) -> FetcherBuilder {
        let asked = OnBehalfOf::audience(CALENDAR).scope("read:events");
        Fetcher::on_behalf_of(&self.api, &server.url, asked).insecure_http().clock(self.clock.clone())
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn token_requests(&self) -> usize {
        self.tenant.requests().token
    }
}

/// A server on a loopback port, which stops when it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&requests);
        let app = app.layer(axum::middleware::map_request(move |request: Request| {
            counted.fetch_add(1, Ordering::SeqCst);
            async { request }
        }));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, requests, task }
    }

    /// Answers each request by a function of its number, from 0, and of the request.
    pub(crate) async fn answering<R: IntoResponse>(
        answer: impl Fn(usize, Request) -> R + Clone + Send + Sync + 'static,
    ) -> Self {
        let number = Arc::<AtomicUsize>::default();
        let handler = move |request: Request| {
            let response: Response = answer(number.fetch_add(1, Ordering::SeqCst), request).into_response();
            async { response }
        };
        Self::start(Router::new().fallback(handler)).await
    }

    /// How many requests have arrived.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The value of a header of a request, or nothing.
pub(crate) fn header<'r>(request: &'r Request, name: &str) -> &'r str {
    request.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// Limits the time of a test that waits for something that may never come.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), future).await.unwrap()
}

/// Decodes base64url.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let value = |octet: u8| match octet {
        b'A'..=b'Z' => octet - b'A',
        b'a'..=b'z' => octet - b'a' + 26,
        b'0'..=b'9' => octet - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let bits = text.bytes().flat_map(|octet| (0..6).rev().map(move |bit| value(octet) >> bit & 1));
    let bits: Vec<u8> = bits.collect();
    bits.chunks_exact(8).map(|octet| octet.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
}
