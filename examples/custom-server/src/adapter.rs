//! Connects hyper to `ApiClient`. The module `auth0_api_core::adapter` decides which requests pass; the functions here only
//! translate. An adapter for a framework has the same tasks.

use std::net::IpAddr;

use auth0_api_core::adapter::{Admission, Gate};
use auth0_api_core::{Rejection, TokenRequest};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::http::request::Parts;

pub(crate) type Answer = Response<Full<Bytes>>;

/// Verifies a request, calls the handler, and sets the headers that belong to the response.
pub(crate) async fn protected(
    gate: &Gate,
    request: &Parts,
    peer: IpAddr,
    handler: impl AsyncFnOnce(&Admission) -> Result<Answer, Rejection>,
) -> Result<Answer, Rejection> {
    let admission = gate.admit(&TokenRequest::from_parts(request, Some(peer)), None).await?;
    let mut response = handler(&admission).await.unwrap_or_else(|rejection| Response::from(&rejection));
    admission.set_response_headers(response.headers_mut());
    Ok(response)
}
