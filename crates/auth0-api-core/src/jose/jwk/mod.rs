//! Public JSON Web Keys ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).

use std::borrow::Cow;

use jsonwebtoken::jwk::EllipticCurve;

use super::curve::{self, Curve};
use super::ed25519;
use super::material::{EcPoint, Material};
use super::{Algorithm, JwkError, Object, Thumbprint, VerificationKey};
use crate::base64url;

/// A public key. It was parsed strictly, and its value was checked.
#[derive(Debug)]
pub(crate) struct Jwk {
    key_id: Option<Box<str>>,
    algorithm: Option<Box<str>>,
    canonical: bool,
    material: Material,
}

/// The members of a key. They borrow the text of the key.
type JwkObject<'j> = Object<&'j str>;

impl Jwk {
    /// Parses one key.
    pub(crate) fn parse(json: &str) -> Result<Self, JwkError> {
        let members = Object::read(json).map_err(|_| JwkError::Malformed)?;
        // RFC 9449 §4.3 (7), RFC 7517 §9.2: a private key that was published is no longer secret, so its signatures
        // prove nothing.
        if members.contains_any(&PRIVATE_MEMBERS) {
            return Err(JwkError::Private);
        }
        reject_other_uses(&members)?;
        let (material, canonical) = material(&members)?;
        let text = |name| Ok(optional(&members, name)?.map(|text| text.into_owned().into_boxed_str()));
        Ok(Self { key_id: text("kid")?, algorithm: text("alg")?, canonical, material })
    }

    /// Parses a key that a client has embedded in a proof. The encoding must be canonical, so that each key has only
    /// one form.
    pub(crate) fn parse_canonical(json: &str) -> Result<Self, JwkError> {
        Self::parse(json).and_then(|jwk| if jwk.canonical { Ok(jwk) } else { Err(JwkError::Value) })
    }

    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Returns the key's `alg`, if it has one.
    pub(crate) fn algorithm(&self) -> Option<&str> {
        self.algorithm.as_deref()
    }

    /// Returns the key for one algorithm. If the key has an `alg`, the `alg` must name the same algorithm (RFC 7517
    /// §4.4).
    pub(crate) fn verification_key(&self, algorithm: Algorithm) -> Result<VerificationKey, JwkError> {
        if self.algorithm.as_deref().is_some_and(|name| name.parse() != Ok(algorithm)) {
            return Err(JwkError::NotForVerification);
        }
        VerificationKey::new(&self.material, algorithm)
    }

    /// Returns the thumbprint (RFC 7638 §3). The thumbprint is computed from the decoded value, so it does not depend
    /// on the JSON text of the key.
    pub(crate) fn thumbprint(&self) -> Thumbprint {
        self.material.thumbprint()
    }
}

/// RFC 7517 §4.2, §4.3: `use` and `key_ops`, if present, must allow verifying.
fn reject_other_uses(members: &JwkObject<'_>) -> Result<(), JwkError> {
    let usage = optional(members, "use")?;
    let operations = members.get::<Vec<String>>("key_ops").map_err(|_| JwkError::Malformed)?;
    let for_signatures = usage.is_none_or(|usage| usage == "sig");
    let for_verifying = operations.is_none_or(|operations| operations.iter().any(|operation| operation == "verify"));
    if for_signatures && for_verifying { Ok(()) } else { Err(JwkError::NotForVerification) }
}

fn optional<'m>(members: &'m JwkObject<'_>, name: &str) -> Result<Option<Cow<'m, str>>, JwkError> {
    members.string(name).map_err(|_| JwkError::Malformed)
}

/// Returns the octets of a member in canonical base64url.
fn octets(members: &JwkObject<'_>, name: &str) -> Result<Vec<u8>, JwkError> {
    let text = optional(members, name)?.ok_or(JwkError::Malformed)?;
    base64url::decode(&text).ok_or(JwkError::Value)
}

