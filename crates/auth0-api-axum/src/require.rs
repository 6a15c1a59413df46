//! The layer that checks a requirement, for single routes.

use std::sync::Arc;
use std::task::{Context, Poll};

use auth0_api_core::{ApiClient, Error, Rejection, Requirement};
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::extract::MISSING_LAYER;
use crate::future::RequireFuture;
use crate::grpc::Protocol;
use crate::layer::Authentication;
use crate::rejection::{RejectionBody, reject};

/// Rejects tokens that do not meet a [`Requirement`]; made by [`AuthLayer::require`](crate::AuthLayer::require).
#[derive(Clone, Debug)]
pub struct RequireLayer<R> {
    api: ApiClient,
    requirement: Arc<Requirement>,
    body: R,
}

/// The service of a [`RequireLayer`].
#[derive(Clone, Debug)]
pub struct RequireService<S, R> {
    inner: S,
    api: ApiClient,
    requirement: Arc<Requirement>,
    body: R,
}

impl<R> RequireLayer<R> {
    pub(crate) fn new(api: ApiClient, requirement: Requirement, body: R) -> Self {
        Self { api, requirement: Arc::new(requirement), body }
    }
}

impl<S, R: Clone> Layer<S> for RequireLayer<R> {
    type Service = RequireService<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        let (api, requirement) = (self.api.clone(), Arc::clone(&self.requirement));
        RequireService { inner, api, requirement, body: self.body.clone() }
    }
}

impl<S, R, ReqBody, ResBody> Service<Request<ReqBody>> for RequireService<S, R>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    R: RejectionBody<ResBody>,
    ResBody: Default,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = RequireFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        match self.check(&request) {
            None => RequireFuture::Serving { response: self.inner.call(request) },
            Some(response) => RequireFuture::Rejected { response: Some(response) },
        }
    }
}

impl<S, R> RequireService<S, R> {
    /// Returns the rejection if the token is missing or does not meet the requirement, or if no layer of the same
    /// client has verified the request.
    fn check<ReqBody, ResBody>(&self, request: &Request<ReqBody>) -> Option<Response<ResBody>>
    where
        R: RejectionBody<ResBody>,
        ResBody: Default,
    {
        let reject = |rejection| reject(rejection, Protocol::of(request), &self.body);
        let found = request.extensions().get::<Authentication>();
        let Some(found) = found.filter(|found| found.api.is_same_client(&self.api)) else {
            tracing::error!(target: "auth0_api", event = "layer_missing", "{MISSING_LAYER}");
            return Some(reject(&Rejection::misconfigured()));
        };
        let token = found.token.as_ref().ok_or_else(Error::missing_credentials);
        let error = token.and_then(|token| self.requirement.check(token)).err()?;
        Some(reject(&found.api.reject(&error)))
    }
}
