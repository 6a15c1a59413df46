//! A public key, parsed once and ready to check signatures of one algorithm.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::ParsedPublicKey;
use jsonwebtoken::jwk::EllipticCurve;

use super::algorithm::Verification;
use super::jwk::Material;
use super::{Algorithm, JwkError};

/// A parsed public key, bound to the one algorithm that it checks.
#[derive(Clone, Debug)]
pub(crate) struct VerificationKey {
    algorithm: Algorithm,
    parsed: ParsedPublicKey,
}

impl VerificationKey {
    /// Parses key material for an algorithm; a key of another type, and a point off a NIST curve, are refused here.
    ///
    /// An Ed25519 point off its curve shows only in use: it verifies nothing.
    pub(super) fn new(material: &Material, algorithm: Algorithm) -> Result<Self, JwkError> {
        let parsed = match (material, algorithm.verification()) {
            (Material::Rsa { modulus, exponent }, Verification::Rsa(parameters)) => {
                PublicKeyComponents { n: modulus, e: exponent }.to_parsed_public_key(parameters)
            }
            (Material::Ec { curve, point }, Verification::Ec(wanted, verification)) if *curve == wanted => {
                ParsedPublicKey::new(verification, point)
            }
            (Material::Ed25519(point), Verification::Ed25519(verification)) => {
                ParsedPublicKey::new(verification, point)
            }
            _ => return Err(JwkError::Unsupported),
        };
        Ok(Self { algorithm, parsed: parsed.map_err(|_| JwkError::Value)? })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }
}

/// The octets of a coordinate: the field's size, leading zeros included (RFC 7518 §6.2.1.2).
pub(super) fn coordinate_bytes(curve: &EllipticCurve) -> Option<usize> {
    match curve {
        EllipticCurve::P256 => Some(32),
        EllipticCurve::P384 => Some(48),
        EllipticCurve::P521 => Some(66),
        _ => None,
    }
}
