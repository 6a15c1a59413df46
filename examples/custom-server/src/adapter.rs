//! Connects hyper to `ApiClient`. An adapter for a framework has the same tasks.

use std::net::IpAddr;

use auth0_api_core::{ApiClient, Error, HeaderSource, ReceivedTarget, TokenRequest, VerifiedToken};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Response, StatusCode};

/// Verifies the token that a request presents.
pub(crate) async fn verify(api: &ApiClient, request: &Parts, peer: IpAddr) -> Result<VerifiedToken, Error> {
    let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
    let received = ReceivedTarget {
        scheme: "http",
        authority: request.uri.authority().map(Authority::as_str),
        target,
        peer: Some(peer),
    };
    let headers = Headers(&request.headers);
    api.verify_request(&TokenRequest::received(request.method.as_str(), received, &headers)).await
}

/// Returns the response to a rejected request.
pub(crate) fn reject(api: &ApiClient, error: &Error) -> Response<Full<Bytes>> {
    let rejection = api.reject(error);
    let mut response = Response::new(Full::from(rejection.body()));
    *response.status_mut() = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in rejection.headers() {
        append(response.headers_mut(), name, &value);
    }
    response
}

/// Adds the next nonce to a successful response, if the client's nonce is about to expire. RFC 9449 §8.2: such a
/// response should not be cached.
pub(crate) fn renew_nonce(token: &VerifiedToken, headers: &mut HeaderMap) {
    if let Some(nonce) = token.next_nonce() {
        append(headers, "dpop-nonce", nonce);
        append(headers, "cache-control", "no-store");
    }
}

/// Adds a header line and keeps the other lines of the same name, because a response can have several challenges.
fn append(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(HeaderName::from_static(name), value);
    }
}

struct Headers<'h>(&'h HeaderMap);

impl HeaderSource for Headers<'_> {
    /// Visits every line: core must also see a second `Authorization` header, because a second one can be an attack.
    fn each_value<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.0.get_all(name).iter().for_each(|value| visit(value.as_bytes()));
    }
}
