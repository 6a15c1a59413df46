//! Fetches an issuer's discovery document, and its key set.

use std::sync::Arc;

use super::config::IssuerConfig;
use super::key_set::KeySet;
use super::{DiscoveryError, Domain, discovery};
use crate::digest::sha256;
use crate::http::{BoundedClient, Document, Wanted};

/// The URL of a fetched key set, with its `ETag` and its digest. The `ETag` and the digest show whether the set has
/// changed.
#[derive(Clone, Debug, Default)]
pub(super) struct KeySource {
    jwks_uri: String,
    etag: Option<String>,
    sha256: [u8; 32],
}

/// The result of a fetch. If the key set has not changed since the last fetch, `keys` is the key set of that fetch.
#[derive(Clone, Debug)]
pub(super) struct Fetched {
    pub(super) keys: Arc<KeySet>,
    pub(super) source: KeySource,
}

/// Fetches the discovery document of an issuer.
pub(crate) async fn discovery_document(http: &BoundedClient, domain: &Domain) -> Result<Vec<u8>, DiscoveryError> {
    get_discovery_document(http, domain, Wanted::Any).await
}

async fn get_discovery_document(
    http: &BoundedClient,
    domain: &Domain,
    wanted: Wanted<'_>,
) -> Result<Vec<u8>, DiscoveryError> {
    match http.get(&discovery::url(domain), JSON, wanted).await.map_err(DiscoveryError::Discovery)? {
        Document::Body { bytes, .. } => Ok(bytes),
        // Cannot happen: the client accepts a 304 only if it sent an ETag.
        Document::NotModified => Err(DiscoveryError::GivenUp),
    }
}

/// Fetches the discovery document of an issuer, and returns the URL of the key set. With `current`, no cache on the way may
/// answer.
pub(super) async fn jwks_uri(domain: &Domain, config: &IssuerConfig, current: bool) -> Result<String, DiscoveryError> {
    let wanted = if current { Wanted::Current } else { Wanted::Any };
    let document = get_discovery_document(&config.http, domain, wanted).await?;
    discovery::jwks_uri(&document, domain, &config.jwks_hosts)
}

/// Fetches the key set at this URL. With `current`, no cache on the way may answer.
pub(super) async fn key_set(
    jwks_uri: &str,
    config: &IssuerConfig,
    last: Option<&Fetched>,
    current: bool,
) -> Result<Fetched, DiscoveryError> {
    // An ETag and a digest are valid for one URL only. If `jwks_uri` has changed, the last `ETag` and digest are not
    // used.
    let last = last.filter(|last| last.source.jwks_uri == jwks_uri);
    let etag = last.and_then(|last| last.source.etag.as_deref());
    let wanted = if current { Wanted::Current } else { etag.map_or(Wanted::Any, Wanted::ChangedFrom) };
    match (config.http.get(jwks_uri, JWK_SET, wanted).await.map_err(DiscoveryError::Jwks)?, last) {
        (Document::NotModified, Some(last)) => Ok(last.clone()),
        // Cannot happen: the client accepts a 304 only if it sent an ETag, and it sends only the ETag of the last key
        // set.
        (Document::NotModified, None) => Err(DiscoveryError::GivenUp),
        (Document::Body { bytes, etag }, last) => {
            let source = KeySource { jwks_uri: jwks_uri.to_owned(), etag, sha256: sha256(&bytes) };
            let keys = match last.filter(|last| last.source.sha256 == source.sha256) {
                Some(last) => Arc::clone(&last.keys),
                None => KeySet::parse(&bytes, &config.algorithms, config.policy.max_keys)
                    .map(Arc::new)
                    .map_err(DiscoveryError::KeySet)?,
            };
            Ok(Fetched { keys, source })
        }
    }
}

const JSON: &str = "application/json";
const JWK_SET: &str = "application/jwk-set+json, application/json";
