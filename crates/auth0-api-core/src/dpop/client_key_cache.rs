//! A cache of parsed client keys, so that a client's key is parsed only for its first proof.
//!
//! Parsing a key costs as much as all other steps of the proof check together, apart from the signature. The cache
//! stores only the result of parsing the text of a key. The signature of each proof and the binding of each token are
//! still checked.

use std::fmt;
use std::sync::Arc;

use moka::sync::Cache;

use crate::jose::{Algorithm, Jwk, JwkError, Thumbprint, VerificationKey};

/// The parsed keys that valid tokens were bound to. A key is found by its text in the header of a proof.
pub(crate) struct ClientKeyCache(Cache<Box<str>, Arc<ClientKey>>);

/// The public key in the header of a proof.
#[derive(Debug)]
pub(crate) struct ClientKey {
    pub(crate) verification: VerificationKey,
    pub(crate) thumbprint: Thumbprint,
}

impl ClientKeyCache {
    pub(crate) fn new() -> Self {
        // moka's default policy (TinyLFU) keeps a key that is used often, even if many keys are used once. The default
        // hash is the standard library's, which has a random key. Clients choose the texts of the keys. Without a
        // random hash key, an attacker could choose many texts that fall into one bucket.
        Self(Cache::new(MAX_KEYS))
    }

    /// Returns the parsed key of this text, if it was remembered for this algorithm.
    pub(super) fn recall(&self, jwk: &str, algorithm: Algorithm) -> Option<Arc<ClientKey>> {
        self.0.get(jwk).filter(|key| key.verification.algorithm() == algorithm)
    }

    /// Remembers a key. The caller has checked that a valid token is bound to it, so only clients with a valid token
    /// can add keys.
    pub(super) fn remember(&self, jwk: &str, key: Arc<ClientKey>) {
        if jwk.len() <= MAX_KEY_BYTES {
            self.0.insert(jwk.into(), key);
        }
    }
}

impl ClientKey {
    /// Parses the public key in `jwk`, for use with this algorithm.
    pub(super) fn read(jwk: &str, algorithm: Algorithm) -> Result<Arc<Self>, JwkError> {
        let jwk = Jwk::parse_canonical(jwk)?;
        Ok(Arc::new(Self { verification: jwk.verification_key(algorithm)?, thumbprint: jwk.thumbprint() }))
    }
}

impl fmt::Debug for ClientKeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKeyCache").field("keys", &self.0.entry_count()).finish_non_exhaustive()
    }
}

/// The greatest number of keys, in about 1 MiB: a parsed P-256 key takes a little more than 1 KiB, with its text and
/// its entry in the table.
const MAX_KEYS: u64 = 1_000;
/// The greatest length of a key's text. An RSA-4096 key has 720 bytes.
const MAX_KEY_BYTES: usize = 1024;