/// Decodes a member in canonical base64url into a buffer. The number of octets must be the length of the buffer.
fn octets_into(members: &JwkObject<'_>, name: &str, buffer: &mut [u8]) -> Result<(), JwkError> {
    let text = optional(members, name)?.ok_or(JwkError::Malformed)?;
    base64url::decode_exactly(&text, buffer).ok_or(JwkError::Value)
}

/// Returns the value of the key, and whether it was encoded canonically.
fn material(members: &JwkObject<'_>) -> Result<(Material, bool), JwkError> {
    match optional(members, "kty")?.as_deref() {
        Some("EC") => Ok((ec(members)?, true)),
        Some("OKP") => Ok((okp(members)?, true)),
        Some("RSA") => rsa(members),
        Some(_) => Err(JwkError::Unsupported),
        None => Err(JwkError::Malformed),
    }
}

fn ec(members: &JwkObject<'_>) -> Result<Material, JwkError> {
    let curve = Curve::new(&crv(members)?).ok_or(JwkError::Unsupported)?;
    let mut point = EcPoint::new(curve);
    // RFC 7518 §6.2.1.2: coordinates have the size of the field, including leading zeros. So a key has only one
    // thumbprint.
    let (x, y) = point.coordinates_mut();
    octets_into(members, "x", x)?;
    octets_into(members, "y", y)?;
    Ok(Material::Ec(point))
}

fn okp(members: &JwkObject<'_>) -> Result<Material, JwkError> {
    if crv(members)? != EllipticCurve::Ed25519 {
        return Err(JwkError::Unsupported);
    }
    let mut point = [0; 32];
    octets_into(members, "x", &mut point)?;
    if ed25519::is_weak(point) { Err(JwkError::Value) } else { Ok(Material::Ed25519(point)) }
}

fn rsa(members: &JwkObject<'_>) -> Result<(Material, bool), JwkError> {
    let (modulus, modulus_canonical) = without_leading_zeros(octets(members, "n")?);
    let (exponent, exponent_canonical) = without_leading_zeros(octets(members, "e")?);
    let odd = [&modulus, &exponent].into_iter().all(|number| number.last().is_some_and(|last| last % 2 == 1));
    let sized = RSA_MODULUS_BITS.contains(&bits(&modulus)) && exponent.len() <= MAX_RSA_EXPONENT_BYTES;
    if odd && sized && exponent != [1] {
        Ok((Material::Rsa { modulus, exponent }, modulus_canonical && exponent_canonical))
    } else {
        Err(JwkError::Value)
    }
}

fn crv(members: &JwkObject<'_>) -> Result<EllipticCurve, JwkError> {
    optional(members, "crv").ok().flatten().and_then(|crv| curve::named(&crv)).ok_or(JwkError::Unsupported)
}

/// Removes leading zero octets. The second value is `true` if there were none.
///
/// RFC 7518 §6.3.1.1: some libraries write a zero octet before the modulus. The number is the same, so this form is
/// accepted in a key set.
fn without_leading_zeros(number: Vec<u8>) -> (Vec<u8>, bool) {
    match number.iter().position(|octet| *octet != 0) {
        Some(0) => (number, true),
        start => (number.into_iter().skip(start.unwrap_or(usize::MAX)).collect(), false),
    }
}

/// Returns the number of bits of a number without leading zero octets.
fn bits(number: &[u8]) -> usize {
    number.len() * 8 - number.first().map_or(0, |first| first.leading_zeros() as usize)
}

/// The members of private and symmetric keys (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// RFC 7518 §3.3 sets the lower limit. The upper limit protects this API from key sets of other parties: with a larger
/// key, one signature check takes milliseconds.
const RSA_MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// The exponents in common use have one to three octets. A larger exponent only makes a signature check slower.
const MAX_RSA_EXPONENT_BYTES: usize = 4;

#[cfg(test)]
mod tests;
