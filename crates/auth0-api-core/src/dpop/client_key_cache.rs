//! A cache of parsed client keys, so that a client's key is parsed only for its first proof.
//!
//! Parsing a key costs as much as all other steps of the proof check together, apart from the signature. The key is in
//! the header of a proof, and all proofs of a client have the same header. So the cache stores the parsed header, with
//! the parsed key. The header's rules, the signature of each proof and the binding of each token are still checked.

use std::fmt;
use std::sync::Arc;

use moka::sync::Cache;

use crate::jose::{Algorithm, Header, Jwk, JwkError, KnownHeader, Thumbprint, VerificationKey, header_text};

/// The parsed headers of proofs whose keys valid tokens were bound to. A header is found by its text.
pub(crate) struct ClientKeyCache(Cache<Arc<str>, Arc<KnownClient>>);

/// The header of a client's proofs, and the key in it.
pub(crate) struct KnownClient {
    pub(super) header: KnownHeader,
    pub(super) key: ClientKey,
}

/// The public key in the header of a proof.
#[derive(Debug)]
pub(crate) struct ClientKey {
    pub(crate) verification: VerificationKey,
    pub(crate) thumbprint: Thumbprint,
}

impl ClientKeyCache {
    pub(crate) fn new() -> Self {
        // moka's default policy (TinyLFU) keeps a key that is used often, even if many keys are used once. The default
        // hash is the standard library's, which has a random key. Clients choose the texts of the headers. Without a
        // random hash key, an attacker could choose many texts that fall into one bucket.
        Self(Cache::new(MAX_KEYS))
    }

    /// Returns the client whose proofs have the same header as this proof, if it was remembered.
    pub(super) fn recall(&self, proof: &str) -> Option<Arc<KnownClient>> {
        let text = header_text(proof);
        if text.len() > MAX_HEADER_BYTES { None } else { self.0.get(text) }
    }

    /// Remembers the header of a proof and its key. The caller has checked that a valid token is bound to the key, so only
    /// clients with a valid token can add keys.
    pub(super) fn remember(&self, proof: &str, header: Header, key: ClientKey) {
        let text = header_text(proof);
        if text.len() <= MAX_HEADER_BYTES {
            let text: Arc<str> = text.into();
            let header = KnownHeader::new(Arc::clone(&text), header);
            self.0.insert(text, Arc::new(KnownClient { header, key }));
        }
    }
}

impl ClientKey {
    /// Parses the public key in `jwk`, for use with this algorithm.
    pub(super) fn read(jwk: &str, algorithm: Algorithm) -> Result<Self, JwkError> {
        let jwk = Jwk::parse_canonical(jwk)?;
        Ok(Self { verification: jwk.verification_key(algorithm)?, thumbprint: jwk.thumbprint() })
    }
}

impl fmt::Debug for ClientKeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKeyCache").field("keys", &self.0.entry_count()).finish_non_exhaustive()
    }
}

/// The greatest number of keys, in about 2 MiB: a parsed P-256 key takes about 2 KiB, with its header and its entry in the
/// table.
const MAX_KEYS: u64 = 1_000;
/// The greatest length of a header's text. With an RSA-4096 key, a header has about 1050 bytes.
const MAX_HEADER_BYTES: usize = 1400;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::base64url;
    use crate::jose::{AlgorithmSet, Jws};

    /// The header of a proof with the key of RFC 9449 §4.1, and a member that makes it longer.
    fn header(padding: usize) -> String {
        let padding = "x".repeat(padding);
        let json = format!(
            r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}},"x":"{padding}"}}"#
        );
        base64url::encode(json.as_bytes())
    }

    /// A cache that remembers the header of this proof.
    fn after(proof: &str) -> ClientKeyCache {
        let cache = ClientKeyCache::new();
        let header = header_text(proof);
        let parsed = Jws::parse(proof, &AlgorithmSet::ANY).unwrap();
        let key = ClientKey::read(parsed.header().embedded_key().unwrap(), Algorithm::ES256).unwrap();
        cache.remember(proof, base64url_header(header), key);
        cache
    }

    fn base64url_header(text: &str) -> Header {
        Header::parse(base64url::decode(text).unwrap(), &AlgorithmSet::ANY).unwrap()
    }

    #[test]
    fn a_key_is_found_by_the_whole_text_of_the_header() {
        let header = header(0);
        let cache = after(&format!("{header}.e30.AA"));
        let found = cache.recall(&format!("{header}.eyJqdGkiOiIxIn0.AAAA")).unwrap();
        let jwk = base64url_header(&header);
        let read = ClientKey::read(jwk.embedded_key().unwrap(), Algorithm::ES256).unwrap();
        assert_eq!(found.key.thumbprint, read.thumbprint);
        for at in 0..header.len() {
            let mut other = header.clone();
            other.replace_range(at..=at, if header.get(at..=at) == Some("A") { "B" } else { "A" });
            assert!(cache.recall(&format!("{other}.e30.AA")).is_none(), "{at}");
        }
        for other in ["", ".e30.AA", header.as_str(), "e30.e30.AA"] {
            assert!(cache.recall(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_long_header_is_not_remembered() {
        for (padding, remembered) in [(0, true), (700, true), (1000, false)] {
            let proof = format!("{}.e30.AA", header(padding));
            assert_eq!(after(&proof).recall(&proof).is_some(), remembered, "{padding}");
        }
    }
}
