//! What core asks of a request, read from actix-web's types.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::http::uri::{Authority, PathAndQuery};
use actix_web::{HttpMessage as _, HttpRequest};
use auth0_api_core::{ClientCertificate, HeaderSource, ReceivedTarget, TokenRequest};

/// A header map as core reads it.
pub(crate) struct Headers<'r>(pub(crate) &'r HeaderMap);

impl HeaderSource for Headers<'_> {
    fn each_value<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.0.get_all(name).for_each(|value| visit(value.as_bytes()));
    }
}

/// Describes a request as this server received it.
///
/// Scopes do not strip their prefix off the URI. The scheme is the listener's: over HTTP/2 and in absolute targets, it is the
/// client that writes one into the URI.
pub(crate) fn token_request<'r>(request: &'r HttpRequest, headers: &'r Headers<'r>) -> TokenRequest<'r> {
    let uri = request.uri();
    let target = ReceivedTarget {
        scheme: if request.app_config().secure() { "https" } else { "http" },
        authority: uri.authority().map(Authority::as_str),
        target: uri.path_and_query().map_or("/", PathAndQuery::as_str),
        peer: request.peer_addr().map(|address| address.ip()),
    };
    let described = TokenRequest::received(request.method().as_str(), target, headers);
    match client_certificate(request) {
        Some(certificate) => described.client_certificate(&certificate),
        None => described,
    }
}

/// From a middleware further out, or from `HttpServer::on_connect`.
fn client_certificate(request: &HttpRequest) -> Option<ClientCertificate> {
    let of_request = request.extensions().get::<ClientCertificate>().copied();
    of_request.or_else(|| request.conn_data::<ClientCertificate>().copied())
}

/// Keeps credentials out of logs that print headers.
pub(crate) fn mark_sensitive(headers: &mut HeaderMap) {
    // The one way to every value of a name: all of them are kept.
    headers.retain(|name, value| {
        if name == AUTHORIZATION || name == DPOP {
            value.set_sensitive(true);
        }
        true
    });
}

const DPOP: &str = "dpop";
