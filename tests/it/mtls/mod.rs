//! Tokens bound to client certificates (RFC 8705): each rejection test changes one thing in an accepted request.

mod binding;
mod headers;
pub(crate) mod tls;

use auth0_api_core::{ApiClient, ClientCertificate, Error, ReceivedTarget, TokenRequest, VerifiedToken};

/// Not a real certificate: core compares only the hash of the octets.
const DER: &[u8] = b"the certificate of a client";
const OTHER_DER: &[u8] = b"the certificate of another client";

/// Verifies a GET request for `https://api.example.com/orders` from this peer. The connection has this certificate or
/// none.
async fn present(
    api: &ApiClient,
    certificate: Option<&[u8]>,
    peer: &str,
    headers: &[(&str, &str)],
) -> Result<VerifiedToken, Error> {
    let headers = [&[("host", "api.example.com")], headers].concat();
    let peer = peer.parse().ok();
    let target = ReceivedTarget { scheme: "https", authority: None, target: "/orders", peer };
    let request = TokenRequest::received("GET", target, &headers);
    match certificate.map(ClientCertificate::from_der) {
        Some(certificate) => api.verify_request(&request.client_certificate(&certificate)).await,
        None => api.verify_request(&request).await,
    }
}

/// Returns an `Authorization` value: `Bearer` with a token bound to [`DER`].
fn bound(world: &TestWorld) -> String {
    format!("Bearer {}", world.tenant.mint().bound_to_certificate(DER).sign())
}
use auth0_api_testing::TestWorld;
