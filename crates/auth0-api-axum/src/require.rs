//! The layer that checks a requirement, for single routes.

use std::task::{Context, Poll};

use auth0_api_core::adapter::RouteGate;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::answer::{Answer, announced};
use crate::future::ResponseFuture;
use crate::rejection::{RejectionBody, Style};
use crate::request::place;

/// Rejects tokens that do not meet a [`Requirement`](auth0_api_core::Requirement); made by [`AuthLayer::require`](crate::AuthLayer::require).
#[doc(alias = "requiredScopes", alias = "scope")]
#[derive(Clone, Debug)]
pub struct RequireLayer<R> {
    gate: RouteGate,
    style: Style<R>,
}

/// The service of a [`RequireLayer`].
#[derive(Clone, Debug)]
pub struct RequireService<S, R> {
    inner: S,
    gate: RouteGate,
    style: Style<R>,
}

impl<R> RequireLayer<R> {
    pub(crate) fn new(gate: RouteGate, style: Style<R>) -> Self {
        Self { gate, style }
    }
}

impl<S, R: Clone> Layer<S> for RequireLayer<R> {
    type Service = RequireService<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService { inner, gate: self.gate.clone(), style: self.style.clone() }
    }
}

impl<S, R, ReqBody, ResBody> Service<Request<ReqBody>> for RequireService<S, R>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    R: RejectionBody<ResBody>,
    ReqBody: Body + Send + 'static,
    ResBody: Default,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let place = place(request.method(), request.uri(), request.extensions());
        match self.gate.check(request.extensions().get(), place) {
            Ok(()) => ResponseFuture::passed_on(self.inner.call(request)),
            Err(rejection) => {
                let (parts, body) = request.into_parts();
                let response = self.style.reject(&rejection, &parts);
                let announced = announced(&parts, self.style.protocol(&parts));
                ResponseFuture::answered(Answer::new(self.gate.api(), announced, body, response))
            }
        }
    }
}
