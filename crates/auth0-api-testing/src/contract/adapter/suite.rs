//! The suite: runs its rows in order and collects the failures. A row is one request and its expected response.

use std::net::SocketAddr;

use auth0_api_core::{ApiClient, ApiClientBuilder, DpopPolicy, KeyPolicy};

use super::{
    Answer, Call, Chapter, Harness, Site, credentials, http1, http2, layers, metadata, nonce, optional, proofs,
    requirements, target, tokens, trouble,
};
use crate::must::must;
use crate::{LocalTenant, ManualClock};

/// Checks that an adapter for a web framework follows these rules:
///
/// 1. Each response has the right status, headers and body. A rejection has one `WWW-Authenticate` line for each scheme,
///    in the right order.
/// 2. The adapter reads every line of a repeated header.
/// 3. An optional layer admits a request without a verified token only if the request has no credentials. If the server
///    cannot verify a token, the layer does not treat the request as one without credentials.
/// 4. A proof must be for the URL that the client called, also behind routers and proxies, over HTTP/1.1 and HTTP/2.
/// 5. After the nonce has changed, the response to a proof with the previous nonce contains the new nonce, also if the
///    response is an error.
/// 6. If layers of one client are nested, they verify a proof only once. A layer does not rely on the verification by
///    another client. An extractor or a requirement without a layer answers 500.
/// 7. Every challenge of a 401 or 403 response contains the URL of the metadata. The server serves the metadata without
///    credentials.
/// 8. The adapter does not change the body of a request, does not close the connection after a rejection, and works
///    inside a CORS layer.
///
/// A [`Harness`] serves the [routes](mod@crate::contract::adapter#the-routes) that the suite calls.
///
/// # Panics
///
/// When at least one row fails. The message lists every failed row with the actual response. If the row compares the
/// whole response, the message also contains the expected response.
///
/// # Examples
///
/// ```no_run
/// use std::net::SocketAddr;
/// use auth0_api_testing::contract::{self, adapter::{Harness, Site}};
///
/// struct MyFramework;
///
/// impl Harness for MyFramework {
///     async fn open(&self, site: Site) -> SocketAddr {
///         // Build the routes with `site.api` and `site.other`, and serve them on 127.0.0.1:0.
///         # _ = site;
///         # unimplemented!()
///     }
/// }
///
/// #[tokio::main] // in a test: #[tokio::test]
/// async fn main() {
///     contract::adapter(&MyFramework).await;
/// }
/// ```
pub async fn adapter<H: Harness>(harness: &H) {
    let mut suite = Suite::start(harness).await;
    credentials::rows(&mut suite).await;
    tokens::rows(&mut suite).await;
    proofs::rows(&mut suite).await;
    nonce::rows(&mut suite).await;
    requirements::rows(&mut suite).await;
    optional::rows(&mut suite).await;
    layers::rows(&mut suite).await;
    trouble::rows(&mut suite).await;
    target::rows(&mut suite).await;
    metadata::challenges(&mut suite).await;
    if harness.covers(Chapter::Metadata) {
        metadata::rows(&mut suite).await;
    }
    if harness.covers(Chapter::Http1) {
        http1::rows(&mut suite).await;
    }
    if harness.covers(Chapter::Http2) {
        http2::rows(&mut suite).await;
    }
    suite.finish();
}

/// A run of the suite: the harness, a tenant with a clock that only the suite moves, and the failures so far.
pub(super) struct Suite<'h, H> {
    pub(super) harness: &'h H,
    pub(super) tenant: LocalTenant,
    pub(super) clock: ManualClock,
    failures: Vec<String>,
}

impl<'h, H: Harness> Suite<'h, H> {
    async fn start(harness: &'h H) -> Self {
        let clock = ManualClock::new();
        let tenant = LocalTenant::builder().clock(clock.clone()).start().await;
        Self { harness, tenant: must(tenant, "starting a tenant"), clock, failures: Vec::new() }
    }

    /// Starts a server whose client has this DPoP policy.
    pub(super) async fn open(&self, policy: DpopPolicy) -> SocketAddr {
        self.open_with(|builder| builder.dpop(policy)).await
    }

    /// Starts a server whose client is configured by `configure`.
    pub(super) async fn open_with(&self, configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> SocketAddr {
        let api = must(configure(self.builder(self.tenant.audience())).build(), "configuring a client");
        let other = must(self.builder(OTHER_AUDIENCE).build(), "configuring another client");
        self.harness.open(Site::new(api, other)).await
    }

    /// Runs one row: sends the call and compares the answer with the expected one.
    pub(super) async fn row(&mut self, row: &str, to: SocketAddr, call: Call, expected: Answer) -> Answer {
        let answer = self.harness.send(to, call).await;
        self.compare(row, answer.clone(), expected);
        answer
    }

    /// Compares an answer with the expected one, and records a failure if they differ.
    ///
    /// `Content-Type` is compared only if the expected answer has one.
    pub(super) fn compare(&mut self, row: &str, answer: Answer, expected: Answer) {
        let expected = self.harness.translate(expected).comparable();
        let named = expected.header("content-type").is_some();
        let answer = if named { answer } else { answer.without_content_type() }.comparable();
        if answer != expected {
            self.failures.push(format!("{row}\n  expected\n{expected}  received\n{answer}"));
        }
    }

    /// Records a failure of a row, with the answer, unless `holds` is true.
    pub(super) fn check(&mut self, row: &str, holds: bool, answer: &Answer) {
        if !holds {
            self.failures.push(format!("{row}\n  received\n{answer}"));
        }
    }

    fn builder(&self, audience: &str) -> ApiClientBuilder {
        let builder = ApiClient::builder(self.tenant.domain(), audience).insecure_http_loopback();
        // Without jitter, `Retry-After` is exactly the tenant's value.
        builder.clock(self.clock.clone()).key_policy(KeyPolicy::new().jitter_percent(0))
    }

    fn finish(self) {
        assert!(self.failures.is_empty(), "{} rows failed:\n\n{}", self.failures.len(), self.failures.join("\n"));
    }
}

const OTHER_AUDIENCE: &str = "https://other.example.com";
