//! Public keys that verify signatures. A key is parsed once, for one algorithm.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{ED25519, ParsedPublicKey};

use super::algorithm::Implementation;
use super::curve::Curve;
use super::der::{self, Der};
use super::material::Material;
use super::{Algorithm, JwkError};

/// A parsed public key. It verifies signatures of one algorithm only.
#[derive(Clone, Debug)]
pub(crate) struct VerificationKey {
    algorithm: Algorithm,
    /// The curve, if the algorithm is ECDSA.
    curve: Option<Curve>,
    parsed: ParsedPublicKey,
}

impl VerificationKey {
    /// Parses key material for an algorithm. Keys of another type, and points that are not on their NIST curve, are
    /// rejected.
    ///
    /// This function accepts an Ed25519 point that is not on its curve, but no signature verifies with such a point.
    pub(super) fn new(material: &Material, algorithm: Algorithm) -> Result<Self, JwkError> {
        let (curve, parsed) = match (material, algorithm.implementation()) {
            (Material::Ec(point), Implementation::Ecdsa(curve)) if point.curve() == curve => {
                (Some(curve), ParsedPublicKey::new(curve.verification(), point.as_bytes()))
            }
            (Material::Ed25519(point), Implementation::Ed25519) => (None, ParsedPublicKey::new(&ED25519, point)),
            (Material::Rsa { modulus, exponent }, Implementation::Rsa(parameters, _)) => {
                (None, PublicKeyComponents { n: modulus, e: exponent }.to_parsed_public_key(parameters))
            }
            _ => return Err(JwkError::Unsupported),
        };
        Ok(Self { algorithm, curve, parsed: parsed.map_err(|_| JwkError::Value)? })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns whether a signature in the JOSE form is valid.
    pub(super) fn verifies(&self, message: &SigningInput<'_>, signature: &[u8]) -> bool {
        match self.curve {
            Some(curve) => to_der(signature, curve).is_some_and(|der| self.verifies_encoded(message, &der)),
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
pub(super) struct SigningInput<'t> {
    pub(super) octets: &'t [u8],
    /// The SHA-256 of the octets, if it has already been computed.
    pub(super) sha256: Option<Digest>,
}

#[cfg(test)]
impl<'t> SigningInput<'t> {
    pub(super) fn of(octets: &'t [u8]) -> Self {
        Self { octets, sha256: None }
    }
}

/// Writes an ECDSA signature in DER, as RFC 3279 §2.2.3 defines it: `SEQUENCE { r INTEGER, s INTEGER }`. Returns `None`
/// if the signature does not have the length of two coordinates.
///
/// JOSE writes `r` and then `s`, each in the size of the field
/// ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)). For this form, the library would parse both
/// as big numbers and then write the same DER. This function is faster, because it works only on the octets.
fn to_der(signature: &[u8], curve: Curve) -> Option<Der> {
    let size = curve.coordinate_bytes();
    let (r, s) = signature.split_at_checked(size).filter(|(_, s)| s.len() == size)?;
    Some(der::sequence(&[r, s]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_signature_needs_no_allocation() {
        let der = to_der(&[0xff; 132], Curve::P521);
        assert_eq!(der.map(|der| (der.len(), der.spilled())), Some((141, false)));
    }

    #[test]
    fn a_signature_of_another_length_is_rejected() {
        for length in [0, 1, 31, 32, 63, 65, 128] {
            assert!(to_der(&vec![1; length], Curve::P256).is_none(), "{length}");
        }
    }
}
