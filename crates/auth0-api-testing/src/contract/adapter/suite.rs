//! The suite: the order of its chapters, and the list of what did not hold.

use std::net::SocketAddr;

use auth0_api_core::{ApiClient, ApiClientBuilder, DpopPolicy, KeyPolicy};

use super::{
    Answer, Call, Chapter, Harness, Site, credentials, http1, http2, layers, metadata, nonce, optional, proofs,
    requirements, target, tokens, trouble,
};
use crate::must::must;
use crate::{LocalTenant, ManualClock};

/// Checks that an adapter for a web framework keeps its promises.
///
/// 1. Every row of the table of responses comes out as it should: status, one `WWW-Authenticate` line for each scheme in their
///    order, the headers that belong to the rejection, the body.
/// 2. Every line of a repeated header counts.
/// 3. An optional layer lets nothing pass but the absence of credentials, and trouble is not absence.
/// 4. What a proof is for is the URL that the client called, whatever routers, proxies and versions of HTTP lie in between.
/// 5. The next nonce comes with whatever answer the service gives.
/// 6. Layers in layers use a proof up once, and tokens of another client do not count. No layer is a mistake of the server's.
/// 7. Every challenge of a 401 and a 403 names the metadata, which is served to whoever asks.
/// 8. The request's body, the connection and the CORS layer around it are left alone.
///
/// The [routes](mod@crate::contract::adapter#the-routes) that it calls are served by a [`Harness`].
///
/// # Panics
///
/// With every row that did not come out as it should: what was expected, and what came.
///
/// # Examples
///
/// ```no_run
/// use std::net::SocketAddr;
/// use auth0_api_testing::contract::{self, adapter::{Door, Site}};
///
/// struct MyFramework;
///
/// impl Door for MyFramework {
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
pub async fn adapter<D: Harness>(door: &D) {
    let mut suite = Suite::start(door).await;
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
    if door.covers(Chapter::Metadata) {
        metadata::rows(&mut suite).await;
    }
    if door.covers(Chapter::Http1) {
        http1::rows(&mut suite).await;
    }
    if door.covers(Chapter::Http2) {
        http2::rows(&mut suite).await;
    }
    suite.finish();
}

/// A tenant whose clock only the suite moves, and what has been found out so far.
pub(super) struct Suite<'d, D> {
    pub(super) door: &'d D,
    pub(super) tenant: LocalTenant,
    pub(super) clock: ManualClock,
    broken: Vec<String>,
}

impl<'d, D: Harness> Suite<'d, D> {
    async fn start(door: &'d D) -> Self {
        let clock = ManualClock::new();
        let tenant = LocalTenant::builder().clock(clock.clone()).start().await;
        Self { door, tenant: must(tenant, "starting a tenant"), clock, broken: Vec::new() }
    }

    /// Starts a server whose client has this policy.
    pub(super) async fn open(&self, policy: DpopPolicy) -> SocketAddr {
        self.open_with(|builder| builder.dpop(policy)).await
    }

    /// Starts a server whose client is configured further.
    pub(super) async fn open_with(&self, configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> SocketAddr {
        let api = must(configure(self.builder(self.tenant.audience())).build(), "configuring a client");
        let other = must(self.builder(OTHER_AUDIENCE).build(), "configuring another client");
        self.door.open(Site::new(api, other)).await
    }

    /// One row of the table.
    pub(super) async fn row(&mut self, row: &str, to: SocketAddr, call: Call, expected: Answer) -> Answer {
        let answer = self.door.send(to, call).await;
        self.compare(row, answer.clone(), expected);
        answer
    }

    /// Compares an answer that has come with the one that should.
    pub(super) fn compare(&mut self, row: &str, answer: Answer, expected: Answer) {
        let expected = self.door.translate(expected).comparable();
        let named = expected.header("content-type").is_some();
        let answer = if named { answer } else { answer.without_content_type() }.comparable();
        if answer != expected {
            self.broken.push(format!("{row}\n  expected\n{expected}  came\n{answer}"));
        }
    }

    /// Notes what does not hold.
    pub(super) fn holds(&mut self, row: &str, holds: bool, seen: &Answer) {
        if !holds {
            self.broken.push(format!("{row}\n  came\n{seen}"));
        }
    }

    fn builder(&self, audience: &str) -> ApiClientBuilder {
        let builder = ApiClient::builder(self.tenant.domain(), audience).insecure_http_loopback();
        // Without jitter, `Retry-After` is what the tenant says.
        builder.clock(self.clock.clone()).key_policy(KeyPolicy::new().jitter_percent(0))
    }

    fn finish(self) {
        assert!(self.broken.is_empty(), "{} rows do not hold:\n\n{}", self.broken.len(), self.broken.join("\n"));
    }
}

const OTHER_AUDIENCE: &str = "https://other.example.com";
