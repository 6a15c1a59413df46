//! A public key, parsed once and ready to check signatures of one algorithm.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::ParsedPublicKey;
use jsonwebtoken::jwk::EllipticCurve;

use super::algorithm::Verification;
use super::ecdsa_signature::der;
use super::jwk::Material;
use super::{Algorithm, JwkError};

/// A parsed public key, bound to the one algorithm that it checks.
#[derive(Clone, Debug)]
pub(crate) struct VerificationKey {
    algorithm: Algorithm,
    /// The size of a coordinate, if the key lies on a NIST curve.
    coordinate: Option<usize>,
    parsed: ParsedPublicKey,
}

impl VerificationKey {
    /// Parses key material for an algorithm; a key of another type, and a point off a NIST curve, are rejected here.
    ///
    /// An Ed25519 point off its curve shows only in use: it verifies nothing.
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

    pub(super) fn verifies(&self, message: &SigningInput<'_>, signature: &[u8]) -> bool {
        match self.coordinate {
            Some(coordinate) => der(signature, coordinate).is_some_and(|signature| self.checks(message, &signature)),
            None => self.checks(message, signature),
        }
    }

    fn checks(&self, message: &SigningInput<'_>, signature: &[u8]) -> bool {
        match message.sha256 {
            Some(digest) if self.algorithm.takes_sha256() => self.parsed.verify_digest_sig(&digest, signature).is_ok(),
            _ => self.parsed.verify_sig(message.octets, signature).is_ok(),
        }
    }
}

/// What is signed.
#[derive(Debug)]
pub(super) struct SigningInput<'t> {
    pub(super) octets: &'t [u8],
    /// Its SHA-256, if it is known already.
    pub(super) sha256: Option<Digest>,
}

impl<'t> SigningInput<'t> {
    pub(super) fn of(octets: &'t [u8]) -> Self {
        Self { octets, sha256: None }
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
