//! One key of the tenant's key set, as far as its settings matter.

use auth0_api_core::Algorithm;
use serde_json::Value;

use crate::printable::printable;

#[derive(Clone, Debug)]
pub(super) struct PublishedKey {
    pub(super) kid: Option<String>,
    pub(super) algorithm: Option<String>,
    kind: String,
    curve: String,
    /// The number of bits of an RSA modulus.
    bits: Option<usize>,
    is_for_signatures: bool,
    pub(super) is_private: bool,
}

impl PublishedKey {
    pub(super) fn read(key: &Value) -> Self {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let or_empty = |name| text(name).map(printable).unwrap_or_default();
        let operations = key.get("key_ops").and_then(Value::as_array);
        let may_verify = operations.is_none_or(|operations| operations.iter().any(|operation| operation == "verify"));
        Self {
            kid: text("kid").map(printable),
            algorithm: text("alg").map(printable),
            kind: or_empty("kty"),
            curve: or_empty("crv"),
            bits: text("n").map(bits),
            is_for_signatures: text("use").is_none_or(|usage| usage == "sig") && may_verify,
            // RFC 7518 §6.2.2, §6.3.2, §6.4.1
            is_private: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| key.get(*name).is_some()),
        }
    }

    /// Whether this kind of key can sign with an algorithm, whatever its `alg` says.
    pub(super) fn suits(&self, algorithm: Algorithm) -> bool {
        let (kind, curve) = match algorithm {
            Algorithm::ES256 => ("EC", Some("P-256")),
            Algorithm::ES384 => ("EC", Some("P-384")),
            Algorithm::ES512 => ("EC", Some("P-521")),
            Algorithm::EdDSA => ("OKP", Some("Ed25519")),
            _ => ("RSA", None),
        };
        self.kind == kind && curve.is_none_or(|curve| self.curve == curve) && self.is_for_signatures && !self.is_weak()
    }

    /// Whether the API verifies tokens of this algorithm with the key.
    pub(super) fn verifies(&self, algorithm: Algorithm) -> bool {
        self.suits(algorithm)
            && !self.is_private
            && self.algorithm.as_deref().is_none_or(|name| name == algorithm.name())
    }

    /// RFC 7518 §3.3: an RSA key has 2048 bits or more.
    pub(super) fn is_weak(&self) -> bool {
        self.bits.is_some_and(|bits| bits < 2048)
    }

    pub(super) fn describe(&self) -> String {
        let kid = self.kid.as_deref().unwrap_or("without kid");
        let algorithm = self.algorithm.as_deref().unwrap_or("no alg");
        let size = self.bits.map_or_else(|| self.curve.clone(), |bits| format!("{bits} bits"));
        format!("{kid} ({}, {algorithm}, {size})", self.kind)
    }
}

/// Counts the bits of a modulus in base64url, whose first character has 6 bits, some of them zero.
fn bits(modulus: &str) -> usize {
    let octets = modulus.trim_end_matches('=').len() * 6 / 8;
    octets * 8
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_verifies_the_algorithm_that_its_members_allow() {
        let rsa = "A".repeat(342);
        for (key, algorithm, suits, verifies) in [
            (json!({ "kty": "RSA", "n": rsa }), Algorithm::RS256, true, true),
            (json!({ "kty": "RSA", "n": rsa }), Algorithm::PS256, true, true),
            (json!({ "kty": "RSA", "n": rsa, "alg": "RS256" }), Algorithm::PS256, true, false),
            (json!({ "kty": "RSA", "n": rsa, "use": "enc" }), Algorithm::RS256, false, false),
            (json!({ "kty": "RSA", "n": rsa, "key_ops": ["sign"] }), Algorithm::RS256, false, false),
            (json!({ "kty": "RSA", "n": "A".repeat(171) }), Algorithm::RS256, false, false),
            (json!({ "kty": "RSA", "n": rsa, "d": "AQ" }), Algorithm::RS256, true, false),
            (json!({ "kty": "EC", "crv": "P-256" }), Algorithm::ES256, true, true),
            (json!({ "kty": "EC", "crv": "P-384" }), Algorithm::ES256, false, false),
            (json!({ "kty": "OKP", "crv": "Ed25519" }), Algorithm::EdDSA, true, true),
            (json!({ "kty": 1 }), Algorithm::RS256, false, false),
            (json!("key"), Algorithm::RS256, false, false),
        ] {
            let read = PublishedKey::read(&key);
            assert_eq!((read.suits(algorithm), read.verifies(algorithm)), (suits, verifies), "{key} {algorithm:?}");
        }
    }

    #[test]
    fn the_size_of_a_modulus_is_counted() {
        for (characters, expected) in [(171, 1024), (342, 2048), (344, 2064), (512, 3072), (683, 4096)] {
            assert_eq!(bits(&"A".repeat(characters)), expected, "{characters}");
        }
    }
}
