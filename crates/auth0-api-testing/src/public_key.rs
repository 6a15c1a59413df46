//! The tenant's verification of signatures. This module shares no code with the library under test.

use aws_lc_rs::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A public key that verifies signatures, given as a JWK ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).
#[derive(Debug)]
pub(crate) struct PublicKey<'a>(&'a Value);

impl<'a> PublicKey<'a> {
    pub(crate) fn new(jwk: &'a Value) -> Self {
        Self(jwk)
    }

    /// Returns whether `signature` is valid for `signed` with this key and `algorithm`. Returns false if the algorithm
    /// does not fit the key.
    pub(crate) fn verifies(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
        // RFC 7517 §4.4: a key that has `alg` may be used only with the algorithm in `alg`.
        let allowed = self.text("alg").is_none_or(|own| own == algorithm);
        allowed && self.check(algorithm, signed, signature).is_some()
    }

    fn check(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> Option<()> {
        if let Some(parameters) = rsa(algorithm) {
            let key = RsaPublicKeyComponents { n: self.bytes("n")?, e: self.bytes("e")? };
            return key.verify(parameters, signed, signature).ok();
        }
        let (algorithm, bytes): (&dyn VerificationAlgorithm, _) = match (algorithm, self.text("crv")?) {
            ("ES256", "P-256") => (&signature::ECDSA_P256_SHA256_FIXED, self.point()?),
            ("ES384", "P-384") => (&signature::ECDSA_P384_SHA384_FIXED, self.point()?),
            ("ES512", "P-521") => (&signature::ECDSA_P521_SHA512_FIXED, self.point()?),
            ("EdDSA" | "Ed25519", "Ed25519") => (&signature::ED25519, self.bytes("x")?),
            _ => return None,
        };
        UnparsedPublicKey::new(algorithm, bytes).verify(signed, signature).ok()
    }

    /// Returns the EC key as an uncompressed point: the octet 4, then the coordinates `x` and `y` (RFC 7518 §6.2.1).
    fn point(&self) -> Option<Vec<u8>> {
        Some([vec![4], self.bytes("x")?, self.bytes("y")?].concat())
    }

    fn bytes(&self, member: &str) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(self.text(member)?).ok()
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member)?.as_str()
    }
}

fn rsa(algorithm: &str) -> Option<&'static RsaParameters> {
    match algorithm {
        "PS256" => Some(&signature::RSA_PSS_2048_8192_SHA256),
        "PS384" => Some(&signature::RSA_PSS_2048_8192_SHA384),
        "PS512" => Some(&signature::RSA_PSS_2048_8192_SHA512),
        "RS256" => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        "RS384" => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        "RS512" => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use auth0_api_core::Algorithm;

    use super::*;
    use crate::SigningKey;

    #[test]
    fn a_key_verifies_only_signatures_of_its_own_algorithm() {
        for algorithm in Algorithm::ALL {
            let key = SigningKey::generate(algorithm);
            let (jwk, signature) = (key.public_jwk(), key.sign(b"message"));
            let public = PublicKey::new(&jwk);
            assert!(public.verifies(algorithm.name(), b"message", &signature), "{algorithm}");
            assert!(!public.verifies(algorithm.name(), b"other", &signature), "{algorithm}");
            for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
                assert!(!public.verifies(other.name(), b"message", &signature), "{algorithm} as {other}");
            }
        }
    }

    #[test]
    fn a_signature_of_another_key_does_not_verify() {
        let signature = SigningKey::generate(Algorithm::ES256).sign(b"message");
        let jwk = SigningKey::generate(Algorithm::ES256).public_jwk();
        assert!(!PublicKey::new(&jwk).verifies("ES256", b"message", &signature));
        assert!(!PublicKey::new(&Value::Null).verifies("ES256", b"message", &signature));
    }
}
