//! The discovery document ([OpenID Connect Discovery §4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).

use serde::Deserialize;

use super::{DiscoveryError, Domain};
use crate::target::TargetUrl;

/// What we read of the document.
#[derive(Debug, Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: Option<String>,
}

/// The URL of an issuer's discovery document.
pub(super) fn url(domain: &Domain) -> String {
    format!("{}.well-known/openid-configuration", domain.issuer())
}

/// Reads the document and gives the URL of the key set.
pub(super) fn jwks_uri(body: &[u8], domain: &Domain, other_hosts: &[Box<str>]) -> Result<String, DiscoveryError> {
    let document: Document = serde_json::from_slice(body).map_err(|_| DiscoveryError::Document)?;
    // OpenID Connect Discovery §4.3: exactly the issuer that was asked for.
    if document.issuer != domain.issuer() {
        return Err(DiscoveryError::Issuer);
    }
    let uri = document.jwks_uri.ok_or(DiscoveryError::JwksUri)?;
    let (target, own) = (parse(&uri)?, parse(domain.issuer())?);
    // Secure like the issuer itself, and on its host: a document must not send us elsewhere.
    let host_allowed = target.host() == own.host() || other_hosts.iter().any(|host| **host == *target.host());
    if target.has_scheme_of(&own) && host_allowed { Ok(uri) } else { Err(DiscoveryError::JwksUri) }
}

fn parse(url: &str) -> Result<TargetUrl, DiscoveryError> {
    TargetUrl::parse(url).map_err(|_| DiscoveryError::JwksUri)
}
