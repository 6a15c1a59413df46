//! The pages in front of a tower service.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::ConnectAccounts;

/// Serves the pages of [`ConnectAccounts`] in front of any tower service, and passes all other requests to the service.
///
/// Put this layer outside of the layer that verifies requests: the pages have no access token.
#[derive(Clone, Debug)]
pub struct ConnectLayer {
    accounts: ConnectAccounts,
}

/// The service of a [`ConnectLayer`].
#[derive(Clone, Debug)]
pub struct ConnectService<S> {
    inner: S,
    accounts: ConnectAccounts,
}

/// The future of a [`ConnectService`].
pub type ConnectFuture<B, E> = Pin<Box<dyn Future<Output = Result<Response<B>, E>> + Send>>;

impl ConnectLayer {
    /// Creates a layer that serves these pages.
    pub fn new(accounts: ConnectAccounts) -> Self {
        Self { accounts }
    }
}

impl<S> Layer<S> for ConnectLayer {
    type Service = ConnectService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ConnectService { inner, accounts: self.accounts.clone() }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for ConnectService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    S::Future: Send + 'static,
    ResBody: From<String>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ConnectFuture<ResBody, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        if self.accounts.page(request.uri().path()).is_none() {
            return Box::pin(self.inner.call(request));
        }
        let accounts = self.accounts.clone();
        let (method, uri, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
        Box::pin(async move {
            let answer = accounts.answer(&method, &uri, &headers).await;
            Ok(answer.unwrap_or_default().map(ResBody::from))
        })
    }
}
