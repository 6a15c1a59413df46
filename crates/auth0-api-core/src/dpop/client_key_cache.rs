//! The keys of clients that come again and again: parsed with their first proof, not with each.
//!
//! Reading a key costs as much as everything else that is cheap in a proof. What is remembered is what reading its text once more
//! would bring, nothing about whose key it is: each proof and each binding is checked all the same.

use std::fmt;
use std::sync::Arc;

use moka::sync::Cache;

use crate::jose::{Algorithm, Jwk, JwkError, Thumbprint, VerificationKey};

/// Keys that a verified token was bound to, by the text that their owner writes.
pub(crate) struct ClientKeyCache(Cache<Box<str>, Arc<ClientKey>>);

/// The public key in the header of a proof.
#[derive(Debug)]
pub(crate) struct ClientKey {
    pub(crate) verification: VerificationKey,
    pub(crate) thumbprint: Thumbprint,
}

impl ClientKeyCache {
    pub(crate) fn new() -> Self {
        // moka's own policy: a key that comes often is not pushed out by many that come once. And the standard library's keyed
        // hash: unlike a token, this text is written by whoever would like to crowd a table.
        Self(Cache::new(MOST_KEYS))
    }

    /// The key that this text is, if it was remembered for the algorithm.
    pub(super) fn recall(&self, jwk: &str, algorithm: Algorithm) -> Option<Arc<ClientKey>> {
        self.0.get(jwk).filter(|key| key.verification.algorithm() == algorithm)
    }

    /// Remembers a key that a token is bound to: strangers cannot bring theirs in.
    pub(super) fn remember(&self, jwk: &str, key: Arc<ClientKey>) {
        if jwk.len() <= LONGEST_KEY {
            self.0.insert(jwk.into(), key);
        }
    }
}

impl ClientKey {
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

/// About a MiB: a P-256 key takes a good KiB, parsed, with its text and its place in the table.
const MOST_KEYS: u64 = 1_000;
/// An RSA-4096 key takes 720 bytes.
const LONGEST_KEY: usize = 1024;
