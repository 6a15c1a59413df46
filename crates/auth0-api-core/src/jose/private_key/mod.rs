//! Private keys. They sign the JWTs that this API sends itself: client assertions and proofs.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaEncoding,
};
use jsonwebtoken::jwk::EllipticCurve;

use super::jwk::{EcPoint, Material};
use super::pem::{PemKind, PrivatePem};
use super::{Algorithm, Object, Thumbprint, private_jwk};
use crate::base64url;

/// A private key of this API, and the algorithm that it signs with.
///
/// The default algorithm is the `alg` of the JWK. Without `alg`, the default is RS256 for an RSA key. For another key,
/// the curve determines the algorithm: ES256, ES384, ES512 or EdDSA. [`with_algorithm`](Self::with_algorithm) sets
/// another algorithm. Clones share the key, and `Debug` does not show it.
///
/// ```
/// use auth0_api_core::{Algorithm, PrivateKey};
///
/// # let pem = "-----BEGIN PRIVATE KEY-----
/// # MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkPhNhcrt41gqqNTn
/// # w9xoI9h7N8go+T3nyAkz7tC7EL6hRANCAASRwK+XS854561lpNXQtyZFlbEuk5le
/// # OKVK6yxDKSOlnGiRowNuD8pYWThoEojRC5gJkthoZu+3FaoDr+Xx/KL0
/// # -----END PRIVATE KEY-----";
/// let key = PrivateKey::from_pem(pem)?;
/// assert_eq!(key.algorithm(), Algorithm::ES256);
/// assert!(key.with_algorithm(Algorithm::RS256).is_err());
/// # Ok::<(), auth0_api_core::PrivateKeyError>(())
/// ```
#[derive(Clone)]
pub struct PrivateKey {
    algorithm: Algorithm,
    key_id: Option<Arc<str>>,
    pair: Arc<Pair>,
}

/// Why a text is not a private key that this crate can use, or why a key cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateKeyError {
    /// The key cannot sign with this algorithm.
    #[error("the key cannot sign with {algorithm}")]
    Algorithm {
        /// The requested algorithm.
        algorithm: Algorithm,
    },
    /// The text is neither PEM with an unencrypted private key nor a private JWK.
    #[error("not an unencrypted private key in PEM or JWK form")]
    Encoding,
    /// The system provides no random numbers, or the cryptographic operation failed.
    #[error("signing failed")]
    Signing,
    /// The type of key, its curve, or the JWK's `alg` is not supported.
    #[error("not an RSA, P-256, P-384, P-521 or Ed25519 key")]
    Unsupported,
    /// The key's values are invalid. For example, a value is too small, or the public half is from another key.
    #[error("the values of the key are invalid")]
    Value,
}

