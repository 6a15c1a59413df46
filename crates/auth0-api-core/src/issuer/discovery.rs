//! The discovery document
//! ([OpenID Connect Discovery §4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).

use serde::Deserialize;

use super::jwks_host::JwksHost;
use super::{DiscoveryError, Domain};
use crate::called_url::TargetUrl;

/// The members of the document that this crate reads.
#[derive(Debug, Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: Option<String>,
    token_endpoint: Option<String>,
    mtls_endpoint_aliases: Option<Aliases>,
}

/// The endpoints for clients that authenticate with a certificate
/// ([RFC 8705 §5](https://www.rfc-editor.org/rfc/rfc8705#section-5)).
#[derive(Debug, Deserialize)]
struct Aliases {
    token_endpoint: Option<String>,
}

/// The kind of clients whose token endpoint is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenEndpointOf {
    /// Clients that authenticate without a certificate.
    Everybody,
    /// Clients that authenticate with their certificate.
    MutualTls,
}

/// Returns the URL of an issuer's discovery document.
pub(super) fn url(domain: &Domain) -> String {
    format!("{}.well-known/openid-configuration", domain.issuer())
}

/// Parses the document and returns the URL of the key set.
pub(super) fn jwks_uri(body: &[u8], domain: &Domain, other_hosts: &[JwksHost]) -> Result<String, DiscoveryError> {
    let document = read(body, domain)?;
    let uri = document.jwks_uri.ok_or(DiscoveryError::JwksUri)?;
    let (target, own) = (TargetUrl::parse(&uri).map_err(|_| DiscoveryError::JwksUri)?, domain.url());
    // The URL must have the issuer's scheme. Its host and port must be the issuer's or those of an allowed host.
    // Without this check, a document could make this client send requests to any host.
    let is_own = target.host() == own.host() && target.port() == own.port();
    let is_allowed = is_own || other_hosts.iter().any(|host| host.serves(&target));
    if target.has_scheme_of(own) && is_allowed { Ok(uri) } else { Err(DiscoveryError::JwksUri) }
}

/// Parses the document and returns the URL of the token endpoint. The URL must have the issuer's scheme, host and port.
/// The endpoint for clients with a certificate may be on a subdomain of that host (RFC 8705 §5).
pub(crate) fn token_endpoint(body: &[u8], domain: &Domain, clients: TokenEndpointOf) -> Result<String, DiscoveryError> {
    let document = read(body, domain)?;
    let aliases = document.mtls_endpoint_aliases.filter(|_| clients == TokenEndpointOf::MutualTls);
    let alias = aliases.and_then(|aliases| aliases.token_endpoint);
    let may_be_below = alias.is_some();
    let url = alias.or(document.token_endpoint).ok_or(DiscoveryError::TokenEndpoint)?;
    let (target, own) = (TargetUrl::parse(&url).map_err(|_| DiscoveryError::TokenEndpoint)?, domain.url());
    let is_below = target.host().strip_suffix(own.host()).is_some_and(|label| label.ends_with('.'));
    let is_own = target.host() == own.host() || (may_be_below && is_below);
    let allowed = is_own && target.port() == own.port() && target.has_scheme_of(own);
    if allowed { Ok(url) } else { Err(DiscoveryError::TokenEndpoint) }
}

fn read(body: &[u8], domain: &Domain) -> Result<Document, DiscoveryError> {
    // RFC 8259 §8.1: JSON is UTF-8. `from_slice` checks only the strings that are read, so the whole text is checked.
    let text = str::from_utf8(body).map_err(|_| DiscoveryError::Document)?;
    let document: Document = serde_json::from_str(text).map_err(|_| DiscoveryError::Document)?;
    // OpenID Connect Discovery §4.3: `issuer` must be exactly the issuer whose document was requested.
    if document.issuer == domain.issuer() { Ok(document) } else { Err(DiscoveryError::Issuer) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::issuer::domain::Loopback;

    #[test]
    fn a_document_with_octets_that_are_not_utf8_is_rejected() {
        let domain = Domain::parse("tenant.eu.auth0.com", Loopback::HttpsOnly).unwrap();
        let document = |octets: &[u8]| {
            let before = br#"{"issuer":"https://tenant.eu.auth0.com/","x":""#;
            let after = br#"","jwks_uri":"https://tenant.eu.auth0.com/keys","token_endpoint":"https://tenant.eu.auth0.com/token"}"#;
            [before, octets, after].concat()
        };
        assert!(jwks_uri(&document("é".as_bytes()), &domain, &[]).is_ok());
        for octets in [&b"\xc0"[..], b"\xff", b"\xed\xa0\x80"] {
            let rejected = jwks_uri(&document(octets), &domain, &[]);
            assert!(matches!(rejected, Err(DiscoveryError::Document)), "{rejected:?}");
            let rejected = token_endpoint(&document(octets), &domain, TokenEndpointOf::Everybody);
            assert!(matches!(rejected, Err(DiscoveryError::Document)), "{rejected:?}");
        }
    }
}
