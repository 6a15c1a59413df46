//! The layer that verifies the token of a request, and then judges its message.

use std::sync::Arc;
use std::task::{Context, Poll};

use auth0_api_axum::{AuthLayer, AuthService, JsonBody};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::McpBody;
use crate::future::McpFuture;
use crate::shared::Shared;
use crate::text_body::ResponseText;

/// Verifies the token of each request, and checks what the token must have for what the request asks the MCP server to do.
///
/// ```
/// use auth0_api_axum::metadata_routes;
/// use auth0_api_mcp::{ApiClient, McpLayer, McpRequirements, ProtectedResource, Requirement};
/// use axum::{Router, routing::any};
///
/// # async fn mcp() {}
/// # fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let resource = "https://mcp.example.com/mcp";
/// let metadata = ProtectedResource::new(resource)
///     .scopes(["use:tools"])
///     .challenge_scopes(["use:tools"]);
/// let api = ApiClient::builder("tenant.eu.auth0.com", resource)
///     .resource_metadata(metadata)
///     .build()?;
/// let requirements = McpRequirements::new(Requirement::scope("use:tools"))
///     .tool("calendar.create", Requirement::scope("write:events"));
/// let layer = McpLayer::builder(api.clone(), requirements).build()?;
/// let app: Router =
///     Router::new().route("/mcp", any(mcp)).layer(layer).merge(metadata_routes(&api));
/// # _ = app;
/// # Ok(())
/// # }
/// # run().unwrap();
/// ```
///
/// It contains an [`AuthLayer`]: put no other around it. Like that layer, it is generic over bodies. The service behind it
/// receives an [`McpBody`], a [`VerifiedToken`](auth0_api_axum::VerifiedToken) and an [`McpCall`](crate::McpCall) in the
/// extensions of the request.
///
/// `Router::layer` also covers the routes that were added before it: add the routes of the metadata after it, because
/// clients read them without a token.
///
/// The layer reserves the service behind it, with `poll_ready`, and keeps it while the body of the request arrives. Put a
/// layer that limits concurrency further out: if it were behind this layer, clients whose bodies arrive slowly would use up
/// its places.
#[derive(Clone, Debug)]
pub struct McpLayer<R = JsonBody> {
    auth: AuthLayer<R>,
    inner: McpCheck<R>,
}

/// What an [`McpLayer`] puts inside of its [`AuthLayer`].
#[derive(Clone, Debug)]
struct McpCheck<R> {
    shared: Arc<Shared>,
    text: R,
}

/// The service inside of the [`AuthService`] of an [`McpLayer`]: it judges the messages of requests whose token is valid.
#[derive(Clone, Debug)]
pub struct McpCheckService<S, R = JsonBody> {
    inner: S,
    check: McpCheck<R>,
}

impl<R: Clone> McpLayer<R> {
    pub(crate) fn new(auth: AuthLayer<R>, shared: Shared, text: R) -> Self {
        Self { auth, inner: McpCheck { shared: Arc::new(shared), text } }
    }
}

impl<S, R: Clone> Layer<S> for McpLayer<R> {
    type Service = AuthService<McpCheckService<S, R>, R>;

    fn layer(&self, inner: S) -> Self::Service {
        self.auth.layer(McpCheckService { inner, check: self.inner.clone() })
    }
}

impl<S, R, ReqBody, ResBody> Service<Request<ReqBody>> for McpCheckService<S, R>
where
    S: Service<Request<McpBody<ReqBody>>, Response = Response<ResBody>> + Clone,
    R: ResponseText<ResBody>,
    ReqBody: Body<Data = Bytes> + Send + 'static,
    ResBody: Default,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = McpFuture<S, ReqBody, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // `poll_ready` was called on `self.inner`, so this instance must serve the request: a clone may not be ready.
        let next = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, next);
        McpFuture::new(request, ready, Arc::clone(&self.check.shared), self.check.text.clone())
    }
}
