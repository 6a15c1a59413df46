//! The URI of a request before a middleware rewrites it.

use std::task::{Context, Poll};

use http::{Extensions, Request, Uri};
use tower_layer::Layer;
use tower_service::Service;

/// Keeps the URI of each request, so that a middleware behind this layer can rewrite it.
///
/// A `DPoP` proof names the URL that the client called. If a middleware such as tower-http's `NormalizePath` changes the
/// path before [`AuthLayer`](crate::AuthLayer) sees the request, each proof for a changed path is rejected with
/// `dpop_htu_mismatch`. Put this layer outside of that middleware, at the whole service or inside a nested router. axum's
/// own `nest` needs no such layer.
///
/// ```
/// use auth0_api_axum::{ApiClient, AuthLayer, KeepReceivedUri};
/// use axum::{Router, ServiceExt, extract::Request, routing::get};
/// use tower::ServiceBuilder;
/// use tower_http::normalize_path::NormalizePathLayer;
///
/// # fn service(api: ApiClient) {
/// let router: Router =
///     Router::new().route("/orders", get(|| async { "[]" })).layer(AuthLayer::new(api));
/// let rewriting = ServiceBuilder::new()
///     .layer(KeepReceivedUri::new())
///     .layer(NormalizePathLayer::trim_trailing_slash());
/// let app = rewriting.service(router);
/// let service = ServiceExt::<Request>::into_make_service(app);
/// # drop(service);
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct KeepReceivedUri(());

/// The service of a [`KeepReceivedUri`].
#[derive(Clone, Debug)]
pub struct KeepReceivedUriService<S>(S);

/// The URI that the server received: an extension of the request.
#[derive(Clone)]
struct ReceivedUri(Uri);

impl KeepReceivedUri {
    /// Creates the layer.
    pub const fn new() -> Self {
        Self(())
    }
}

impl<S> Layer<S> for KeepReceivedUri {
    type Service = KeepReceivedUriService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        KeepReceivedUriService(inner)
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for KeepReceivedUriService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // The outermost layer has seen the URI first.
        if request.extensions().get::<ReceivedUri>().is_none() {
            let received = ReceivedUri(original_uri(request.uri(), request.extensions()).clone());
            request.extensions_mut().insert(received);
        }
        self.0.call(request)
    }
}

/// Returns the URI that the client called, and that its proof names: from before a middleware rewrote it, and before any
/// `nest` stripped a prefix.
pub(crate) fn received_uri<'r>(uri: &'r Uri, extensions: &'r Extensions) -> &'r Uri {
    extensions.get::<ReceivedUri>().map_or_else(|| original_uri(uri, extensions), |ReceivedUri(uri)| uri)
}

/// Returns the URI from before any `nest` stripped a prefix.
#[cfg(feature = "axum")]
fn original_uri<'r>(uri: &'r Uri, extensions: &'r Extensions) -> &'r Uri {
    use axum::extract::OriginalUri;
    extensions.get::<OriginalUri>().map_or(uri, |OriginalUri(uri)| uri)
}

#[cfg(not(feature = "axum"))]
fn original_uri<'r>(uri: &'r Uri, _: &'r Extensions) -> &'r Uri {
    uri
}
