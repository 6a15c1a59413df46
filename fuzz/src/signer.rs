//! Keys that sign any text.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A P-256 key pair that an RFC publishes, including its private part.
pub struct Signer {
    pair: EcdsaKeyPair,
    x: &'static str,
    y: &'static str,
}

impl Signer {
    /// The key of the tenant: [RFC 7515 §A.3.1](https://www.rfc-editor.org/rfc/rfc7515#appendix-A.3.1).
    pub fn issuer() -> &'static Self {
        static ISSUER: LazyLock<Signer> = LazyLock::new(|| {
            Signer::new(
                "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
                "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            )
        });
        &ISSUER
    }

    /// The key that tokens are bound to: [RFC 7517 §A.2](https://www.rfc-editor.org/rfc/rfc7517#appendix-A.2).
    pub fn caller() -> &'static Self {
        static CALLER: LazyLock<Signer> = LazyLock::new(|| {
            Signer::new(
                "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
                "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
            )
        });
        &CALLER
    }

    fn new(d: &str, x: &'static str, y: &'static str) -> Self {
        let octets = |text| URL_SAFE_NO_PAD.decode(text).expect("base64url of an RFC");
        let point = [vec![4], octets(x), octets(y)].concat();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &octets(d), &point);
        Self { pair: pair.expect("a key pair of an RFC"), x, y }
    }

    /// A signed compact JWS of any two texts.
    pub fn sign(&self, header: &[u8], payload: &[u8]) -> String {
        let input = signing_input(header, payload);
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(self.signature(input.as_bytes())))
    }

    /// The ES256 signature of a text, as a JWS contains it.
    pub fn signature(&self, text: &[u8]) -> Vec<u8> {
        self.pair.sign(&SystemRandom::new(), text).expect("a signature").as_ref().to_vec()
    }

    /// A compact JWS of any two texts with an invalid signature.
    pub fn forge(header: &[u8], payload: &[u8]) -> String {
        format!("{}.{}", signing_input(header, payload), URL_SAFE_NO_PAD.encode([7; 64]))
    }

    /// The public key as a JWK, for the header of a proof.
    pub fn jwk(&self) -> String {
        // Members in the order of RFC 7638 §3.3, so that `thumbprint` can hash this text directly.
        format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, self.x, self.y)
    }

    /// The thumbprint of the public key ([RFC 7638 §3](https://www.rfc-editor.org/rfc/rfc7638#section-3)).
    pub fn thumbprint(&self) -> String {
        sha256(&self.jwk())
    }

    /// The coordinates of the public key.
    pub fn coordinates(&self) -> (&'static str, &'static str) {
        (self.x, self.y)
    }
}

/// The SHA-256 of a text in base64url, as in `jkt` and `ath`.
pub fn sha256(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

fn signing_input(header: &[u8], payload: &[u8]) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}
