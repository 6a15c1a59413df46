//! The layer that verifies requests.

use std::task::{Context, Poll};

use auth0_api_core::adapter::Gate;
use auth0_api_core::{ApiClient, Requirement};
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::future::AuthFuture;
use crate::rejection::{EmptyBody, JsonBody, RejectionBody, Style};
use crate::require::RequireLayer;
use crate::settings::Settings;

/// Verifies the token of each request before the service behind it sees the request.
///
/// The [first page](crate) has a sample, and leads to requirements, DPoP and proxies.
///
/// The layer is generic over the bodies of requests and responses, so that it works for axum and for every other tower
/// service over HTTP.
///
/// With axum's `Router::layer`, the layer also covers paths that no route has: without a token they are 401, so a stranger
/// does not learn which paths exist. With `Router::route_layer` it covers the routes only, and unknown paths are 404.
///
/// Inside of it, in one `ServiceBuilder`, a layer that changes the type of the response body, such as compression, needs
/// `map_response_body` between the two:
///
/// ```
/// # use auth0_api_axum::{ApiClient, AuthLayer};
/// use axum::{Router, body::Body, routing::get};
/// use tower::ServiceBuilder;
/// use tower_http::{catch_panic::CatchPanicLayer, map_response_body::MapResponseBodyLayer};
///
/// # fn app(api: ApiClient) -> Router {
/// let stack = ServiceBuilder::new()
///     .layer(AuthLayer::new(api))
///     .layer(MapResponseBodyLayer::new(Body::new))
///     .layer(CatchPanicLayer::new());
/// Router::new().route("/orders", get(|| async { "[]" })).layer(stack)
/// # }
/// ```
#[doc(alias = "middleware", alias = "auth", alias = "checkJwt", alias = "jwt", alias = "JwtAuthorizer")]
#[derive(Clone, Debug)]
pub struct AuthLayer<R = JsonBody> {
    settings: Settings<R>,
}

/// The service of an [`AuthLayer`].
#[derive(Clone, Debug)]
pub struct AuthService<S, R = JsonBody> {
    inner: S,
    settings: Settings<R>,
}

impl AuthLayer {
    /// Creates a layer that verifies tokens with `api`, and rejects every request without a valid token.
    pub fn new(api: ApiClient) -> Self {
        Self { settings: Settings::new(Gate::new(api), JsonBody) }
    }
}

impl AuthLayer<EmptyBody> {
    /// Creates a layer like [`new`](AuthLayer::new), for gRPC servers: it answers gRPC calls in gRPC, as
    /// [`with_grpc`](AuthLayer::with_grpc) says, and its other rejections have no body.
    ///
    /// This layer also works with tonic's body type, which cannot be made from bytes. The layer puts the verified token
    /// into the extensions of the request. If only one of several services has a requirement, put the requirement
    /// around that service:
    ///
    /// ```no_run
    /// # use std::{convert::Infallible, task::{Context, Poll}};
    /// use auth0_api_axum::{ApiClient, AuthLayer, Requirement, VerifiedToken};
    /// use tonic::service::LayerExt;
    /// use tonic::transport::Server;
    /// use tonic::{Request, Response, Status};
    ///
    /// async fn greet(request: Request<String>) -> Result<Response<String>, Status> {
    ///     let token = request
    ///         .extensions()
    ///         .get::<VerifiedToken>()
    ///         .ok_or_else(|| Status::internal("no layer"))?;
    ///     Ok(Response::new(format!("hello, {:?}", token.subject())))
    /// }
    ///
    /// # #[derive(Clone)] struct Greeter;
    /// # impl tonic::server::NamedService for Greeter { const NAME: &'static str = "greet.Greeter"; }
    /// # impl tower::Service<http::Request<tonic::body::Body>> for Greeter {
    /// #     type Response = http::Response<tonic::body::Body>;
    /// #     type Error = Infallible;
    /// #     type Future = std::future::Ready<Result<Self::Response, Infallible>>;
    /// #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> { Poll::Ready(Ok(())) }
    /// #     fn call(&mut self, _: http::Request<tonic::body::Body>) -> Self::Future { std::future::ready(Ok(Default::default())) }
    /// # }
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let auth = AuthLayer::grpc(
    ///     ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?,
    /// );
    /// let greeter = auth.require(Requirement::scope("greet")).named_layer(Greeter);
    /// Server::builder()
    ///     .layer(auth)
    ///     .add_service(greeter)
    ///     .serve("127.0.0.1:50051".parse()?)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A client's proof must contain `POST` and the URL of the method: `https://api.example.com/greet.Greeter/Greet`.
    /// If tonic ends TLS, put a layer outside this layer that adds the extension
    /// [`ListenerScheme::Https`](auth0_api_core::ListenerScheme).
    /// [Trusted proxies](auth0_api_core::guide::proxies) that are configured by their networks need the peer's address.
    /// For this, put another layer outside this layer. It must convert tonic's `TcpConnectInfo` to axum's
    /// `ConnectInfo<SocketAddr>`.
    pub fn grpc(api: ApiClient) -> Self {
        Self { settings: Settings::new(Gate::new(api), EmptyBody) }.with_grpc()
    }
}

impl<R> AuthLayer<R> {
    /// Makes the layer pass requests without Bearer or DPoP credentials to the service. The layer still rejects invalid
    /// tokens.
    #[doc(alias = "authRequired", alias = "anonymous")]
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.settings.gate = self.settings.gate.optional();
        self
    }

