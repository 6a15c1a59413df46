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
/// Generic over request and response bodies: it works for axum, and for any other tower service over HTTP.
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

/// Who verifies, who may pass without a token, and how rejections look.
#[derive(Clone, Debug)]
pub(crate) struct Gate<R> {
    pub(crate) api: ApiClient,
    pub(crate) optional: bool,
    pub(crate) body: R,
}

/// What a layer has found, for extractors and inner layers: `token` is `None` if nothing was presented to an optional layer.
#[derive(Clone, Debug)]
pub(crate) struct Authentication {
    pub(crate) api: ApiClient,
    pub(crate) token: Option<VerifiedToken>,
}

impl AuthLayer {
    /// Verifies with a client, and rejects every request without a good token.
    pub fn new(api: ApiClient) -> Self {
        Self { gate: Gate { api, optional: false, body: JsonBody } }
    }
}

impl AuthLayer<EmptyBody> {
    /// As [`new`](AuthLayer::new), for servers of gRPC: rejections have no body.
    ///
    /// Calls of gRPC are recognised by their content type and answered in gRPC by every layer; see [`grpc_metadata`] for how.
    /// This one needs no body that can be made from bytes, which tonic's cannot. What it has verified is in the extensions of the
    /// request, and a requirement for one of several services is a layer of that service alone:
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
    /// A proof is for `POST` and the method's URL: `https://api.example.com/greet.Greeter/Greet`. For
    /// [trusted proxies](auth0_api_core::guide::proxies) by network, a layer outside of this one has to turn tonic's
    /// `TcpConnectInfo` into axum's `ConnectInfo<SocketAddr>`.
    ///
    /// [`grpc_metadata`]: crate::grpc_metadata
    pub fn grpc(api: ApiClient) -> Self {
        Self { gate: Gate { api, optional: false, body: EmptyBody } }
    }
}

impl<R> AuthLayer<R> {
    /// Lets requests pass that present nothing of a scheme that an access token comes by. A token that does not hold is rejected
    /// all the same.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.gate.optional = true;
        self
    }

    /// Makes the bodies of this layer's rejections, of those made with [`require`](Self::require), and of those by extractors in
    /// handlers inside of it, with a hook of yours: a closure from a [`Rejection`](auth0_api_core::Rejection) to a content type
    /// and a body. Calls of gRPC get no body, whatever the hook.
    #[must_use]
    pub fn rejection_body<N>(self, body: N) -> AuthLayer<N> {
        let Gate { api, optional, .. } = self.gate;
        AuthLayer { gate: Gate { api, optional, body } }
    }

    /// A layer for single routes, inside of this one, that asks more of a verified token. Tokens that another client's layer has
    /// verified do not count.
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
        // The service that was polled ready is the one to call; its clone has not been.
        let next = self.inner.clone();
        AuthFuture::new(request, std::mem::replace(&mut self.inner, next), self.gate.clone())
    }
}
