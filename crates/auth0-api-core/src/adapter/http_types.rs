//! The translation for the types of the crate `http`.

use std::net::IpAddr;

use ::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use ::http::request::Parts;
use ::http::uri::{Authority, PathAndQuery};
use ::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};

use super::{Admission, LogoutResponse};
use crate::metadata::MetadataResponse;
use crate::rejection::Rejection;
use crate::request::{HeaderSource, ListenerScheme, ReceivedTarget, TokenRequest};

impl HeaderSource for HeaderMap {
    fn each_value<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        // Every request asks for the first two. A look-up by a parsed name costs less than one by text.
        let values = match name {
            "authorization" => self.get_all(&AUTHORIZATION),
            "dpop" => self.get_all(&DPOP),
            _ => self.get_all(name),
        };
        values.into_iter().for_each(|value| visit(value.as_bytes()));
    }
}

impl<'r> TokenRequest<'r> {
    /// Describes a request as a server received it. `peer` is the address of the directly connected peer, if it is
    /// known. The scheme is the [`ListenerScheme`] in the request's extensions, or else `http`. Needs the feature `http`.
    pub fn from_parts(parts: &'r Parts, peer: Option<IpAddr>) -> Self {
        let listener = parts.extensions.get::<ListenerScheme>().copied().unwrap_or_default();
        Self::from_http(&parts.method, &parts.uri, &parts.headers, listener, peer)
    }

    /// Describes a request like [`from_parts`](Self::from_parts), for routers that change the URI: `uri` is the URI
    /// that the server received. Its scheme is not used. Needs the feature `http`.
    pub fn from_http(
        method: &'r Method,
        uri: &'r Uri,
        headers: &'r HeaderMap,
        listener: ListenerScheme,
        peer: Option<IpAddr>,
    ) -> Self {
        let target = ReceivedTarget {
            scheme: listener.as_str(),
            authority: uri.authority().map(Authority::as_str),
            target: uri.path_and_query().map_or("/", PathAndQuery::as_str),
            peer,
        };
        Self::received(method.as_str(), target, headers)
    }
}

impl Rejection {
    /// Makes the response, with a body and its content type. Needs the feature `http`.
    ///
    /// The extensions of the response contain this `Rejection`, so that a middleware further out can log it.
    pub fn to_response<B>(&self, content_type: &'static str, body: B) -> Response<B> {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers() {
            add(response.headers_mut(), name, if name == CONTENT_TYPE { content_type } else { &value });
        }
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// Makes the response with the JSON body of the rejection.
impl<B: From<String>> From<&Rejection> for Response<B> {
    fn from(rejection: &Rejection) -> Self {
        rejection.to_response("application/json", rejection.body().into())
    }
}

/// Makes the response.
impl<B: From<String>> From<MetadataResponse<'_>> for Response<B> {
    fn from(answer: MetadataResponse<'_>) -> Self {
        response(answer.status(), answer.headers(), answer.body())
    }
}

/// Makes the response.
impl<B: From<String>> From<&LogoutResponse> for Response<B> {
    fn from(answer: &LogoutResponse) -> Self {
        response(answer.status(), answer.headers(), answer.body())
    }
}

impl Admission {
    /// Sets the [`response_headers`](Self::response_headers) on a response. Needs the feature `http`.
    pub fn set_response_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in self.response_headers() {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// Marks the values of `Authorization` and `DPoP` as sensitive, so that they do not appear in logs that print headers.
pub fn mark_sensitive(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if *name == AUTHORIZATION || *name == DPOP {
            value.set_sensitive(true);
        }
    }
}

fn response<B: From<String>, V: AsRef<str>>(
    status: u16,
    headers: impl Iterator<Item = (&'static str, V)>,
    body: &str,
) -> Response<B> {
    let mut response = Response::new(B::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        add(response.headers_mut(), name, value.as_ref());
    }
    response
}

/// Adds a header line. A response can have several challenges, so it keeps the lines of the same name.
fn add(headers: &mut HeaderMap, name: &'static str, value: &str) {
    // Always `Ok`: this crate writes printable ASCII only.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(HeaderName::from_static(name), value);
    }
}

static DPOP: HeaderName = HeaderName::from_static("dpop");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_credentials_are_marked_as_sensitive() {
        let mut headers = HeaderMap::new();
        for name in [AUTHORIZATION, DPOP.clone(), HeaderName::from_static("accept")] {
            headers.append(&name, HeaderValue::from_static("one"));
            headers.append(name, HeaderValue::from_static("two"));
        }
        mark_sensitive(&mut headers);
        for (name, value) in &headers {
            assert_eq!(value.is_sensitive(), *name != "accept", "{name}");
        }
        assert_eq!(headers.len(), 6);
    }
}
