//! Protected resource metadata ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)) at its well-known paths.

#[cfg(feature = "axum")]
use std::collections::BTreeMap;
use std::task::{Context, Poll};

use auth0_api_core::ApiClient;
#[cfg(feature = "axum")]
use auth0_api_core::adapter::MetadataRoute;
use auth0_api_core::metadata::MetadataEndpoint;
#[cfg(feature = "axum")]
use axum::response::IntoResponse;
use http::{HeaderMap, Method, Request, Response};
#[cfg(feature = "axum")]
use http::{StatusCode, Uri};
use tower_layer::Layer;
use tower_service::Service;

use crate::answer::Answer;
use crate::future::ResponseFuture;

/// Returns routes that serve the metadata of an API. Merge the routes *outside* the layer that verifies requests: a
/// client reads the metadata before the client has a token.
///
/// If `api` has no [`resource_metadata`](auth0_api_core::ApiClientBuilder::resource_metadata), the router has no
/// routes, and this function logs a warning. The paths of the routes are those of [`MetadataEndpoint::paths`]. They
/// start at the root of the host, so do not nest the routes.
///
/// ```
/// use auth0_api_axum::{ApiClient, AuthLayer, ProtectedResource, Token, metadata_routes};
/// use axum::{Router, routing::get};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .resource_metadata(
///         ProtectedResource::new("https://api.example.com").scopes(["read:messages"]),
///     )
///     .build()?;
/// let app: Router = Router::new()
///     .route("/messages", get(|_: Token| async { "[]" }))
///     .layer(AuthLayer::new(api.clone()))
///     .merge(metadata_routes(&api));
/// # _ = app;
/// # Ok::<(), auth0_api_axum::BuildError>(())
/// ```
#[doc(alias = "rfc9728", alias = "well_known")]
#[cfg(feature = "axum")]
pub fn metadata_routes<S: Clone + Send + Sync + 'static>(api: &ApiClient) -> axum::Router<S> {
    routes(auth0_api_core::adapter::metadata_to_serve(api))
}

/// Returns routes that serve the metadata of several APIs on one host, like [`metadata_routes`]. `root` also has the path
/// for the root of the host, for clients that know only the host. Do not merge the routes of two calls of
/// [`metadata_routes`]: both have that path, and axum panics.
///
/// ```
/// use auth0_api_axum::{ApiClient, ProtectedResource, metadata_routes_of_all};
/// use axum::Router;
///
/// let client = |resource| {
///     ApiClient::builder("tenant.eu.auth0.com", resource)
///         .resource_metadata(ProtectedResource::new(resource))
///         .build()
/// };
/// let (orders, mcp) =
///     (client("https://api.example.com/orders")?, client("https://api.example.com/mcp")?);
/// let app: Router = Router::new().merge(metadata_routes_of_all(&orders, [&mcp]));
/// # _ = app;
/// # Ok::<(), auth0_api_axum::BuildError>(())
/// ```
#[cfg(feature = "axum")]
pub fn metadata_routes_of_all<'a, S: Clone + Send + Sync + 'static>(
    root: &'a ApiClient,
    others: impl IntoIterator<Item = &'a ApiClient>,
) -> axum::Router<S> {
    routes(auth0_api_core::adapter::metadata_of_all(root, others))
}

#[cfg(feature = "axum")]
fn routes<S: Clone + Send + Sync + 'static>(served: Vec<MetadataRoute>) -> axum::Router<S> {
    let mut by_pattern = BTreeMap::<String, Vec<MetadataRoute>>::new();
    for route in served {
        by_pattern.entry(pattern(route.path())).or_default().push(route);
    }
    by_pattern.into_iter().fold(axum::Router::new(), |router, (pattern, routes)| {
        let answer = async move |uri: Uri, method, headers| {
            let route = routes.iter().find(|route| route.path() == uri.path());
            match route {
                Some(route) => serve::<axum_core::body::Body>(&route.metadata(), &method, &headers),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        };
        router.route(&pattern, axum::routing::any(answer))
    })
}

/// Returns a pattern that matches this path. axum panics if a segment of a pattern begins with `:` or `*`, and
/// `without_v07_checks` does not help: the routes are merged into a router that has the checks. So a capture stands for such
/// a segment, and the handler compares the path.
#[cfg(feature = "axum")]
fn pattern(path: &str) -> String {
    let segments = path.split('/').enumerate().map(|(position, segment)| {
        // Patterns with another name at the same position would conflict.
        if segment.starts_with([':', '*']) { format!("{{segment{position}}}") } else { segment.to_owned() }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Serves the metadata of an API in front of any tower service: answers requests to the well-known paths, and passes
/// all other requests to the service. Put this layer outside [`AuthLayer`](crate::AuthLayer).
///
/// ```
/// use auth0_api_axum::{AuthLayer, MetadataLayer};
/// use tower::ServiceBuilder;
/// # use auth0_api_axum::{ApiClient, ProtectedResource};
/// # let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
/// #     .resource_metadata(ProtectedResource::new("https://api.example.com"))
/// #     .build()?;
///
/// let stack = ServiceBuilder::new()
///     .layer(MetadataLayer::new(api.clone()))
///     .layer(AuthLayer::new(api));
/// # _ = stack;
/// # Ok::<(), auth0_api_axum::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MetadataLayer {
    api: ApiClient,
}

/// The service of a [`MetadataLayer`].
#[derive(Clone, Debug)]
pub struct MetadataService<S> {
    inner: S,
    api: ApiClient,
}

impl MetadataLayer {
    /// Creates a layer that serves the metadata of an API. If `api` has no metadata, the layer passes every request to
    /// the service.
    pub fn new(api: ApiClient) -> Self {
        Self { api }
    }
}

impl<S> Layer<S> for MetadataLayer {
    type Service = MetadataService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        MetadataService { inner, api: self.api.clone() }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for MetadataService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: From<String>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let path = request.uri().path();
        match self.api.resource_metadata().filter(|metadata| metadata.is_at(path)) {
            Some(metadata) => {
                ResponseFuture::answered(Answer::at_once(serve(&metadata, request.method(), request.headers())))
            }
            None => ResponseFuture::passed_on(self.inner.call(request)),
        }
    }
}

/// Returns the response to a request to a well-known path.
fn serve<B: From<String>>(metadata: &MetadataEndpoint, method: &Method, headers: &HeaderMap) -> Response<B> {
    metadata.respond(method.as_str(), headers).into()
}
