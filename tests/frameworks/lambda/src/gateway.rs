//! What the gateway in front of the function states about the request and its connection.

use std::net::{IpAddr, SocketAddr};

use auth0_api_axum::PeerAddr;
use auth0_api_core::ClientCertificate;
use lambda_http::RequestExt as _;
use lambda_http::http::header::SET_COOKIE;
use lambda_http::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use lambda_http::request::RequestContext;
use percent_encoding::percent_decode_str;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

/// Puts the address and the certificate of the client where `AuthLayer` looks for them.
///
/// # Errors
///
/// 400 if the request has another path than its event.
pub fn describe<B>(mut request: Request<B>) -> Result<Request<B>, StatusCode> {
    if !has_path_of_event(&request) {
        return Err(StatusCode::BAD_REQUEST);
    }
    let (peer, certificate) = (peer(&request), certificate(&request));
    if let Some(address) = peer {
        request.extensions_mut().insert(PeerAddr(SocketAddr::new(address, 0)));
    }
    if let Some(certificate) = certificate {
        request.extensions_mut().insert(certificate);
    }
    Ok(request)
}

/// Whether the request has the path of its event. `lambda_http` parses the header `Host`
/// and the path as one URL: `Host: api.example.com/me?` moves the path, and dot segments
/// vanish.
pub fn has_path_of_event<B>(request: &Request<B>) -> bool {
    let Some(context) = request.extensions().get() else { return true };
    let stage = match context {
        RequestContext::ApiGatewayV1(context) => context.stage.as_deref(),
        RequestContext::ApiGatewayV2(context) => context.stage.as_deref(),
        _ => None,
    };
    let path = with_stage(stage, request.extensions().raw_http_path());
    // A REST API decodes the path, and `lambda_http` encodes it again.
    percent_decode_str(&path).eq(percent_decode_str(request.uri().path()))
}

/// The path before which `lambda_http` puts the stage of an API.
fn with_stage(stage: Option<&str>, path: &str) -> String {
    let is_ignored = std::env::var("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH").is_ok();
    match stage.filter(|stage| !is_ignored && *stage != "$default") {
        Some(stage) if !path.starts_with(&format!("/{stage}/")) => {
            format!("/{stage}{path}")
        }
        _ if path.is_empty() => "/".to_owned(),
        _ => path.to_owned(),
    }
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
