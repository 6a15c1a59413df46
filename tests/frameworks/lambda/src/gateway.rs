//! What the gateway in front of the function states about the connection of the client.

use std::net::{IpAddr, SocketAddr};

use auth0_api_axum::PeerAddr;
use auth0_api_core::ClientCertificate;
use lambda_http::http::header::SET_COOKIE;
use lambda_http::http::{HeaderMap, HeaderValue, Request, Response};
use lambda_http::request::RequestContext;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

/// Puts the address and the certificate of the client where `AuthLayer` looks for them.
pub fn describe<B>(mut request: Request<B>) -> Request<B> {
    let (peer, certificate) = (peer(&request), certificate(&request));
    if let Some(address) = peer {
        request.extensions_mut().insert(PeerAddr(SocketAddr::new(address, 0)));
    }
    if let Some(certificate) = certificate {
        request.extensions_mut().insert(certificate);
    }
    request
}

/// The address that connected to API Gateway. A load balancer does not state it.
pub fn peer<B>(request: &Request<B>) -> Option<IpAddr> {
    let address = match request.extensions().get()? {
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_deref(),
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref(),
        _ => None,
    };
    address?.parse().ok()
}

/// The certificate that the client used for mutual TLS with API Gateway.
pub fn certificate<B>(request: &Request<B>) -> Option<ClientCertificate> {
    let pem = match request.extensions().get()? {
        RequestContext::ApiGatewayV1(context) => {
            context.identity.other.get("clientCert")?.get("clientCertPem")?.as_str()?
        }
        RequestContext::ApiGatewayV2(context) => {
            let authentication = context.authentication.as_ref()?;
            authentication.client_cert.as_ref()?.client_cert_pem.as_deref()?
        }
        _ => return None,
    };
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    Some(ClientCertificate::from_der(&der))
}

/// Joins header lines of the same name, such as the challenges of two schemes. A response
/// of an HTTP API has one line for each name, and `lambda_http` drops the others.
pub fn join_lines<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    let names: Vec<_> =
        headers.keys().filter(|name| **name != SET_COOKIE).cloned().collect();
    for name in names {
        if let Some(joined) = joined(headers, name.as_str()) {
            headers.insert(name, joined);
        }
    }
    response
}

/// The lines as one list (RFC 9110 §5.3), if there is more than one line.
fn joined(headers: &HeaderMap, name: &str) -> Option<HeaderValue> {
    let lines: Vec<_> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    (lines.len() > 1).then(|| HeaderValue::from_bytes(&lines.join(&b", "[..])).ok())?
}
