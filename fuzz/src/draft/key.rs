//! The fixed keys, and the key set of the tenant.

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::{Signer, sha256};

/// One of the keys. Most signatures are cheap; those of RSA are not.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyName {
    Es256,
    /// The caller's key, which is also one of the two keys with the `kid` `twin`.
    Caller,
    EdDsa,
    Es384,
    Rsa,
}

/// The members of a public key, in the order of RFC 7638 §3.3.
type Members = Vec<(&'static str, String)>;

impl KeyName {
    /// The name of the algorithm that the key signs with.
    pub(super) fn algorithm(self) -> &'static str {
        match self {
            Self::Es256 | Self::Caller => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Es384 => "ES384",
            Self::Rsa => "RS256",
        }
    }

    /// The `kid` of the key in the tenant's key set.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Es256 => "es",
            Self::Caller => "twin",
            Self::EdDsa => "ed",
            Self::Es384 => "es384",
            Self::Rsa => "rs",
        }
    }

    pub(super) fn jwk(self) -> &'static Members {
        static KEYS: LazyLock<[Members; 5]> = LazyLock::new(|| ALL.map(public_members));
        &KEYS[ALL.iter().position(|key| *key == self).expect("one of all")]
    }

    pub(super) fn thumbprint(self) -> String {
        sha256(&text(self.jwk()))
    }

    pub(super) fn sign(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256 => Signer::issuer().signature(message),
            Self::Caller => Signer::caller().signature(message),
            Self::EdDsa => ed25519().sign(message).as_ref().to_vec(),
            Self::Es384 => p384().sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec(),
            Self::Rsa => {
                let mut signature = vec![0; rsa().public_modulus_len()];
                rsa().sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).expect("a signature");
                signature
            }
        }
    }
}

/// The tenant's key set: the keys, two keys with one `kid`, a key for encryption, and a private key.
pub fn key_set() -> String {
    let with = |key: KeyName, more: &str| text(key.jwk()).replacen('{', &format!("{{{more},"), 1);
    let keys = [
        with(KeyName::Es256, r#""kid":"es","use":"sig""#),
        with(KeyName::EdDsa, r#""kid":"ed""#),
        with(KeyName::Es384, r#""kid":"es384","key_ops":["verify"]"#),
        with(KeyName::Rsa, r#""kid":"rs","alg":"RS256""#),
        with(KeyName::Es256, r#""kid":"twin""#),
        with(KeyName::Caller, r#""kid":"twin","alg":"ES256""#),
        with(KeyName::Caller, r#""kid":"enc","use":"enc""#),
        with(KeyName::Caller, r#""kid":"private","d":"AA""#),
    ];
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

fn public_members(key: KeyName) -> Members {
    let named = |crv: &str, names: &[&'static str], octets: &[&[u8]]| -> Members {
        let values = names.iter().copied().zip(octets.iter().map(|octets| URL_SAFE_NO_PAD.encode(octets)));
        let kty = if crv == "Ed25519" { "OKP" } else { "EC" };
        [("crv", crv.to_owned()), ("kty", kty.to_owned())].into_iter().chain(values).collect()
    };
    let of_signer = |signer: &Signer| {
        let (x, y) = signer.coordinates();
        vec![("crv", "P-256".to_owned()), ("kty", "EC".to_owned()), ("x", x.to_owned()), ("y", y.to_owned())]
    };
    match key {
        KeyName::Es256 => of_signer(Signer::issuer()),
        KeyName::Caller => of_signer(Signer::caller()),
        KeyName::EdDsa => named("Ed25519", &["x"], &[ed25519().public_key().as_ref()]),
        KeyName::Es384 => {
            let (x, y) = p384().public_key().as_ref()[1..].split_at(48);
            named("P-384", &["x", "y"], &[x, y])
        }
        KeyName::Rsa => {
            let public = rsa().public_key();
            let [n, e] = [
                public.modulus().big_endian_without_leading_zero(),
                public.exponent().big_endian_without_leading_zero(),
            ]
            .map(|number| URL_SAFE_NO_PAD.encode(number));
            vec![("e", e), ("kty", "RSA".to_owned()), ("n", n)]
        }
    }
}

fn text(members: &Members) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
    format!("{{{}}}", members.join(","))
}

fn ed25519() -> &'static Ed25519KeyPair {
    static KEY: LazyLock<Ed25519KeyPair> = LazyLock::new(|| {
        let der = pkcs8(include_str!("../../../crates/auth0-api-core/src/testdata/keys/ed25519.pem"));
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).expect("a key")
    });
    &KEY
}

fn p384() -> &'static EcdsaKeyPair {
    static KEY: LazyLock<EcdsaKeyPair> = LazyLock::new(|| {
        let der = pkcs8(include_str!("../../../crates/auth0-api-core/src/testdata/keys/p384-pkcs8.pem"));
        EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &der).expect("a key")
    });
    &KEY
}

fn rsa() -> &'static RsaKeyPair {
    static KEY: LazyLock<RsaKeyPair> = LazyLock::new(|| {
        let der = pkcs8(include_str!("../../../crates/auth0-api-core/src/testdata/keys/rsa-pkcs8.pem"));
        RsaKeyPair::from_pkcs8(&der).expect("a key")
    });
    &KEY
}

fn pkcs8(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).expect("base64 of a key")
}

const ALL: [KeyName; 5] = [KeyName::Es256, KeyName::Caller, KeyName::EdDsa, KeyName::Es384, KeyName::Rsa];
