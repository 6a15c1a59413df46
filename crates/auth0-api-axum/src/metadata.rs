//! Protected resource metadata ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)) at its well-known paths.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use auth0_api_core::{ApiClient, MetadataEndpoint};
use axum::Router;
use axum::routing::any;
use axum_core::body::Body;
use bytes::Bytes;
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::request::Headers;

/// Returns routes that serve the metadata of an API. Merge the routes *outside* the layer that verifies requests: a
/// client reads the metadata before the client has a token.
///
/// If `api` has no [`resource_metadata`](auth0_api_core::ApiClientBuilder::resource_metadata), the router has no
/// routes, and this function logs a warning. The paths of the routes are those of [`MetadataEndpoint::paths`]. They
/// start at the root of the host, so do not nest the routes.
///
/// ```
/// use auth0_api_axum::{AuthLayer, VerifiedToken, metadata_routes};
/// use auth0_api_core::{ApiClient, ProtectedResource};
/// use axum::{Router, routing::get};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .resource_metadata(ProtectedResource::new("https://api.example.com").scopes(["read:messages"]))
///     .build()?;
/// let app: Router = Router::new()
///     .route("/messages", get(|_: VerifiedToken| async { "[]" }))
///     .layer(AuthLayer::new(api.clone()))
///     .merge(metadata_routes(&api));
/// # _ = app;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
pub fn metadata_routes<S: Clone + Send + Sync + 'static>(api: &ApiClient) -> Router<S> {
    let Some(metadata) = api.resource_metadata() else {
        tracing::warn!(
            target: "auth0_api",
            event = "metadata_missing",
            "metadata_routes() was called for a client without metadata"
        );
        return Router::new();
    };
    let served = Arc::new(metadata.clone());
    metadata.paths().fold(Router::new(), |router, path| {
        let served = Arc::clone(&served);
        router.route(path, any(async move |method, headers| serve::<Body>(&served, &method, &headers)))
    })
}

/// Serves the metadata of an API in front of any tower service: answers requests to the well-known paths, and passes
/// all other requests to the service. Put this layer outside [`AuthLayer`](crate::AuthLayer).
///
/// ```
/// use auth0_api_axum::{AuthLayer, MetadataLayer};
/// use tower::ServiceBuilder;
/// # use auth0_api_core::{ApiClient, ProtectedResource};
/// # let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
/// #     .resource_metadata(ProtectedResource::new("https://api.example.com"))
/// #     .build()?;
///
/// let stack = ServiceBuilder::new().layer(MetadataLayer::new(api.clone())).layer(AuthLayer::new(api));
/// # _ = stack;
/// # Ok::<(), auth0_api_core::BuildError>(())
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
    ResBody: From<Bytes>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = MetadataFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let path = request.uri().path();
        match self.api.resource_metadata().filter(|metadata| metadata.is_at(path)) {
            Some(metadata) => {
                MetadataFuture::Answered { response: Some(serve(metadata, request.method(), request.headers())) }
            }
            None => MetadataFuture::PassedOn { response: self.inner.call(request) },
        }
    }
}

pin_project! {
    /// The future of [`MetadataService`].
    #[project = MetadataProjection]
    pub enum MetadataFuture<F, B> {
        /// The client called a well-known path.
        #[doc(hidden)]
        Answered { response: Option<Response<B>> },
        /// The service behind the layer handles the request.
        #[doc(hidden)]
        PassedOn { #[pin] response: F },
    }
}

impl<F, B, E> Future for MetadataFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            MetadataProjection::Answered { response } => {
                response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
            }
            MetadataProjection::PassedOn { response } => response.poll(context),
        }
    }
}

/// Returns the response to a request to a well-known path.
fn serve<B: From<Bytes>>(metadata: &MetadataEndpoint, method: &Method, headers: &HeaderMap) -> Response<B> {
    let answer = metadata.respond(method.as_str(), &Headers(headers));
    let mut response = Response::new(B::from(Bytes::copy_from_slice(answer.body().as_bytes())));
    *response.status_mut() = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers() {
        // Always `Ok`: core writes printable ASCII only.
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}
