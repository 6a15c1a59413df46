//! The tenant's keys: which one signs, which ones are published.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::{SigningAlgorithm, SigningKey};

/// One current key per algorithm, made when first needed, and everything that is published.
///
/// Each published key names its `alg`, as Auth0's do. The current RSA keys of one rotation are one set of numbers under one key
/// id per algorithm, because generating RSA keys is slow. For the same reason a ring takes over those of a ring that is gone,
/// under new key ids; two rings in use at the same time share nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyRing(Arc<Mutex<Keys>>);

#[derive(Debug, Default)]
struct Keys {
    current: Vec<SigningKey>,
    published: Vec<SigningKey>,
    /// One per rotation, to be handed on.
    rsa: Vec<SigningKey>,
    set_by_hand: Option<Value>,
}

impl KeyRing {
    /// The key that signs with `algorithm`; makes and publishes it when there is none.
    pub(crate) fn current(&self, algorithm: SigningAlgorithm) -> SigningKey {
        self.keys().current(algorithm)
    }

    /// Retires the current keys, which stay published.
    pub(crate) fn rotate(&self) {
        let mut keys = self.keys();
        keys.current.clear();
        keys.current(DEFAULT_ALGORITHM);
    }

    pub(crate) fn publish(&self, key: &SigningKey) {
        self.keys().published.push(key.clone());
    }

    pub(crate) fn remove(&self, kid: &str) {
        self.keys().published.retain(|key| key.kid() != kid);
    }

    /// A published key.
    pub(crate) fn find(&self, kid: &str) -> Option<SigningKey> {
        self.keys().published.iter().find(|key| key.kid() == kid).cloned()
    }

    pub(crate) fn set_by_hand(&self, jwks: Option<Value>) {
        self.keys().set_by_hand = jwks;
    }

    /// The JWK Set ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
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
    fn current(&mut self, algorithm: SigningAlgorithm) -> SigningKey {
        if let Some(key) = self.current.iter().find(|key| key.algorithm() == algorithm) {
            return key.clone();
        }
        let sibling = self.current.iter().find_map(|key| key.sibling(algorithm));
        let key = sibling.unwrap_or_else(|| self.fresh(algorithm));
        self.current.push(key.clone());
        self.published.push(key.clone());
        key
    }

    /// A key whose numbers no ring in use has.
    fn fresh(&mut self, algorithm: SigningAlgorithm) -> SigningKey {
        let handed_on = if algorithm.is_rsa() { handed_on().pop() } else { None };
        let key = handed_on.and_then(|key| key.sibling(algorithm)).unwrap_or_else(|| SigningKey::generate(algorithm));
        if algorithm.is_rsa() {
            self.rsa.push(key.clone());
        }
        key
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        handed_on().append(&mut self.rsa);
    }
}

/// The RSA keys of rings that are gone: as many as were ever in use at the same time.
fn handed_on() -> MutexGuard<'static, Vec<SigningKey>> {
    static HANDED_ON: Mutex<Vec<SigningKey>> = Mutex::new(Vec::new());
    HANDED_ON.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a new Auth0 tenant signs access tokens with.
pub(crate) const DEFAULT_ALGORITHM: SigningAlgorithm = SigningAlgorithm::RS256;

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test stops where it fails")]
mod tests {
    use super::*;

    #[test]
    fn rings_in_use_and_rotations_share_no_numbers() {
        drop(KeyRing::default().current(SigningAlgorithm::RS256));
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
    fn all_rsa_algorithms_of_a_rotation_share_numbers_under_key_ids_of_their_own() {
        let ring = KeyRing::default();
        let (one, two) = (ring.current(SigningAlgorithm::PS256), ring.current(SigningAlgorithm::RS512));
        assert_eq!(one.public_jwk()["n"], two.public_jwk()["n"]);
        assert_ne!(one.kid(), two.kid());
    }
}
