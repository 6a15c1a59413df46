//! The default client: reqwest with rustls.

use auth0_api_core::http::{HttpConnection, HttpError, ReqwestConnections};
use http::Request;

use crate::body::{RequestBody, ResponseBody};
use crate::client::{ClientFuture, FetchClient};

/// Sends requests with reqwest: no redirects, no cookies. Requests to this machine use no proxy.
#[derive(Clone, Debug)]
pub(crate) struct ReqwestFetchClient(ReqwestConnections);

impl ReqwestFetchClient {
    pub(crate) fn new() -> Self {
        Self(ReqwestConnections::new(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"))))
    }

    /// Uses a client of the application for all requests.
    pub(crate) fn with_client(client: reqwest::Client) -> Self {
        Self(ReqwestConnections::of_client(client))
    }

    /// Makes the client for this host, so that the first request does not wait for it.
    pub(crate) fn prepare(&self, host: &str) -> Result<(), HttpError> {
        self.0.prepare(host).map_err(ReqwestConnections::classify)
    }
}

impl FetchClient for ReqwestFetchClient {
    fn send(&self, request: Request<RequestBody>, connection: HttpConnection) -> ClientFuture<'_> {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(ReqwestConnections::classify)?;
            let response = self.0.execute(request, connection).await?;
            Ok(http::Response::<reqwest::Body>::from(response).map(ResponseBody::of_reqwest))
        })
    }
}