/// A key pair, by type.
pub(super) enum Pair {
    Ec(&'static Curve, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// A NIST curve and the implementation that signs on it.
pub(super) struct Curve {
    pub(super) name: &'static str,
    pub(super) signing: &'static EcdsaSigningAlgorithm,
    algorithm: Algorithm,
    id: EllipticCurve,
}

impl PrivateKey {
    /// Reads an unencrypted key in PEM form: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC).
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError`] if the text is not a private key, or not one that is supported here.
    pub fn from_pem(pem: &str) -> Result<Self, PrivateKeyError> {
        let pem = PrivatePem::read(pem).ok_or(PrivateKeyError::Encoding)?;
        let pair = Pair::decode(pem.kind, &pem.der).ok_or(PrivateKeyError::Unsupported)?;
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
        let members = Object::parse(json.into()).map_err(|_| PrivateKeyError::Encoding)?;
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
        let [p256, ..] = &CURVES;
        let pair = EcdsaKeyPair::generate(p256.signing).map_err(|_| PrivateKeyError::Signing)?;
        Ok(Self { algorithm: p256.algorithm, key_id: None, pair: Arc::new(Pair::Ec(p256, pair)) })
    }

    /// Sets another algorithm to sign with.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::Algorithm`] if the algorithm needs another type of key.
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Result<Self, PrivateKeyError> {
        let fits = match &*self.pair {
            Pair::Rsa(_) => rsa_padding(algorithm).is_some(),
            pair => pair.usual_algorithm() == algorithm,
        };
        self.algorithm = algorithm;
        if fits { Ok(self) } else { Err(PrivateKeyError::Algorithm { algorithm }) }
    }

    /// The algorithm that the key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the thumbprint of the public key.
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of(&self.public_jwk())
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

impl Pair {
    /// Decodes a key. The label of the PEM block does not name the curve. For PKCS#8, the label does not name the type
    /// of the key, either. So all possible curves and types are tried, until one fits.
    fn decode(kind: PemKind, der: &[u8]) -> Option<Self> {
        let ec = |read: fn(&'static EcdsaSigningAlgorithm, &[u8]) -> Option<EcdsaKeyPair>| {
            CURVES.iter().find_map(|curve| Some(Self::Ec(curve, read(curve.signing, der)?)))
        };
        match kind {
            PemKind::Ec => ec(|signing, der| EcdsaKeyPair::from_private_key_der(signing, der).ok()),
            PemKind::Rsa => RsaKeyPair::from_der(der).ok().map(Self::Rsa),
            PemKind::Pkcs8 => {
                let rsa = || RsaKeyPair::from_pkcs8(der).ok().map(Self::Rsa);
                let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Self::Ed25519);
                rsa().or_else(|| ec(|signing, der| EcdsaKeyPair::from_pkcs8(signing, der).ok())).or_else(ed25519)
            }
        }
    }

    fn usual_algorithm(&self) -> Algorithm {
        match self {
            Self::Ec(curve, _) => curve.algorithm,
            Self::Ed25519(_) => Algorithm::EdDSA,
            Self::Rsa(_) => Algorithm::RS256,
        }
    }

    fn public(&self) -> Material {
        match self {
            Self::Ec(curve, pair) => Material::Ec(EcPoint::uncompressed(curve.id.clone(), pair.public_key().as_ref())),
            Self::Ed25519(pair) => {
                let mut point = [0; 32];
                point.iter_mut().zip(pair.public_key().as_ref()).for_each(|(to, from)| *to = *from);
                Material::Ed25519(point)
            }
            Self::Rsa(pair) => {
                let public = pair.public_key();
                let (modulus, exponent) = (public.modulus(), public.exponent());
                Material::Rsa {
                    modulus: modulus.big_endian_without_leading_zero().to_vec(),
                    exponent: exponent.big_endian_without_leading_zero().to_vec(),
                }
            }
        }
    }

    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Ec(_, pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Self::Ed25519(pair) => Some(pair.sign(message).as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(rsa_padding(algorithm)?, &random, message, &mut signature).ok()?;
                Some(signature)
            }
        }
    }
}

/// Returns 128 random bits as base64url. The result is the `jti` of an assertion or a proof, which must be unique.
pub(crate) fn random_id() -> Result<String, PrivateKeyError> {
    let mut bits = [0; 16];
    rand::fill(&mut bits).map_err(|_| PrivateKeyError::Signing)?;
    Ok(base64url::encode(&bits))
}

/// Returns the RSA padding of an algorithm, or `None` if the algorithm does not use RSA keys.
fn rsa_padding(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    match algorithm {
        Algorithm::RS256 => Some(&signature::RSA_PKCS1_SHA256),
        Algorithm::RS384 => Some(&signature::RSA_PKCS1_SHA384),
        Algorithm::RS512 => Some(&signature::RSA_PKCS1_SHA512),
        Algorithm::PS256 => Some(&signature::RSA_PSS_SHA256),
        Algorithm::PS384 => Some(&signature::RSA_PSS_SHA384),
        Algorithm::PS512 => Some(&signature::RSA_PSS_SHA512),
        Algorithm::ES256 | Algorithm::ES384 | Algorithm::ES512 | Algorithm::EdDSA => None,
    }
}

/// The curves of [RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4).
pub(super) static CURVES: [Curve; 3] = [
    Curve {
        name: "P-256",
        signing: &ECDSA_P256_SHA256_FIXED_SIGNING,
        algorithm: Algorithm::ES256,
        id: EllipticCurve::P256,
    },
    Curve {
        name: "P-384",
        signing: &ECDSA_P384_SHA384_FIXED_SIGNING,
        algorithm: Algorithm::ES384,
        id: EllipticCurve::P384,
    },
    Curve {
        name: "P-521",
        signing: &ECDSA_P521_SHA512_FIXED_SIGNING,
        algorithm: Algorithm::ES512,
        id: EllipticCurve::P521,
    },
];

#[cfg(test)]
mod tests;
