//! The fetcher as a layer around a client that is a tower service.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use auth0_api_core::VerifiedToken;
use auth0_api_core::http::{HttpConnection, HttpError};
use http::{Extensions, Request, Response, Uri};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::caller::FetchCaller;
use crate::engine::{Engine, Order, Transport, deadline_in, is_idempotent};
use crate::error::FetchError;
use crate::fence::Target;
use crate::report;
use crate::url_error::UrlError;

/// Does what a [`Fetcher`](crate::Fetcher) does, around any client that is a tower service over `http::Request`: the client of
/// hyper-util, a stack of other layers. The inner service must follow no redirects, and keep no cookies: it would send them with
/// the request of another caller.
///
/// The caller comes from the extensions of the request: a [`FetchCaller`], or else the [`VerifiedToken`] that an adapter's layer has
/// put there. A request without one is an error, and is not sent. The inner service receives a request without any extensions,
/// and without the `Authorization`, `DPoP` and `Host` headers of the code that made it.
///
/// The URL of a request is absolute, or a path that is appended to the base URL.
///
/// ```
/// use auth0_api_core::{ApiClient, OnBehalfOf, VerifiedToken};
/// use auth0_api_fetcher::{FetchCaller, FetchError, Fetcher};
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use tower::{Layer as _, Service, ServiceExt as _};
///
/// # type Body = Full<bytes::Bytes>;
/// async fn events<S>(
///     api: &ApiClient,
///     client: S,
///     token: &VerifiedToken,
/// ) -> Result<(), Box<dyn std::error::Error>>
/// where
///     S: Service<Request<Body>, Response = Response<Body>, Error = std::io::Error>
///         + Clone
///         + Send
///         + 'static,
///     S::Future: Send,
/// {
///     let asked = OnBehalfOf::audience("https://calendar.example.com");
///     let layer =
///         Fetcher::on_behalf_of(api, "https://calendar.example.com", asked).layer()?;
///     let mut request = Request::get("/events").body(Body::default())?;
///     request.extensions_mut().insert(FetchCaller::from(token));
///     let response = layer.layer(client).oneshot(request).await?;
///     println!("{}", response.status());
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct FetchLayer<C = EmptyBodies> {
    engine: Arc<Engine>,
    copies: C,
    any_status: bool,
}

/// The service of a [`FetchLayer`].
#[derive(Clone, Debug)]
pub struct FetchService<S, C = EmptyBodies> {
    inner: S,
    layer: FetchLayer<C>,
}

/// Copies bodies, for requests that are sent once more. A closure `|body: &B| Option<B>` implements it.
pub trait CopyBody<B>: Clone + Send + Sync + 'static {
    /// Returns a copy of the body; `None` if it cannot be copied, and the request is not repeated.
    fn copy(&self, body: &B) -> Option<B>;
}

/// Copies empty bodies only, which is the default.
#[derive(Clone, Copy, Debug)]
pub struct EmptyBodies;

impl FetchLayer {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine: Arc::new(engine), copies: EmptyBodies, any_status: false }
    }
}

impl<C> FetchLayer<C> {
    /// Copies bodies with this closure, so that requests with bodies can be repeated. Default: only requests with an empty body
    /// are repeated.
    #[must_use]
    pub fn copy_bodies<N>(self, copies: N) -> FetchLayer<N> {
        FetchLayer { engine: self.engine, copies, any_status: self.any_status }
    }

    /// Returns every response, also a 401 or 403 that the layer cannot answer with a repetition. Default:
    /// [`FetchError::Denied`] and [`FetchError::TokenRejected`].
    #[must_use]
    pub fn any_status(mut self) -> Self {
        self.any_status = true;
        self
    }
}

impl<S, C: Clone> Layer<S> for FetchLayer<C> {
    type Service = FetchService<S, C>;

    fn layer(&self, inner: S) -> FetchService<S, C> {
        FetchService { inner, layer: self.clone() }
    }
}

impl<B: Body + Default> CopyBody<B> for EmptyBodies {
    fn copy(&self, body: &B) -> Option<B> {
        body.is_end_stream().then(B::default)
    }
}

impl<B, F: Fn(&B) -> Option<B> + Clone + Send + Sync + 'static> CopyBody<B> for F {
    fn copy(&self, body: &B) -> Option<B> {
        self(body)
    }
}

impl<S, C, B, R> Service<Request<B>> for FetchService<S, C>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
    C: CopyBody<B>,
    B: Send + 'static,
    R: Send + 'static,
{
    type Response = Response<R>;
    type Error = FetchError;
    type Future = FetchFuture<R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), FetchError>> {
        self.inner.poll_ready(cx).map_err(|error| HttpError::Exchange(error.into()).into())
    }

    fn call(&mut self, request: Request<B>) -> FetchFuture<R> {
        // The service that is ready answers this request, and its clone waits for the next one.
        let clone = self.inner.clone();
        let mut transport = Inner { service: std::mem::replace(&mut self.inner, clone), is_ready: true };
        let FetchLayer { engine, copies, any_status } = self.layer.clone();
        FetchFuture(Box::pin(async move {
            let limit = engine.whole_limit;
            let deadline = deadline_in(limit);
            let (parts, body) = request.into_parts();
            let checked = caller(&parts.extensions).and_then(|caller| Ok((caller, target(&engine, &parts.uri)?)));
            let (caller, target) = checked.inspect_err(|error| report::ended(None, Err(error)))?;
            let repeatable = is_idempotent(&parts.method);
            let (method, headers) = (parts.method, parts.headers);
            let order = Order { method, target, headers, body, any_status, repeatable, deadline, limit };
            engine.run(&caller, order, |body| copies.copy(body), &mut transport).await
        }))
    }
}

/// The future of a [`FetchService`].
pub struct FetchFuture<R>(Pin<Box<dyn Future<Output = Result<Response<R>, FetchError>> + Send>>);

impl<R> Future for FetchFuture<R> {
    type Output = Result<Response<R>, FetchError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<R> fmt::Debug for FetchFuture<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchFuture").finish_non_exhaustive()
    }
}

fn caller(extensions: &Extensions) -> Result<FetchCaller, FetchError> {
    let named = extensions.get::<FetchCaller>().cloned();
    named.or_else(|| extensions.get::<VerifiedToken>().map(FetchCaller::from)).ok_or(FetchError::CallerMissing)
}

fn target(engine: &Engine, uri: &Uri) -> Result<Target, UrlError> {
    // `CONNECT api.example.com:443` has an authority and no scheme.
    if uri.scheme().is_none() && uri.authority().is_some() {
        return Err(UrlError::NotAbsolute);
    }
    engine.fence.resolve(&uri.to_string())
}

/// The inner service of one request.
struct Inner<S> {
    service: S,
    is_ready: bool,
}

impl<S, B, R> Transport<B> for Inner<S>
where
    S: Service<Request<B>, Response = Response<R>> + Send,
    S::Future: Send,
    S::Error: Into<Box<dyn StdError + Send + Sync>>,
    B: Send,
{
    type Body = R;

    async fn send(&mut self, request: Request<B>, _: HttpConnection) -> Result<Response<R>, HttpError> {
        let failed = |error: S::Error| HttpError::Exchange(error.into());
        if !std::mem::take(&mut self.is_ready) {
            poll_fn(|cx| self.service.poll_ready(cx)).await.map_err(failed)?;
        }
        self.service.call(request).await.map_err(failed)
    }
}
