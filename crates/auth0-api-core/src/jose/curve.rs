//! The curves of JWKs.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_ASN1, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm,
};
use jsonwebtoken::jwk::EllipticCurve;
use serde::Deserialize as _;
use serde::de::value::{Error, StrDeserializer};

/// A curve for ECDSA. Each curve has one hash function
/// ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

/// The `crv`, the number of octets of a coordinate, and the parts of aws-lc-rs that verify and sign.
type Row = (&'static str, usize, &'static EcdsaVerificationAlgorithm, &'static EcdsaSigningAlgorithm);

/// Reads the `crv` of a JWK. Returns `None` if the curve is unknown.
pub(super) fn named(crv: &str) -> Option<EllipticCurve> {
    EllipticCurve::deserialize(StrDeserializer::<Error>::new(crv)).ok()
}

impl Curve {
    pub(super) const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    /// Returns `None` for a curve that ECDSA does not use, such as Ed25519.
    pub(super) fn new(curve: &EllipticCurve) -> Option<Self> {
        match curve {
            EllipticCurve::P256 => Some(Self::P256),
            EllipticCurve::P384 => Some(Self::P384),
            EllipticCurve::P521 => Some(Self::P521),
            _ => None,
        }
    }

    /// The `crv` of a JWK.
    pub(super) fn name(self) -> &'static str {
        self.row().0
    }

    /// The number of octets of a coordinate: the size of the field, including leading zeros
    /// ([RFC 7518 §6.2.1.2](https://www.rfc-editor.org/rfc/rfc7518#section-6.2.1.2)).
    pub(super) const fn coordinate_bytes(self) -> usize {
        self.row().1
    }

    /// Verifies signatures in DER.
    pub(super) fn verification(self) -> &'static EcdsaVerificationAlgorithm {
        self.row().2
    }

    /// Makes signatures in the JOSE form: `r`, then `s`.
    pub(super) fn signing(self) -> &'static EcdsaSigningAlgorithm {
        self.row().3
    }

    const fn row(self) -> Row {
        match self {
            Self::P256 => ("P-256", 32, &ECDSA_P256_SHA256_ASN1, &ECDSA_P256_SHA256_FIXED_SIGNING),
            Self::P384 => ("P-384", 48, &ECDSA_P384_SHA384_ASN1, &ECDSA_P384_SHA384_FIXED_SIGNING),
            Self::P521 => ("P-521", 66, &ECDSA_P521_SHA512_ASN1, &ECDSA_P521_SHA512_FIXED_SIGNING),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_read_by_the_name_that_it_writes() {
        for curve in Curve::ALL {
            assert_eq!(named(curve.name()).as_ref().and_then(Curve::new), Some(curve));
        }
    }

    #[test]
    fn no_other_name_is_a_curve_for_ecdsa() {
        assert_eq!(named("Ed25519").as_ref().map(Curve::new), Some(None));
        for crv in ["", "P-192", "p-256", "P256", "P-256 ", "P-256K", "secp256k1", "Ed448", "X25519"] {
            assert_eq!(named(crv), None, "{crv:?}");
        }
    }
}
