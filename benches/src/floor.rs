//! The floor: the signature checks that every implementation must make, with keys parsed once.

#![expect(clippy::unwrap_used, reason = "a panic shows where the set-up failed")]

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The parsed public keys that check a token and a proof.
#[derive(Debug)]
pub struct Floor {
    token: ParsedPublicKey,
    proof: ParsedPublicKey,
}

impl Floor {
    /// Parses the RSA key that signs tokens and the P-256 key that signs proofs.
    ///
    /// # Panics
    ///
    /// If a key is invalid.
    pub fn new(token: &Value, proof: &Value) -> Self {
        Self { token: rsa_key(token), proof: ec_key(proof) }
    }

    /// Returns whether the token's signature is valid.
    pub fn token_holds(&self, token: &str) -> bool {
        holds(&self.token, token)
    }

    /// Returns whether the proof's signature is valid.
    pub fn proof_holds(&self, proof: &str) -> bool {
        holds(&self.proof, proof)
    }
}

fn holds(key: &ParsedPublicKey, compact: &str) -> bool {
    let Some((message, signature)) = compact.rsplit_once('.') else { return false };
    let signature = URL_SAFE_NO_PAD.decode(signature);
    signature.is_ok_and(|signature| key.verify_sig(message.as_bytes(), &signature).is_ok())
}

pub(crate) fn rsa_key(jwk: &Value) -> ParsedPublicKey {
    PublicKeyComponents { n: octets(jwk, "n"), e: octets(jwk, "e") }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .unwrap()
}

pub(crate) fn ec_key(jwk: &Value) -> ParsedPublicKey {
    let point = [vec![4], octets(jwk, "x"), octets(jwk, "y")].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).unwrap()
}

fn octets(jwk: &Value, member: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(jwk.get(member).and_then(Value::as_str).unwrap()).unwrap()
}
