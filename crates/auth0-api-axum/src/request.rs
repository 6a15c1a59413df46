//! Describes requests to core.

use std::net::SocketAddr;

use auth0_api_core::{ClientCertificate, ListenerScheme, TokenRequest};
use http::request::Parts;
use http::{Extensions, Uri};

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
    let request = TokenRequest::from_http(&parts.method, received_uri(parts), &parts.headers, listener, peer);
    match parts.extensions.get::<ClientCertificate>() {
        Some(certificate) => request.client_certificate(certificate),
        None => request,
    }
}

/// Returns the URI from before any `nest` stripped a prefix: that is the URI that the client called, and that its proof
/// names.
#[cfg(feature = "axum")]
fn received_uri(parts: &Parts) -> &Uri {
    use axum::extract::OriginalUri;
    parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri)
}

#[cfg(not(feature = "axum"))]
fn received_uri(parts: &Parts) -> &Uri {
    &parts.uri
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
