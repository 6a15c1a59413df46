//! The values of public keys.

use super::Thumbprint;
use super::curve::Curve;
use crate::base64url;

/// The value of a public key, decoded and in canonical form.
#[derive(Debug)]
pub(super) enum Material {
    Ec(EcPoint),
    Ed25519([u8; 32]),
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
}

/// A point for a curve, uncompressed (SEC 1 §2.3.3). Its coordinates have the size of the field.
/// [`VerificationKey::new`](super::VerificationKey::new) checks whether the point is on the curve.
#[derive(Debug)]
pub(super) struct EcPoint {
    curve: Curve,
    octets: [u8; MAX_POINT_BYTES],
    length: usize,
}

impl Material {
    /// Returns the thumbprint (RFC 7638 §3).
    pub(super) fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of(&self.required_members())
    }

    /// Writes the required members of RFC 7638 §3.2, in lexicographic order and without white space.
    pub(super) fn required_members(&self) -> String {
        let mut text = String::with_capacity(USUAL_REQUIRED_MEMBERS);
        match self {
            Self::Ec(point) => {
                let (x, y) = point.coordinates();
                text.push_str(r#"{"crv":""#);
                text.push_str(point.curve.name());
                text.push_str(r#"","kty":"EC","x":""#);
                base64url::encode_to(x, &mut text);
                text.push_str(r#"","y":""#);
                base64url::encode_to(y, &mut text);
            }
            Self::Ed25519(point) => {
                text.push_str(r#"{"crv":"Ed25519","kty":"OKP","x":""#);
                base64url::encode_to(point, &mut text);
            }
            Self::Rsa { modulus, exponent } => {
                text.push_str(r#"{"e":""#);
                base64url::encode_to(exponent, &mut text);
                text.push_str(r#"","kty":"RSA","n":""#);
                base64url::encode_to(modulus, &mut text);
            }
        }
        text.push_str(r#""}"#);
        text
    }
}

impl EcPoint {
    /// A point whose coordinates are still to be written.
    pub(super) fn new(curve: Curve) -> Self {
        Self { curve, octets: [UNCOMPRESSED; MAX_POINT_BYTES], length: 1 + 2 * curve.coordinate_bytes() }
    }

    /// Reads an uncompressed point. The library returns the public half of a key pair in this form.
    pub(super) fn uncompressed(curve: Curve, written: &[u8]) -> Self {
        let mut point = Self::new(curve);
        point.octets.iter_mut().zip(written).for_each(|(to, from)| *to = *from);
        point
    }

    pub(super) fn curve(&self) -> Curve {
        self.curve
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }

    pub(super) fn coordinates_mut(&mut self) -> (&mut [u8], &mut [u8]) {
        let coordinates = self.octets.get_mut(1..self.length).unwrap_or_default();
        coordinates.split_at_mut(coordinates.len() / 2)
    }

    fn coordinates(&self) -> (&[u8], &[u8]) {
        let coordinates = self.as_bytes().get(1..).unwrap_or_default();
        coordinates.split_at(coordinates.len() / 2)
    }
}

/// The first octet of an uncompressed point (SEC 1 §2.3.3).
pub(super) const UNCOMPRESSED: u8 = 4;

/// The size of a point on the largest curve.
const MAX_POINT_BYTES: usize = 1 + 2 * Curve::P521.coordinate_bytes();

/// The required members of a key on P-256 take 126 bytes.
const USUAL_REQUIRED_MEMBERS: usize = 128;
