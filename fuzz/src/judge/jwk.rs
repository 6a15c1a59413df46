//! Public keys: [RFC 7517](https://www.rfc-editor.org/rfc/rfc7517), [RFC 7518 §6](https://www.rfc-editor.org/rfc/rfc7518#section-6)
//! and [RFC 8037 §2](https://www.rfc-editor.org/rfc/rfc8037#section-2).

use aws_lc_rs::signature as lc;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::compact::decode;
use crate::json::Json;
use crate::sha256;

pub(super) struct PublicKey {
    pub(super) key_id: Option<String>,
    /// The only algorithm of the key, if it names one.
    pub(super) algorithm: Option<String>,
    value: Value,
}

enum Value {
    Ec { curve: String, x: Vec<u8>, y: Vec<u8> },
    Ed25519(Vec<u8>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl PublicKey {
    /// Reads a key. Whether a point is on its curve is not checked; then no signature verifies.
    pub(super) fn read(jwk: &Json) -> Option<Self> {
        let Json::Object(members) = jwk else { return None };
        // RFC 9449 §4.3 (7): the key has no private part.
        if members.iter().any(|(name, _)| ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].contains(&name.as_str())) {
            return None;
        }
        let is_for_signatures = jwk.get("use").is_none() || text(jwk, "use").as_deref() == Some("sig");
        if !is_for_signatures || !may_verify(jwk.get("key_ops")) {
            return None;
        }
        let [key_id, algorithm] = ["kid", "alg"].map(|name| jwk.get(name).map(|_| text(jwk, name)));
        if key_id == Some(None) || algorithm == Some(None) {
            return None;
        }
        Some(Self { key_id: key_id.flatten(), algorithm: algorithm.flatten(), value: Value::read(jwk)? })
    }

    /// Whether a key may be used with an algorithm.
    pub(super) fn is_for(&self, algorithm: &str) -> bool {
        let named = self.algorithm.as_deref().map(|name| if name == "Ed25519" { "EdDSA" } else { name });
        let fits = match &self.value {
            Value::Ec { curve, .. } => {
                [("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512")].contains(&(curve.as_str(), algorithm))
            }
            Value::Ed25519(_) => algorithm == "EdDSA",
            Value::Rsa { .. } => algorithm.starts_with("RS") || algorithm.starts_with("PS"),
        };
        fits && named.is_none_or(|named| named == algorithm)
    }

    pub(super) fn verifies(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        let with = |key: &dyn lc::VerificationAlgorithm, octets: &[u8]| key.verify_sig(octets, message, signature);
        let verified = match (&self.value, algorithm) {
            (Value::Ec { x, y, .. }, _) => {
                let point = [&[4], x.as_slice(), y].concat();
                match algorithm {
                    "ES256" => with(&lc::ECDSA_P256_SHA256_FIXED, &point),
                    "ES384" => with(&lc::ECDSA_P384_SHA384_FIXED, &point),
                    _ => with(&lc::ECDSA_P521_SHA512_FIXED, &point),
                }
            }
            (Value::Ed25519(x), _) => with(&lc::ED25519, x),
            (Value::Rsa { n, e }, _) => {
                let parameters = match algorithm {
                    "RS256" => &lc::RSA_PKCS1_2048_8192_SHA256,
                    "RS384" => &lc::RSA_PKCS1_2048_8192_SHA384,
                    "RS512" => &lc::RSA_PKCS1_2048_8192_SHA512,
                    "PS256" => &lc::RSA_PSS_2048_8192_SHA256,
                    "PS384" => &lc::RSA_PSS_2048_8192_SHA384,
                    _ => &lc::RSA_PSS_2048_8192_SHA512,
                };
                lc::RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
        };
        self.is_for(algorithm) && verified.is_ok()
    }

    /// RFC 7638 §3.
    pub(super) fn thumbprint(&self) -> String {
        let b64 = |octets: &Vec<u8>| URL_SAFE_NO_PAD.encode(octets);
        sha256(&match &self.value {
            Value::Ec { curve, x, y } => {
                format!(r#"{{"crv":"{curve}","kty":"EC","x":"{}","y":"{}"}}"#, b64(x), b64(y))
            }
            Value::Ed25519(x) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, b64(x)),
            Value::Rsa { n, e } => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, b64(e), b64(n)),
        })
    }
}

impl Value {
    fn read(jwk: &Json) -> Option<Self> {
        let octets = |name: &str| decode(&text(jwk, name)?);
        match text(jwk, "kty")?.as_str() {
            "EC" => {
                let curve = text(jwk, "crv")?;
                let size = match curve.as_str() {
                    "P-256" => 32,
                    "P-384" => 48,
                    "P-521" => 66,
                    _ => return None,
                };
                let (x, y) = (octets("x")?, octets("y")?);
                (x.len() == size && y.len() == size).then_some(Self::Ec { curve, x, y })
            }
            "OKP" if text(jwk, "crv")? == "Ed25519" => {
                octets("x").filter(|x| x.len() == 32 && !is_weak(x)).map(Self::Ed25519)
            }
            "RSA" => {
                let (n, e) = (octets("n")?, octets("e")?);
                let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
                let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
                // The form is canonical: without leading zeros.
                let is_canonical = n.first() != Some(&0) && e.first() != Some(&0);
                let is_usable = (2048..=8192).contains(&bits) && e.len() <= 4 && e != [1] && is_odd(&n) && is_odd(&e);
                (is_canonical && is_usable).then_some(Self::Rsa { n, e })
            }
            _ => None,
        }
    }
}

/// A text, in which a lone surrogate is U+FFFD: no check compares it with such a text.
fn text(json: &Json, name: &str) -> Option<String> {
    match json.get(name)? {
        Json::Text(text) | Json::Damaged(text) => Some(text.clone()),
        _ => None,
    }
}

/// RFC 7517 §4.3.
fn may_verify(operations: Option<&Json>) -> bool {
    let Some(operations) = operations else { return true };
    let Json::List(operations) = operations else { return false };
    let are_texts = operations.iter().all(|operation| matches!(operation, Json::Text(_) | Json::Damaged(_)));
    are_texts && operations.contains(&Json::Text("verify".to_owned()))
}

/// Whether a point has small order, or a coordinate that is not less than the prime 2^255 - 19.
fn is_weak(x: &[u8]) -> bool {
    let mut y: Vec<u8> = x.iter().rev().copied().collect();
    y[0] &= 0x7f;
    let hex: String = y.iter().map(|octet| format!("{octet:02x}")).collect();
    let prime = format!("7f{}ed", "f".repeat(60));
    let zeros = "0".repeat(63);
    // The y coordinates of the points whose order divides 8: 1, -1, 0, and the two of order 8.
    let small = [
        format!("{zeros}1"),
        format!("{zeros}0"),
        format!("7f{}ec", "f".repeat(60)),
        "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826".to_owned(),
        "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7".to_owned(),
    ];
    hex >= prime || small.contains(&hex)
}
