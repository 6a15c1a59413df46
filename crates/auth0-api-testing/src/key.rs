//! Private keys that sign tokens and proofs.

use std::fmt;
use std::sync::Arc;

use auth0_api_core::Algorithm;
use auth0_api_core::jose::Thumbprint;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::must::{must, random_text};

/// A private key for one algorithm, with a key id.
///
/// The tenant generates its own keys. A test uses this type for tokens that the tenant did not sign, for clients that
/// authenticate with `private_key_jwt`, and for keys that the test publishes with [`LocalTenant::publish`]. Clones
/// share the key.
///
/// [`LocalTenant::publish`]: crate::LocalTenant::publish
///
/// ```
/// use auth0_api_core::Algorithm;
/// use auth0_api_testing::SigningKey;
///
/// let key = SigningKey::generate(Algorithm::ES256);
/// assert_eq!(key.public_jwk()["crv"], "P-256");
/// assert_eq!(key.public_jwk()["kid"], key.kid());
/// ```
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    kid: String,
    pair: Arc<Pair>,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl SigningKey {
    /// Generates a key with a random key id. An RSA key has 2048 bits, and its generation takes about a tenth of a
    /// second.
    pub fn generate(algorithm: Algorithm) -> Self {
        Self { algorithm, kid: random_text(), pair: Arc::new(Pair::generate(algorithm)) }
    }

    /// Reads a key from what [`private_key_pem`](Self::private_key_pem) has written: PKCS#8 in PEM. So a tenant can have the
    /// same keys after a restart.
    ///
    /// Returns `None` if the text is not a private key of this algorithm.
    ///
    /// ```
    /// use auth0_api_core::Algorithm;
    /// use auth0_api_testing::SigningKey;
    ///
    /// let key = SigningKey::generate(Algorithm::ES256);
    /// let read = SigningKey::from_private_key_pem(Algorithm::ES256, &key.private_key_pem());
    /// let read = read.map(|read| read.with_kid(key.kid()).public_jwk());
    /// assert_eq!(read, Some(key.public_jwk()));
    /// assert!(SigningKey::from_private_key_pem(Algorithm::ES256, "no key").is_none());
    /// ```
    pub fn from_private_key_pem(algorithm: Algorithm, pem: &str) -> Option<Self> {
        let lines = pem.lines().filter(|line| !line.starts_with("-----"));
        let der = STANDARD.decode(lines.collect::<String>()).ok()?;
        Some(Self { algorithm, kid: random_text(), pair: Arc::new(Pair::decode(algorithm, &der)?) })
    }

    /// Changes the key id.
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = kid.into();
        self
    }

    /// Returns the key id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Returns the algorithm that the key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the public key as a tenant publishes it
    /// ([RFC 7517 §4](https://www.rfc-editor.org/rfc/rfc7517#section-4)): with `kid`, `alg` and `use`.
    pub fn public_jwk(&self) -> Value {
        let mut jwk = self.bare_jwk();
        jwk.insert("alg".into(), self.algorithm.name().into());
        jwk.insert("kid".into(), self.kid.as_str().into());
        jwk.insert("use".into(), "sig".into());
        Value::Object(jwk)
    }

    /// Returns the private key in the form that a client is configured with: PKCS#8 in PEM
    /// ([RFC 7468 §10](https://www.rfc-editor.org/rfc/rfc7468#section-10)).
    pub fn private_key_pem(&self) -> String {
        let der = match &*self.pair {
            Pair::Ecdsa(pair) => must(pair.to_pkcs8v1(), "encoding a key").as_ref().to_vec(),
            Pair::Ed25519(pair) => must(pair.to_pkcs8v1(), "encoding a key").as_ref().to_vec(),
            Pair::Rsa(pair) => must(AsDer::<Pkcs8V1Der<'_>>::as_der(pair), "encoding a key").as_ref().to_vec(),
        };
        pem("PRIVATE KEY", &der)
    }

    /// Returns the same RSA key for another RSA algorithm, with a new random key id. Returns `None` unless both this
    /// key's algorithm and `algorithm` are RSA algorithms.
    pub(crate) fn sibling(&self, algorithm: Algorithm) -> Option<Self> {
        (is_rsa(self.algorithm) && is_rsa(algorithm)).then(|| Self {
            algorithm,
            kid: random_text(),
            pair: Arc::clone(&self.pair),
        })
    }

    /// Returns the required members of the public JWK, in the order of their names.
    pub(crate) fn bare_jwk(&self) -> Map<String, Value> {
        members(match &*self.pair {
            Pair::Ecdsa(pair) => ec_members(self.algorithm, pair.public_key().as_ref()),
            Pair::Ed25519(pair) => {
                vec![("crv", "Ed25519".into()), ("kty", "OKP".into()), ("x", encode(pair.public_key().as_ref()))]
            }
            Pair::Rsa(pair) => rsa_members(pair),
        })
    }

    pub(crate) fn thumbprint(&self) -> Thumbprint {
        thumbprint(&self.bare_jwk())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &*self.pair {
            Pair::Ecdsa(pair) => must(pair.sign(&SystemRandom::new(), message), "signing").as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => sign_rsa(pair, self.algorithm, message),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Pair {
    fn generate(algorithm: Algorithm) -> Self {
        match curve(algorithm) {
            Some((_, curve)) => Self::Ecdsa(must(EcdsaKeyPair::generate(curve), "generating an EC key")),
            None if algorithm == Algorithm::EdDSA => {
                Self::Ed25519(must(Ed25519KeyPair::generate(), "generating an Ed25519 key"))
            }
            None => Self::Rsa(must(RsaKeyPair::generate(KeySize::Rsa2048), "generating an RSA key")),
        }
    }

    fn decode(algorithm: Algorithm, der: &[u8]) -> Option<Self> {
        match curve(algorithm) {
            Some((_, curve)) => EcdsaKeyPair::from_pkcs8(curve, der).ok().map(Self::Ecdsa),
            None if algorithm == Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(der).ok().map(Self::Ed25519),
            None => RsaKeyPair::from_pkcs8(der).ok().map(Self::Rsa),
        }
    }
}

/// Writes a PEM block ([RFC 7468 §2](https://www.rfc-editor.org/rfc/rfc7468#section-2)).
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let lines = STANDARD.encode(der).into_bytes();
    let lines: Vec<_> = lines.chunks(PEM_LINE).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Computes the thumbprint of a JWK. `members` are its required members, in the order of their names
/// ([RFC 7638 §3](https://www.rfc-editor.org/rfc/rfc7638#section-3)).
pub(crate) fn thumbprint(members: &Map<String, Value>) -> Thumbprint {
    let text = Value::Object(members.clone()).to_string();
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    Thumbprint::from_bytes(bytes)
}

/// Makes the JWK members of an EC key from its uncompressed point: the octet 4, then both coordinates
/// ([RFC 7518 §6.2.1](https://www.rfc-editor.org/rfc/rfc7518#section-6.2.1)).
fn ec_members(algorithm: Algorithm, point: &[u8]) -> Vec<(&'static str, String)> {
    let crv = curve(algorithm).map_or("", |(name, _)| name);
    let coordinates = point.get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    vec![("crv", crv.into()), ("kty", "EC".into()), ("x", encode(x)), ("y", encode(y))]
}

fn rsa_members(pair: &RsaKeyPair) -> Vec<(&'static str, String)> {
    let public = pair.public_key();
    let e = encode(public.exponent().big_endian_without_leading_zero());
    let n = encode(public.modulus().big_endian_without_leading_zero());
    vec![("e", e), ("kty", "RSA".into()), ("n", n)]
}

fn members(pairs: Vec<(&'static str, String)>) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sign_rsa(pair: &RsaKeyPair, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
    let encoding = must(rsa_encoding(algorithm).ok_or(algorithm), "choosing an RSA encoding");
    let mut signature = vec![0; pair.public_modulus_len()];
    must(pair.sign(encoding, &SystemRandom::new(), message, &mut signature), "signing");
    signature
}

fn curve(algorithm: Algorithm) -> Option<(&'static str, &'static EcdsaSigningAlgorithm)> {
    match algorithm {
        Algorithm::ES256 => Some(("P-256", &signature::ECDSA_P256_SHA256_FIXED_SIGNING)),
        Algorithm::ES384 => Some(("P-384", &signature::ECDSA_P384_SHA384_FIXED_SIGNING)),
        Algorithm::ES512 => Some(("P-521", &signature::ECDSA_P521_SHA512_FIXED_SIGNING)),
        _ => None,
    }
}

/// Returns whether an algorithm signs with an RSA key.
pub(crate) fn is_rsa(algorithm: Algorithm) -> bool {
    rsa_encoding(algorithm).is_some()
}

fn rsa_encoding(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    match algorithm {
        Algorithm::PS256 => Some(&signature::RSA_PSS_SHA256),
        Algorithm::PS384 => Some(&signature::RSA_PSS_SHA384),
        Algorithm::PS512 => Some(&signature::RSA_PSS_SHA512),
        Algorithm::RS256 => Some(&signature::RSA_PKCS1_SHA256),
        Algorithm::RS384 => Some(&signature::RSA_PKCS1_SHA384),
        Algorithm::RS512 => Some(&signature::RSA_PKCS1_SHA512),
        _ => None,
    }
}

/// RFC 7468 §2: the number of characters in a line of base64.
const PEM_LINE: usize = 64;

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]
mod tests {
    use aws_lc_rs::signature::{RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};

    use super::*;

    #[test]
    fn the_published_key_verifies_signatures_of_every_algorithm() {
        let rsa = SigningKey::generate(Algorithm::RS256);
        for algorithm in Algorithm::ALL {
            let key = rsa.sibling(algorithm).unwrap_or_else(|| SigningKey::generate(algorithm));
            verify(&key.public_jwk(), b"message", &key.sign(b"message"));
        }
    }

    #[test]
    fn only_rsa_keys_have_siblings() {
        let rsa = SigningKey::generate(Algorithm::PS256);
        let sibling = rsa.sibling(Algorithm::RS512).unwrap();
        assert_eq!(sibling.public_jwk()["n"], rsa.public_jwk()["n"]);
        assert_ne!(sibling.kid(), rsa.kid());
        assert!(rsa.sibling(Algorithm::ES256).is_none());
        assert!(SigningKey::generate(Algorithm::ES256).sibling(Algorithm::RS256).is_none());
    }

    #[test]
    fn the_thumbprint_of_the_example_key_of_rfc_7638_is_correct() {
        // RFC 7638 §3.1: the example key.
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let jwk = members(vec![("e", "AQAB".into()), ("kty", "RSA".into()), ("n", n.into())]);
        assert_eq!(thumbprint(&jwk).to_string(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn debug_shows_no_key() {
        let key = SigningKey::generate(Algorithm::ES256).with_kid("k1");
        assert_eq!(format!("{key:?}"), r#"SigningKey { algorithm: ES256, kid: "k1", .. }"#);
    }

    fn verify(jwk: &Value, message: &[u8], signature: &[u8]) {
        let member = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        let point = |algorithm: &'static dyn VerificationAlgorithm| {
            UnparsedPublicKey::new(algorithm, [vec![4], member("x"), member("y")].concat()).verify(message, signature)
        };
        let rsa = |parameters| {
            RsaPublicKeyComponents { n: member("n"), e: member("e") }.verify(parameters, message, signature)
        };
        match jwk["alg"].as_str().unwrap() {
            "ES256" => point(&signature::ECDSA_P256_SHA256_FIXED),
            "ES384" => point(&signature::ECDSA_P384_SHA384_FIXED),
            "ES512" => point(&signature::ECDSA_P521_SHA512_FIXED),
            "EdDSA" => UnparsedPublicKey::new(&signature::ED25519, member("x")).verify(message, signature),
            "PS256" => rsa(&signature::RSA_PSS_2048_8192_SHA256),
            "PS384" => rsa(&signature::RSA_PSS_2048_8192_SHA384),
            "PS512" => rsa(&signature::RSA_PSS_2048_8192_SHA512),
            "RS256" => rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            "RS384" => rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            _ => rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
        }
        .unwrap();
    }

    #[test]
    fn the_private_key_can_be_read_from_its_pem() {
        for algorithm in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256] {
            let key = SigningKey::generate(algorithm);
            let pem = key.private_key_pem();
            let lines: Vec<_> = pem.lines().collect();
            assert_eq!(
                (lines[0], lines[lines.len() - 1]),
                ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----")
            );
            assert!(lines.iter().all(|line| line.len() <= 64));
            let read = SigningKey::from_private_key_pem(algorithm, &pem).unwrap().with_kid(key.kid());
            assert_eq!(read.public_jwk(), key.public_jwk());
            verify(&key.public_jwk(), b"message", &read.sign(b"message"));
            let other = if algorithm == Algorithm::ES256 { Algorithm::RS256 } else { Algorithm::ES256 };
            assert!(SigningKey::from_private_key_pem(other, &pem).is_none());
        }
    }
}
