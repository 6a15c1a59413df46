//! Converts requests from the types of actix-web to the types of core.

use actix_web::http::Uri;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};
use actix_web::http::uri::{Authority, PathAndQuery};
use actix_web::{HttpMessage as _, HttpRequest};
use auth0_api_core::adapter::Place;
use auth0_api_core::{ClientCertificate, HeaderSource, ListenerScheme, ReceivedTarget, TokenRequest};

use crate::received_uri::ReceivedUri;

/// A header map as a [`HeaderSource`].
pub(crate) struct Headers<'r>(pub(crate) &'r HeaderMap);

impl HeaderSource for Headers<'_> {
    fn each_value<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        // Every request asks for the first two. actix-web copies a name that it gets as text.
        let values = match name {
            "authorization" => self.0.get_all(AUTHORIZATION),
            "dpop" => self.0.get_all(&DPOP),
            _ => self.0.get_all(name),
        };
        values.for_each(|value| visit(value.as_bytes()));
    }
}

/// Returns the URI from before a middleware rewrote it, if [`KeepReceivedUri`](crate::KeepReceivedUri) has kept it.
pub(crate) fn kept_uri(request: &HttpRequest) -> Option<Uri> {
    request.extensions().get::<ReceivedUri>().map(|ReceivedUri(uri)| uri.clone())
}

/// Describes a request as this server received it. `kept` is its [`kept_uri`].
///
/// actix-web's scopes do not remove their prefix from the URI. The scheme is that of the listener, not that of the URI:
/// over HTTP/2 and in absolute targets, the client chooses the scheme of the URI.
pub(crate) fn token_request<'r>(
    request: &'r HttpRequest,
    kept: Option<&'r Uri>,
    headers: &'r Headers<'r>,
) -> TokenRequest<'r> {
    let uri = kept.unwrap_or(request.uri());
    let target = ReceivedTarget {
        scheme: if request.app_config().secure() { ListenerScheme::Https } else { ListenerScheme::Http }.as_str(),
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

/// Names a request in log events.
pub(crate) fn place(request: &HttpRequest) -> Place<'_> {
    Place::new(request.method().as_str(), request.path())
}

/// Returns the certificate that an outer middleware has put into the request's extensions, or else the certificate that
/// `HttpServer::on_connect` has put into the connection data.
fn client_certificate(request: &HttpRequest) -> Option<ClientCertificate> {
    let of_request = request.extensions().get::<ClientCertificate>().copied();
    of_request.or_else(|| request.conn_data::<ClientCertificate>().copied())
}

static DPOP: HeaderName = HeaderName::from_static("dpop");
