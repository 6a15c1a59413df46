//! Private keys. They sign the JWTs that this API sends itself: client assertions and proofs.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand;
use aws_lc_rs::signature::EcdsaKeyPair;

use super::curve::Curve;
use super::key_pair::KeyPair;
use super::pem::PrivatePem;
use super::{Algorithm, Object, PrivateKeyError, Thumbprint, private_jwk};
use crate::base64url;

/// A private key of this API, and the algorithm that it signs with.
///
/// The default algorithm is the `alg` of the JWK. Without `alg`, the default is RS256 for an RSA key. For another key,
/// the curve determines the algorithm: ES256, ES384, ES512 or EdDSA. [`with_algorithm`](Self::with_algorithm) sets
/// another algorithm. Clones share the key, and `Debug` does not show it.
///
/// ```
/// use auth0_api_core::Algorithm;
/// use auth0_api_core::jose::PrivateKey;
///
/// # let pem = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/testdata/keys/p256-pkcs8.pem"));
/// let key = PrivateKey::from_pem(pem)?;
/// assert_eq!(key.algorithm(), Algorithm::ES256);
/// assert!(key.with_algorithm(Algorithm::RS256).is_err());
/// # Ok::<(), auth0_api_core::jose::PrivateKeyError>(())
/// ```
#[derive(Clone)]
pub struct PrivateKey {
    algorithm: Algorithm,
    key_id: Option<Arc<str>>,
    pair: Arc<KeyPair>,
}

impl PrivateKey {
    /// Reads an unencrypted key in PEM form: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC).
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError`] if the text is not a private key, or not one that is supported here.
    pub fn from_pem(pem: &str) -> Result<Self, PrivateKeyError> {
        let pem = PrivatePem::read(pem).ok_or(PrivateKeyError::Encoding)?;
        let pair = KeyPair::decode(pem.kind, &pem.der).ok_or(PrivateKeyError::Unsupported)?;
        Ok(Self { algorithm: pair.usual_algorithm(), key_id: None, pair: Arc::new(pair) })
    }

    /// Reads a private JWK ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)). An RSA key must contain all of its
    /// numbers, from `n` to `qi`. If the JWK has a `kid`, client assertions that are signed with the key have this
    /// `kid` in their header.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError`] if the text is not a private key, or not one that is supported here.
    pub fn from_jwk(json: &str) -> Result<Self, PrivateKeyError> {
        // The members borrow the text, so no copy of the text has to be wiped.
        let members = Object::read(json).map_err(|_| PrivateKeyError::Encoding)?;
        let pair = private_jwk::pair(&members)?;
        let text = |name| private_jwk::text(&members, name).map(|text| Some(text).filter(|text| !text.is_empty()));
        let key_id = text("kid")?.map(Into::into);
        let key = Self { algorithm: pair.usual_algorithm(), key_id, pair: Arc::new(pair) };
        match text("alg")? {
            None => Ok(key),
            Some(name) => key.with_algorithm(name.parse().map_err(|_| PrivateKeyError::Unsupported)?),
        }
    }

    /// Generates a new key for ES256.
    pub(crate) fn generate() -> Result<Self, PrivateKeyError> {
        let pair = EcdsaKeyPair::generate(Curve::P256.signing()).map_err(|_| PrivateKeyError::Signing)?;
        Ok(Self { algorithm: Algorithm::ES256, key_id: None, pair: Arc::new(KeyPair::Ec(Curve::P256, pair)) })
    }

    /// Sets another algorithm to sign with.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::Algorithm`] if the algorithm needs another type of key.
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Result<Self, PrivateKeyError> {
        self.algorithm = algorithm;
        if self.pair.fits(algorithm) { Ok(self) } else { Err(PrivateKeyError::Algorithm { algorithm }) }
    }

    /// The algorithm that the key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the thumbprint of the public key.
    pub fn thumbprint(&self) -> Thumbprint {
        self.pair.public().thumbprint()
    }

    /// The `kid` of the JWK that the key was read from.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Returns the public key as a JWK with the required members only.
    pub(crate) fn public_jwk(&self) -> String {
        self.pair.public().required_members()
    }

    /// Signs a header and claims, both as JSON, and returns a compact JWS
    /// ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
    pub(crate) fn sign(&self, header: &str, claims: &str) -> Result<String, PrivateKeyError> {
        let encode = |json: &str| base64url::encode(json.as_bytes());
        let input = format!("{}.{}", encode(header), encode(claims));
        let signature = self.pair.sign(self.algorithm, input.as_bytes()).ok_or(PrivateKeyError::Signing)?;
        Ok(format!("{input}.{}", base64url::encode(&signature)))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// Returns 128 random bits as base64url. The result is the `jti` of an assertion or a proof, which must be unique.
pub(crate) fn random_id() -> Result<String, PrivateKeyError> {
    let mut bits = [0; 16];
    rand::fill(&mut bits).map_err(|_| PrivateKeyError::Signing)?;
    Ok(base64url::encode(&bits))
}

#[cfg(test)]
mod tests;