    /// Records the subject of each verified token as the field `enduser.id` of the request's span. Default: not recorded,
    /// because a subject is personal data. The span must declare the field: see
    /// [the guide](auth0_api_core::guide::operating#the-subject-of-a-request).
    #[must_use]
    pub fn record_subject(mut self) -> Self {
        self.settings.gate = self.settings.gate.record_subject();
        self
    }

    /// Makes the layer answer gRPC calls in gRPC, for an axum router that has tonic services. Other requests are
    /// answered in HTTP as before.
    ///
    /// A request is a gRPC call if it is a `POST` with a content type of gRPC. Its rejection has the HTTP status 200, as
    /// gRPC demands, and the gRPC status of [`grpc_metadata`](crate::grpc_metadata). A client chooses the content type,
    /// so a layer in front of other services must not have this setting: metrics would count a rejection as a success.
    ///
    /// The setting also applies to the layers that [`require`](Self::require) makes, and to the extractors.
    #[must_use]
    pub fn with_grpc(mut self) -> Self {
        self.settings.style.grpc = true;
        self
    }

    /// Sets the hook that builds the bodies of rejections. The hook applies to this layer, to the layers that
    /// [`require`](Self::require) makes, and to the extractors of the handlers behind this layer. A hook is a closure
    /// `|rejection: &Rejection, request: &Parts| (content_type, body)`; write the types of the parameters. `body` has
    /// the type of the service's response bodies: with axum, `Body::from(text)`. See [`RejectionBody`]. Rejections of
    /// gRPC calls never have a body.
    #[must_use]
    pub fn rejection_body<N>(self, body: N) -> AuthLayer<N> {
        let Settings { gate, style } = self.settings;
        AuthLayer { settings: Settings { gate, style: Style { body, grpc: style.grpc } } }
    }

    /// Creates a layer for single routes that this layer protects. The new layer rejects tokens that do not meet a
    /// requirement.
    ///
    /// If only a layer of another client has verified the token, the new layer rejects the request with 500.
    #[doc(alias = "requiredScopes", alias = "scope")]
    #[must_use]
    pub fn require(&self, requirement: Requirement) -> RequireLayer<R>
    where
        R: Clone,
    {
        RequireLayer::new(self.settings.gate.require(requirement), self.settings.style.clone())
    }
}

impl<S, R: Clone> Layer<S> for AuthLayer<R> {
    type Service = AuthService<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        AuthService { inner, settings: self.settings.clone() }
    }
}

impl<S, R, ReqBody, ResBody> Service<Request<ReqBody>> for AuthService<S, R>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    R: RejectionBody<ResBody>,
    ReqBody: Body + Send + 'static,
    ResBody: Default + 'static,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = AuthFuture<S, ReqBody, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // `poll_ready` was called on `self.inner`, so this instance must serve the request: a clone may not be ready.
        // The clone replaces `self.inner` for the next request.
        let next = self.inner.clone();
        AuthFuture::new(request, std::mem::replace(&mut self.inner, next), self.settings.clone())
    }
}
