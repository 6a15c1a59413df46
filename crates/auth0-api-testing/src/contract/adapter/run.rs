//! Runs all rows of the suite.

use super::suite::Suite;
use super::{
    Chapter, Harness, credentials, end_user, handlers, http1, http2, layers, metadata, nonce, optional, proofs, reload,
    requirements, target, tokens, trouble,
};

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
/// 7. An error that a handler returns becomes the rejection that the layer would send for it. The response keeps the
///    headers of layers in between. Without a layer, the response is 500, and an event is logged.
/// 8. The extensions of the response to each rejected request contain the rejection.
/// 9. Every challenge of a 401 or 403 response contains the URL of the metadata. The server serves the metadata without
///    credentials.
/// 10. The adapter does not change the body of a request, does not close the connection after a rejection, and works
///     inside a CORS layer.
/// 11. The address of the end user is the one of the peer, or the one that trusted proxies vouch for. The client cannot
///     choose it with headers.
/// 12. A layer that was built before the settings of its client were replaced serves the new ones, and so does the route
///     of the metadata.
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
    handlers::rows(&mut suite).await;
    trouble::rows(&mut suite).await;
    target::rows(&mut suite).await;
    end_user::rows(&mut suite).await;
    metadata::challenges(&mut suite).await;
    reload::rows(&mut suite).await;
    if harness.covers(Chapter::Metadata) {
        metadata::rows(&mut suite).await;
        reload::metadata(&mut suite).await;
    }
    if harness.covers(Chapter::Http1) {
        http1::rows(&mut suite).await;
    }
    if harness.covers(Chapter::Http2) {
        http2::rows(&mut suite).await;
    }
    suite.finish();
}
