//! Describes requests to core.

use std::net::SocketAddr;

use auth0_api_core::adapter::Place;
use auth0_api_core::{ClientCertificate, ListenerScheme, TokenRequest};
use http::request::Parts;
use http::{Extensions, Method, Uri};

use crate::received_uri::received_uri;

/// The address of the directly connected peer, for servers without axum: put it into the extensions of each request.
///
/// [Trusted proxies](auth0_api_core::guide::proxies) that are configured by their networks need it. With axum, use
/// `ConnectInfo<SocketAddr>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddr(pub SocketAddr);

/// Describes a request as this server received it.
pub(crate) fn token_request(parts: &Parts) -> TokenRequest<'_> {
    let peer = peer(&parts.extensions).map(|address| address.ip());
    let listener = parts.extensions.get::<ListenerScheme>().copied().unwrap_or_default();
    let uri = received_uri(&parts.uri, &parts.extensions);
    let request = TokenRequest::from_http(&parts.method, uri, &parts.headers, listener, peer);
    match parts.extensions.get::<ClientCertificate>() {
        Some(certificate) => request.client_certificate(certificate),
        None => request,
    }
}

/// Names a request in log events.
pub fn place<'r>(method: &'r Method, uri: &'r Uri, extensions: &'r Extensions) -> Place<'r> {
    Place::new(method.as_str(), received_uri(uri, extensions).path())
}

#[cfg(feature = "axum")]
fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    use axum::extract::ConnectInfo;
    let connect_info = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| *address);
    connect_info.or_else(|| extensions.get::<PeerAddr>().map(|PeerAddr(address)| *address))
}

#[cfg(not(feature = "axum"))]
fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<PeerAddr>().map(|PeerAddr(address)| *address)
}
