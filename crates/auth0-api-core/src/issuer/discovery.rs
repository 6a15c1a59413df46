//! The discovery document ([OpenID Connect Discovery §4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).

use serde::Deserialize;

use super::jwks_host::JwksHost;
use super::{DiscoveryError, Domain};
use crate::called_url::TargetUrl;

/// What we read of the document.
#[derive(Debug, Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: Option<String>,
    token_endpoint: Option<String>,
    mtls_endpoint_aliases: Option<Aliases>,
}

/// Endpoints for clients that authenticate by certificate ([RFC 8705 §5](https://www.rfc-editor.org/rfc/rfc8705#section-5)).
#[derive(Debug, Deserialize)]
struct Aliases {
    token_endpoint: Option<String>,
}

/// Whose token endpoint is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenEndpointOf {
    Everybody,
    /// Clients whose certificate authenticates them.
    MutualTls,
}

/// The URL of an issuer's discovery document.
pub(crate) fn url(domain: &Domain) -> String {
    format!("{}.well-known/openid-configuration", domain.issuer())
}

/// Reads the document and gives the URL of the key set.
pub(super) fn jwks_uri(body: &[u8], domain: &Domain, other_hosts: &[JwksHost]) -> Result<String, DiscoveryError> {
    let document = read(body, domain)?;
    let uri = document.jwks_uri.ok_or(DiscoveryError::JwksUri)?;
    let (target, own) = (parse(&uri)?, parse(domain.issuer())?);
    // Secure like the issuer itself, and on its host and port: a document must not send us elsewhere.
    let is_own = target.host() == own.host() && target.port() == own.port();
    let is_allowed = is_own || other_hosts.iter().any(|host| host.serves(&target));
    if target.has_scheme_of(&own) && is_allowed { Ok(uri) } else { Err(DiscoveryError::JwksUri) }
}

/// Reads the document and gives the URL of the token endpoint: secure like the issuer itself, on its host and port. A client's
/// certificate may be asked for on a host below that one (RFC 8705 §5).
pub(crate) fn token_endpoint(body: &[u8], domain: &Domain, whose: TokenEndpointOf) -> Result<String, DiscoveryError> {
    let document = read(body, domain)?;
    let alias =
        document.mtls_endpoint_aliases.filter(|_| whose == TokenEndpointOf::MutualTls).and_then(|of| of.token_endpoint);
    let may_be_below = alias.is_some();
    let url = alias.or(document.token_endpoint).ok_or(DiscoveryError::TokenEndpoint)?;
    let read = |url: &str| TargetUrl::parse(url).map_err(|_| DiscoveryError::TokenEndpoint);
    let (target, own) = (read(&url)?, read(domain.issuer())?);
    let is_below = target.host().strip_suffix(own.host()).is_some_and(|label| label.ends_with('.'));
    let is_own = target.host() == own.host() || (may_be_below && is_below);
    let allowed = is_own && target.port() == own.port() && target.has_scheme_of(&own);
    if allowed { Ok(url) } else { Err(DiscoveryError::TokenEndpoint) }
}

fn read(body: &[u8], domain: &Domain) -> Result<Document, DiscoveryError> {
    let document: Document = serde_json::from_slice(body).map_err(|_| DiscoveryError::Document)?;
    // OpenID Connect Discovery §4.3: exactly the issuer that was asked for.
    if document.issuer == domain.issuer() { Ok(document) } else { Err(DiscoveryError::Issuer) }
}

fn parse(url: &str) -> Result<TargetUrl, DiscoveryError> {
    TargetUrl::parse(url).map_err(|_| DiscoveryError::JwksUri)
}
