//! The middleware that checks a requirement, for single resources.

use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{HttpMessage as _, HttpRequest, ResponseError as _};
use auth0_api_core::{ApiClient, Requirement};

use crate::gate::{Authentication, missing_middleware};
use crate::rejection::{RejectionBody, TokenRejection};

/// Rejects tokens that do not meet a [`Requirement`]; made by [`Auth::require`](crate::Auth::require).
#[derive(Clone, Debug)]
pub struct Require {
    api: ApiClient,
    bodies: RejectionBody,
    requirement: Arc<Requirement>,
}

/// The service of a [`Require`].
pub struct RequireMiddleware<S> {
    inner: S,
    require: Require,
}

impl Require {
    pub(crate) fn new(api: ApiClient, requirement: Requirement, bodies: RejectionBody) -> Self {
        Self { api, bodies, requirement: Arc::new(requirement) }
    }

    fn check(&self, request: &HttpRequest) -> Result<(), TokenRejection> {
        let found = request.extensions().get::<Authentication>().filter(|found| found.is_by(&self.api)).cloned();
        let mut found = found.ok_or_else(|| missing_middleware(self.bodies.clone()))?;
        found.bodies = self.bodies.clone();
        found.demand_that_meets(&self.requirement)?;
        Ok(())
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
        match self.require.check(request.request()) {
            Ok(()) => {
                let response = self.inner.call(request);
                Box::pin(async move { response.await.map(ServiceResponse::map_into_left_body) })
            }
            Err(rejection) => {
                let response = request.into_response(rejection.error_response()).map_into_right_body();
                Box::pin(ready(Ok(response)))
            }
        }
    }
}

impl<S> fmt::Debug for RequireMiddleware<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireMiddleware").field("require", &self.require).finish_non_exhaustive()
    }
}
