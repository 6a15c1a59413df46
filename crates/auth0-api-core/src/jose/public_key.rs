//! Public keys that verify signatures. A key is parsed once, for one algorithm.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::ParsedPublicKey;
use jsonwebtoken::jwk::EllipticCurve;

use super::algorithm::Verification;
use super::ecdsa_signature::der;
use super::jwk::Material;
use super::{Algorithm, JwkError};

/// A parsed public key. It verifies signatures of one algorithm only.
#[derive(Clone, Debug)]
pub(crate) struct VerificationKey {
    algorithm: Algorithm,
    /// The size of a coordinate in octets, if the key is on a NIST curve.
    coordinate: Option<usize>,
    parsed: ParsedPublicKey,
}

impl VerificationKey {
    /// Parses key material for an algorithm. Keys of another type, and points that are not on their NIST curve, are
    /// rejected.
    ///
    /// This function accepts an Ed25519 point that is not on its curve, but no signature verifies with such a point.
    pub(super) fn new(material: &Material, algorithm: Algorithm) -> Result<Self, JwkError> {
        let parsed = match (material, algorithm.verification()) {
            (Material::Rsa { modulus, exponent }, Verification::Rsa(parameters)) => {
                PublicKeyComponents { n: modulus, e: exponent }.to_parsed_public_key(parameters)
            }
            (Material::Ec(point), Verification::Ec(wanted, verification)) if *point.curve() == wanted => {
                ParsedPublicKey::new(verification, point.as_bytes())
            }
            (Material::Ed25519(point), Verification::Ed25519(verification)) => {
                ParsedPublicKey::new(verification, point)
            }
            _ => return Err(JwkError::Unsupported),
        };
        let coordinate = if let Material::Ec(point) = material { coordinate_bytes(point.curve()) } else { None };
        Ok(Self { algorithm, coordinate, parsed: parsed.map_err(|_| JwkError::Value)? })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns whether a signature in the JOSE form is valid.
    pub(super) fn verifies(&self, message: &SigningInput<'_>, signature: &[u8]) -> bool {
        match self.coordinate {
            Some(coordinate) => {
                der(signature, coordinate).is_some_and(|signature| self.verifies_encoded(message, &signature))
            }
            None => self.verifies_encoded(message, signature),
        }
    }

    /// Returns whether a signature in the form of the library (DER for ECDSA) is valid. If the SHA-256 of the message
    /// is known, and the algorithm uses SHA-256, the message is not hashed again.
    fn verifies_encoded(&self, message: &SigningInput<'_>, signature: &[u8]) -> bool {
        match message.sha256 {
            Some(digest) if self.algorithm.takes_sha256() => self.parsed.verify_digest_sig(&digest, signature).is_ok(),
            _ => self.parsed.verify_sig(message.octets, signature).is_ok(),
        }
    }
}

/// The signed octets.
#[derive(Debug)]
pub(super) struct SigningInput<'t> {
    pub(super) octets: &'t [u8],
    /// The SHA-256 of the octets, if it has already been computed.
    pub(super) sha256: Option<Digest>,
}

impl<'t> SigningInput<'t> {
    pub(super) fn of(octets: &'t [u8]) -> Self {
        Self { octets, sha256: None }
    }
}

/// Returns the number of octets of a coordinate: the size of the field, including leading zeros (RFC 7518 §6.2.1.2).
/// Returns `None` if the curve is not a NIST curve.
pub(super) fn coordinate_bytes(curve: &EllipticCurve) -> Option<usize> {
    match curve {
        EllipticCurve::P256 => Some(32),
        EllipticCurve::P384 => Some(48),
        EllipticCurve::P521 => Some(66),
        _ => None,
    }
}
