//! The URI of a request before a middleware rewrites it.

use std::future::{Ready, ready};

use actix_web::HttpMessage as _;
use actix_web::dev::{Service, ServiceRequest, Transform, forward_ready};
use actix_web::http::Uri;

/// Keeps the URI of each request, so that a middleware behind this one can rewrite it.
///
/// A `DPoP` proof names the URL that the client called. If a middleware such as actix-web's `NormalizePath` changes the
/// path before [`Auth`](crate::Auth) sees the request, each proof for a changed path is rejected with
/// `dpop_htu_mismatch`. Wrap this middleware around it, that is, call `wrap` with it later:
///
/// ```
/// use actix_web::App;
/// use actix_web::middleware::NormalizePath;
/// use auth0_api_actix::{ApiClient, Auth, KeepReceivedUri};
///
/// # fn app(api: ApiClient) {
/// let app = App::new()
///     .wrap(Auth::new(api))
///     .wrap(NormalizePath::trim())
///     .wrap(KeepReceivedUri::new());
/// # drop(app);
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct KeepReceivedUri(());

/// The service of a [`KeepReceivedUri`].
#[derive(Clone, Debug)]
pub struct KeepReceivedUriMiddleware<S> {
    inner: S,
}

/// The URI that the server received: an extension of the request.
pub(crate) struct ReceivedUri(pub(crate) Uri);

impl KeepReceivedUri {
    /// Creates the middleware.
    pub const fn new() -> Self {
        Self(())
    }
}

impl<S: Service<ServiceRequest>> Transform<S, ServiceRequest> for KeepReceivedUri {
    type Response = S::Response;
    type Error = S::Error;
    type InitError = ();
    type Transform = KeepReceivedUriMiddleware<S>;
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(KeepReceivedUriMiddleware { inner }))
    }
}

impl<S: Service<ServiceRequest>> Service<ServiceRequest> for KeepReceivedUriMiddleware<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let received = ReceivedUri(request.uri().clone());
        {
            let mut extensions = request.extensions_mut();
            // The outermost middleware has seen the URI first.
            if !extensions.contains::<ReceivedUri>() {
                extensions.insert(received);
            }
        }
        self.inner.call(request)
    }
}
