//! The tenant's keys: the keys that sign, and the keys that the tenant publishes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auth0_api_core::Algorithm;
use serde_json::{Value, json};

use crate::SigningKey;
use crate::key::is_rsa;

/// The current key of each algorithm, and all published keys. A key is generated when it is first needed.
///
/// Each published key has `alg`, as Auth0's keys have. Generating an RSA key is slow, so RSA keys are shared in two
/// ways:
///
/// 1. All RSA algorithms of one rotation use one RSA key, each under a different key id.
/// 2. When a ring is dropped, its RSA keys become spare keys of the process. A ring that needs a new RSA key takes a
///    spare key, if there is one, and gives the key a new key id. Two rings in use at the same time never share a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyRing(Arc<Mutex<Keys>>);

#[derive(Debug, Default)]
struct Keys {
    current: Vec<SigningKey>,
    published: Vec<SigningKey>,
    /// The RSA keys of this ring, one for each rotation. When the ring is dropped, later rings can use them.
    rsa: Vec<SigningKey>,
    set_by_hand: Option<Value>,
}

impl KeyRing {
    /// Returns the key that signs with `algorithm`. Makes and publishes the key if it does not exist yet.
    pub(crate) fn current(&self, algorithm: Algorithm) -> SigningKey {
        self.keys().current(algorithm)
    }

    /// Stops signing with the current keys. They stay published.
    pub(crate) fn rotate(&self) {
        let mut keys = self.keys();
        keys.current.clear();
        keys.current(DEFAULT_ALGORITHM);
    }

    /// Signs with this key from now on, and publishes it. The current key of the same algorithm stays published.
    pub(crate) fn sign_with(&self, key: &SigningKey) {
        let mut keys = self.keys();
        keys.current.retain(|current| current.algorithm() != key.algorithm());
        keys.current.push(key.clone());
        keys.published.push(key.clone());
    }

    pub(crate) fn publish(&self, key: &SigningKey) {
        self.keys().published.push(key.clone());
    }

    pub(crate) fn remove(&self, kid: &str) {
        self.keys().published.retain(|key| key.kid() != kid);
    }

    /// Returns the published key with this key id.
    pub(crate) fn find(&self, kid: &str) -> Option<SigningKey> {
        self.keys().published.iter().find(|key| key.kid() == kid).cloned()
    }

    pub(crate) fn set_by_hand(&self, jwks: Option<Value>) {
        self.keys().set_by_hand = jwks;
    }

    /// Returns the JWK Set ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)), or the value that a test
    /// has set instead.
    pub(crate) fn jwks(&self) -> Value {
        let mut keys = self.keys();
        keys.current(DEFAULT_ALGORITHM);
        let published = || json!({ "keys": keys.published.iter().map(SigningKey::public_jwk).collect::<Vec<_>>() });
        keys.set_by_hand.clone().unwrap_or_else(published)
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keys {
    fn current(&mut self, algorithm: Algorithm) -> SigningKey {
        if let Some(key) = self.current.iter().find(|key| key.algorithm() == algorithm) {
            return key.clone();
        }
        let sibling = self.current.iter().find_map(|key| key.sibling(algorithm));
        let key = sibling.unwrap_or_else(|| self.fresh(algorithm));
        self.current.push(key.clone());
        self.published.push(key.clone());
        key
    }

    /// Makes a key that no other ring in use has.
    fn fresh(&mut self, algorithm: Algorithm) -> SigningKey {
        // A spare RSA key is removed from the list, so that only this ring uses the key. `sibling` gives the key a new
        // key id.
        let spare = if is_rsa(algorithm) { spare_rsa_keys().pop() } else { None };
        let key = spare.and_then(|key| key.sibling(algorithm)).unwrap_or_else(|| SigningKey::generate(algorithm));
        // One entry per rotation is enough: the keys for the remaining RSA algorithms are siblings of this key.
        if is_rsa(algorithm) {
            self.rsa.push(key.clone());
        }
        key
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        spare_rsa_keys().append(&mut self.rsa);
    }
}

/// Returns the RSA keys of dropped rings. Their number is at most the largest number of RSA keys that were in use at
/// the same time.
fn spare_rsa_keys() -> MutexGuard<'static, Vec<SigningKey>> {
    static SPARE: Mutex<Vec<SigningKey>> = Mutex::new(Vec::new());
    SPARE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The algorithm that a new Auth0 tenant signs access tokens with.
pub(crate) const DEFAULT_ALGORITHM: Algorithm = Algorithm::RS256;

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test stops where it fails")]
mod tests {
    use super::*;

    #[test]
    fn rings_in_use_and_rotations_share_no_rsa_key() {
        drop(KeyRing::default().current(Algorithm::RS256));
        let rings = [KeyRing::default(), KeyRing::default()];
        rings[1].rotate();
        rings[1].rotate();
        let [one, two] = rings.map(|ring| ring.jwks()["keys"].clone());
        let keys = [&one[0], &two[0], &two[1]];
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            assert_ne!(keys[i]["n"], keys[j]["n"]);
            assert_ne!(keys[i]["kid"], keys[j]["kid"]);
        }
    }

    #[test]
    fn rsa_algorithms_of_one_rotation_share_a_key_under_different_key_ids() {
        let ring = KeyRing::default();
        let (one, two) = (ring.current(Algorithm::PS256), ring.current(Algorithm::RS512));
        assert_eq!(one.public_jwk()["n"], two.public_jwk()["n"]);
        assert_ne!(one.kid(), two.kid());
    }
}
