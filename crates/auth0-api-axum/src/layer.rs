//! The layer that verifies.

use std::task::{Context, Poll};

use auth0_api_core::{ApiClient, Requirement, VerifiedToken};
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::future::AuthFuture;
use crate::rejection::{EmptyBody, JsonBody, RejectionBody};
use crate::require::RequireLayer;

/// Verifies the token of each request before the service behind it sees the request.
///
/// It is generic over the bodies of requests and responses, so that it works for axum and for every other tower service
/// over HTTP.
#[derive(Clone, Debug)]
pub struct AuthLayer<R = JsonBody> {
    gate: Gate<R>,
}

/// The service of an [`AuthLayer`].
#[derive(Clone, Debug)]
pub struct AuthService<S, R = JsonBody> {
    inner: S,
    gate: Gate<R>,
}

/// The settings of a layer: the client that verifies, whether credentials are optional, and what builds the bodies of
/// rejections.
#[derive(Clone, Debug)]
pub(crate) struct Gate<R> {
    pub(crate) api: ApiClient,
    pub(crate) optional: bool,
    pub(crate) body: R,
}

/// What a layer has found, stored in the request's extensions for extractors and inner layers. `token` is `None` if the
/// layer is optional and the request carries no credentials.
#[derive(Clone, Debug)]
pub(crate) struct Authentication {
    pub(crate) api: ApiClient,
    pub(crate) token: Option<VerifiedToken>,
}

impl AuthLayer {
    /// Creates a layer that verifies with a client and rejects every request without a valid token.
    pub fn new(api: ApiClient) -> Self {
        Self { gate: Gate { api, optional: false, body: JsonBody } }
    }
}

impl AuthLayer<EmptyBody> {
    /// Creates a layer like [`new`](AuthLayer::new), for gRPC servers: its rejections have no body.
    ///
    /// Every layer recognises gRPC calls by their method and content type, and answers them in gRPC; see
    /// [`grpc_metadata`]. This one also works with tonic's body type, which cannot be made from bytes. The verified
    /// token is in the extensions of the request. To require more for one of several services, put a requirement around
    /// that service alone:
    ///
    /// ```no_run
    /// # use std::{convert::Infallible, task::{Context, Poll}};
    /// use auth0_api_axum::AuthLayer;
    /// use auth0_api_core::{ApiClient, Requirement, VerifiedToken};
    /// use tonic::service::LayerExt;
    /// use tonic::transport::Server;
    /// use tonic::{Request, Response, Status};
    ///
    /// async fn greet(request: Request<String>) -> Result<Response<String>, Status> {
    ///     let token = request.extensions().get::<VerifiedToken>().ok_or_else(|| Status::internal("no layer"))?;
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
    /// let auth = AuthLayer::grpc(ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?);
    /// let greeter = auth.require(Requirement::scope("greet")).named_layer(Greeter);
    /// Server::builder().layer(auth).add_service(greeter).serve("127.0.0.1:50051".parse()?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A client's proof names `POST` and the URL of the method: `https://api.example.com/greet.Greeter/Greet`.
    /// [Trusted proxies](auth0_api_core::guide::proxies) that are given by network need the peer's address: put a layer
    /// outside this one that turns tonic's `TcpConnectInfo` into axum's `ConnectInfo<SocketAddr>`.
    ///
    /// [`grpc_metadata`]: crate::grpc_metadata
    pub fn grpc(api: ApiClient) -> Self {
        Self { gate: Gate { api, optional: false, body: EmptyBody } }
    }
}

impl<R> AuthLayer<R> {
    /// Lets requests through that carry no Bearer or DPoP credentials. Invalid tokens are still rejected.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.gate.optional = true;
        self
    }

    /// Sets the hook that builds the bodies of rejections: of this layer, of layers that it makes with
    /// [`require`](Self::require), and of extractors in handlers inside it. A hook is a closure from a
    /// [`Rejection`](auth0_api_core::Rejection) to a content type and a body. Rejections of gRPC calls never have a
    /// body.
    #[must_use]
    pub fn rejection_body<N>(self, body: N) -> AuthLayer<N> {
        let Gate { api, optional, .. } = self.gate;
        AuthLayer { gate: Gate { api, optional, body } }
    }

    /// Creates a layer that rejects tokens that do not meet a requirement, for single routes inside this layer.
    ///
    /// A token that a layer of another client has verified does not count: the request is rejected with 500.
    #[must_use]
    pub fn require(&self, requirement: Requirement) -> RequireLayer<R>
    where
        R: Clone,
    {
        RequireLayer::new(self.gate.api.clone(), requirement, self.gate.body.clone())
    }
}

impl<S, R: Clone> Layer<S> for AuthLayer<R> {
    type Service = AuthService<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        AuthService { inner, gate: self.gate.clone() }
    }
}

impl<S, R, ReqBody, ResBody> Service<Request<ReqBody>> for AuthService<S, R>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    R: RejectionBody<ResBody>,
    ResBody: Default + 'static,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = AuthFuture<S, ReqBody, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // `poll_ready` was called on `self.inner`, so this request must go to that instance: a clone may not be ready.
        // The clone takes its place for the next request.
        let next = self.inner.clone();
        AuthFuture::new(request, std::mem::replace(&mut self.inner, next), self.gate.clone())
    }
}
