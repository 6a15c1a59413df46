//! The middleware that checks a requirement, for single resources.

use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;

use actix_web::HttpMessage as _;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use auth0_api_core::adapter::RouteGate;

use crate::admitted::Admitted;
use crate::rejection::RejectionBody;
use crate::request::place;
use crate::response::reject;
use crate::unread;

/// Rejects tokens that do not meet a [`Requirement`](auth0_api_core::Requirement); made by [`Auth::require`](crate::Auth::require).
#[doc(alias = "requiredScopes", alias = "scope")]
#[derive(Clone, Debug)]
pub struct Require {
    gate: RouteGate,
    bodies: RejectionBody,
}

/// The service of a [`Require`].
pub struct RequireMiddleware<S> {
    inner: S,
    require: Require,
}

impl Require {
    pub(crate) fn new(gate: RouteGate, bodies: RejectionBody) -> Self {
        Self { gate, bodies }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Require
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    S::Future: 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Transform = RequireMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(RequireMiddleware { inner, require: self.clone() }))
    }
}

impl<S, B> Service<ServiceRequest> for RequireMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    S::Future: 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let checked = self.require.gate.check(Admitted::admission(&request.extensions()), place(request.request()));
        match checked {
            Ok(()) => {
                let response = self.inner.call(request);
                Box::pin(async move { response.await.map(ServiceResponse::map_into_left_body) })
            }
            Err(rejection) => {
                let Require { gate, bodies } = self.require.clone();
                Box::pin(async move { Ok(reject(unread::read(gate.api(), request).await, rejection, &bodies)) })
            }
        }
    }
}

impl<S> fmt::Debug for RequireMiddleware<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireMiddleware").field("require", &self.require).finish_non_exhaustive()
    }
}
