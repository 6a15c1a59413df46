//! JSON Web Keys ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)), public ones only.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve};

use super::compact::decode;
use super::ed25519;
use super::public_key::coordinate_bytes;
use super::{Algorithm, JwkError, Object, Thumbprint, VerificationKey};

/// A public key as its owner published it: strictly read, its value checked.
#[derive(Debug)]
pub(crate) struct Jwk {
    key_id: Option<Box<str>>,
    algorithm: Option<Box<str>>,
    material: Material,
}

/// A key's value, decoded and canonical.
#[derive(Debug)]
pub(super) enum Material {
    Ec { curve: EllipticCurve, point: Vec<u8> },
    Ed25519([u8; 32]),
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
}

impl Jwk {
    /// Reads one key.
    pub(crate) fn parse(json: &str) -> Result<Self, JwkError> {
        let members = Object::parse(json.into()).map_err(|_| JwkError::Malformed)?;
        // RFC 9449 §4.3 (7), RFC 7517 §9.2: whoever publishes a private key has no key any more.
        if PRIVATE_MEMBERS.iter().any(|name| members.contains(name)) {
            return Err(JwkError::Private);
        }
        refuse_other_uses(&members)?;
        let text = |name| members.string(name).map(|text| text.map(Into::into)).map_err(|_| JwkError::Malformed);
        Ok(Self { key_id: text("kid")?, algorithm: text("alg")?, material: Material::parse(json)? })
    }

    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The key, parsed for an algorithm, if its own `alg` agrees (RFC 7517 §4.4).
    pub(crate) fn verification_key(&self, algorithm: Algorithm) -> Result<VerificationKey, JwkError> {
        if self.algorithm.as_deref().is_some_and(|name| name.parse() != Ok(algorithm)) {
            return Err(JwkError::NotForVerification);
        }
        VerificationKey::new(&self.material, algorithm)
    }

    /// RFC 7638 §3: the required members in order, written canonically from the decoded value.
    pub(crate) fn thumbprint(&self) -> Thumbprint {
        let canonical = self.material.required_members();
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, canonical.as_bytes()).as_ref());
        Thumbprint::from_bytes(bytes)
    }
}

/// RFC 7517 §4.2, §4.3: `use` and `key_ops`, where they stand, must allow verifying.
fn refuse_other_uses(members: &Object) -> Result<(), JwkError> {
    let usage = members.string("use").map_err(|_| JwkError::Malformed)?;
    let operations = members.get::<Vec<String>>("key_ops").map_err(|_| JwkError::Malformed)?;
    let for_signatures = usage.is_none_or(|usage| usage == "sig");
    let for_verifying = operations.is_none_or(|operations| operations.iter().any(|operation| operation == "verify"));
    if for_signatures && for_verifying { Ok(()) } else { Err(JwkError::NotForVerification) }
}

impl Material {
    fn parse(json: &str) -> Result<Self, JwkError> {
        match serde_json::from_str(json).map_err(|_| JwkError::Malformed)? {
            AlgorithmParameters::EllipticCurve(key) => Self::ec(key.curve, &key.x, &key.y),
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Self::ed25519(&key.x),
            AlgorithmParameters::RSA(key) => Self::rsa(&key.n, &key.e),
            _ => Err(JwkError::Unsupported),
        }
    }

    fn ec(curve: EllipticCurve, x: &str, y: &str) -> Result<Self, JwkError> {
        let size = coordinate_bytes(&curve).ok_or(JwkError::Unsupported)?;
        let (x, y) = (octets(x)?, octets(y)?);
        // RFC 7518 §6.2.1.2: the size of the field, leading zeros included, so that a key has one thumbprint.
        if x.len() == size && y.len() == size {
            Ok(Self::Ec { curve, point: [&[UNCOMPRESSED], x.as_slice(), y.as_slice()].concat() })
        } else {
            Err(JwkError::Value)
        }
    }

    fn ed25519(x: &str) -> Result<Self, JwkError> {
        let point: [u8; 32] = octets(x)?.try_into().map_err(|_| JwkError::Value)?;
        if ed25519::is_weak(point) { Err(JwkError::Value) } else { Ok(Self::Ed25519(point)) }
    }

    fn rsa(n: &str, e: &str) -> Result<Self, JwkError> {
        let (modulus, exponent) = (octets(n)?, octets(e)?);
        let canonical = [&modulus, &exponent].into_iter().all(|number| number.first().is_some_and(|first| *first != 0));
        let odd = [&modulus, &exponent].into_iter().all(|number| number.last().is_some_and(|last| last % 2 == 1));
        let sized = RSA_MODULUS_BITS.contains(&bits(&modulus)) && exponent.len() <= MAX_RSA_EXPONENT_BYTES;
        if canonical && odd && sized && exponent != [1] {
            Ok(Self::Rsa { modulus, exponent })
        } else {
            Err(JwkError::Value)
        }
    }

    fn required_members(&self) -> String {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Ec { curve, point } => {
                let (x, y) = point.split_at(1).1.split_at(point.len() / 2);
                let crv = match curve {
                    EllipticCurve::P256 => "P-256",
                    EllipticCurve::P384 => "P-384",
                    _ => "P-521",
                };
                format!(r#"{{"crv":"{crv}","kty":"EC","x":"{}","y":"{}"}}"#, text(x), text(y))
            }
            Self::Ed25519(point) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(point)),
            Self::Rsa { modulus, exponent } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(exponent), text(modulus))
            }
        }
    }
}

fn octets(text: &str) -> Result<Vec<u8>, JwkError> {
    decode(text).map_err(|_| JwkError::Value)
}

fn bits(number: &[u8]) -> usize {
    number.len() * 8 - number.first().map_or(0, |first| first.leading_zeros() as usize)
}

/// First octet of an uncompressed point (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Members of private and symmetric keys (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// RFC 7518 §3.3 sets the lower bound; above the upper one a check costs milliseconds, and a key set is not ours.
const RSA_MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// Exponents in use have one to three octets; larger ones only cost time.
const MAX_RSA_EXPONENT_BYTES: usize = 4;

#[cfg(test)]
mod tests;
