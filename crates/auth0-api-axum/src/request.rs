//! Converts requests from the types of the `http` crate to the types of core.

use std::net::SocketAddr;

use auth0_api_core::{ClientCertificate, HeaderSource, ReceivedTarget, TokenRequest};
use axum::extract::{ConnectInfo, OriginalUri};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Uri};

/// A header map as a [`HeaderSource`].
pub(crate) struct Headers<'r>(pub(crate) &'r HeaderMap);

impl HeaderSource for Headers<'_> {
    fn each_value<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.0.get_all(name).into_iter().for_each(|value| visit(value.as_bytes()));
    }
}

/// Describes a request as this server received it.
///
/// The URI is the original URI, from before a `nest` removed a prefix. The client called this URI, and the client's
/// proof contains it.
pub(crate) fn token_request<'r>(parts: &'r Parts, headers: &'r Headers<'r>) -> TokenRequest<'r> {
    let uri: &Uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let target = ReceivedTarget {
        scheme: uri.scheme_str().unwrap_or("http"),
        authority: uri.authority().map(http::uri::Authority::as_str),
        target: uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str),
        peer: peer.map(|ConnectInfo(address)| address.ip()),
    };
    let request = TokenRequest::received(parts.method.as_str(), target, headers);
    match parts.extensions.get::<ClientCertificate>() {
        Some(certificate) => request.client_certificate(certificate),
        None => request,
    }
}

/// Marks credentials as sensitive, so that they do not appear in logs that print headers.
pub(crate) fn mark_sensitive(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if name == AUTHORIZATION || name == DPOP {
            value.set_sensitive(true);
        }
    }
}

const DPOP: &str = "dpop";
