//! The middleware that verifies requests.

use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::web::Bytes;
use actix_web::{HttpMessage as _, HttpRequest};
use auth0_api_core::adapter::Gate;
use auth0_api_core::{ApiClient, Rejection, Requirement};

use crate::admitted::Admitted;
use crate::rejection::RejectionBody;
use crate::request::{Headers, kept_uri, token_request};
use crate::require::Require;
use crate::response::{finish, is_rejection, reject};
use crate::unread::{self, Lent};

/// Verifies the token of each request before the service behind it sees the request.
///
/// The [first page](crate) has a sample, and leads to requirements, DPoP and proxies.
///
/// Wrap an `App`, a scope, a resource or a route with an `Auth`. Clone the `Auth` into the closure that `HttpServer`
/// calls for each worker.
#[doc(alias = "middleware", alias = "checkJwt", alias = "jwt", alias = "HttpAuthentication")]
#[derive(Clone, Debug)]
pub struct Auth {
    gate: Gate,
    bodies: RejectionBody,
}

/// The service of an [`Auth`].
pub struct AuthMiddleware<S> {
    inner: Rc<S>,
    auth: Auth,
}

impl Auth {
    /// Creates a middleware that verifies tokens with `api`, and rejects every request without a valid token.
    pub fn new(api: ApiClient) -> Self {
        Self { gate: Gate::new(api), bodies: RejectionBody::Json }
    }

    /// Makes the middleware pass requests without Bearer or DPoP credentials to the service. The middleware still
    /// rejects invalid tokens.
    #[doc(alias = "authRequired", alias = "anonymous")]
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.gate = self.gate.optional();
        self
    }

    /// Records the subject of each verified token as the field `enduser.id` of the request's span. Default: not recorded,
    /// because a subject is personal data. The span must declare the field: see
    /// [the guide](auth0_api_core::guide::operating#the-subject-of-a-request).
    #[must_use]
    pub fn record_subject(mut self) -> Self {
        self.gate = self.gate.record_subject();
        self
    }

    /// Sets the hook that builds the bodies of rejections: a function that turns a [`Rejection`] and the rejected request
    /// into a content type and a body. The hook cannot change the status, the challenges or other headers.
    ///
    /// The hook applies to this middleware, to the middleware that [`require`](Self::require) makes, and to the
    /// extractors of the handlers behind this middleware.
    ///
    /// ```
    /// use actix_web::HttpRequest;
    /// use auth0_api_actix::{ApiClient, Auth, BuildError, Rejection};
    ///
    /// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?;
    /// let auth = Auth::new(api).rejection_body(
    ///     |rejection: &Rejection, request: Option<&HttpRequest>| {
    ///         let (title, path) = (rejection.label(), request.map_or("", HttpRequest::path));
    ///         // The caller chooses the path: `json!` escapes it.
    ///         let body = serde_json::json!({ "title": title, "instance": path });
    ///         ("application/problem+json", body.to_string())
    ///     },
    /// );
    /// # _ = auth;
    /// # Ok::<(), BuildError>(())
    /// ```
    ///
    /// The request is `None` only if a middleware further in returned a [`HandlerError`](crate::HandlerError) instead of
    /// a response: actix-web then has the request no more.
    #[must_use]
    pub fn rejection_body<F, B>(mut self, hook: F) -> Self
    where
        F: Fn(&Rejection, Option<&HttpRequest>) -> (&'static str, B) + Send + Sync + 'static,
        B: Into<Bytes>,
    {
        self.bodies = RejectionBody::hook(hook);
        self
    }

    /// Creates a middleware for single resources that this middleware protects. The new middleware rejects tokens that
    /// do not meet a requirement.
    ///
    /// If only a middleware of another client has verified the token, the new middleware rejects the request with 500.
    #[doc(alias = "requiredScopes", alias = "scope")]
    #[must_use]
    pub fn require(&self, requirement: Requirement) -> Require {
        Require::new(self.gate.require(requirement), self.bodies.clone())
    }
}

impl<S, B> Transform<S, ServiceRequest> for Auth
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Transform = AuthMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(AuthMiddleware { inner: Rc::new(inner), auth: self.clone() }))
    }
}

impl<S, B> Service<ServiceRequest> for AuthMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>>>>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let (inner, Auth { gate, bodies }) = (Rc::clone(&self.inner), self.auth.clone());
        Box::pin(async move {
            let outer = Admitted::admission(&request.extensions()).cloned();
            let (kept, headers) = (kept_uri(request.request()), Headers(request.request().headers()));
            let described = token_request(request.request(), kept.as_ref(), &headers);
            let outcome = match gate.admit_at_once(&described, outer.as_ref()) {
                Some(outcome) => outcome,
                // A box: this rare step does not enlarge the future of every request.
                None => Box::pin(gate.admit(&described, outer.as_ref())).await,
            };
            let admission = match outcome {
                Ok(admission) => admission,
                Err(rejection) => {
                    let request = unread::read(gate.api(), request).await;
                    return Ok(reject(request, rejection, &bodies));
                }
            };
            let lent = Lent::to_service(&mut request);
            let admitted = Admitted { admission, bodies };
            admitted.clone().store(request.request());
            let outcome = finish(&admitted, inner.call(request).await);
            if let Some(lent) = lent.filter(|_| is_rejection(&outcome)) {
                lent.read(gate.api()).await;
            }
            outcome
        })
    }
}

impl<S> fmt::Debug for AuthMiddleware<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthMiddleware").field("auth", &self.auth).finish_non_exhaustive()
    }
}
