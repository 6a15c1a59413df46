#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use super::*;
use crate::jose::{AlgorithmSet, Hash, Jwk, Jws};

/// The same key in each of its forms.
const RSA: [&str; 3] = [
    include_str!("../../testdata/keys/rsa-pkcs8.pem"),
    include_str!("../../testdata/keys/rsa-pkcs1.pem"),
    include_str!("../../testdata/keys/rsa.jwk.json"),
];
const P256: [&str; 3] = [
    include_str!("../../testdata/keys/p256-pkcs8.pem"),
    include_str!("../../testdata/keys/p256-sec1.pem"),
    include_str!("../../testdata/keys/p256.jwk.json"),
];
const P384: [&str; 3] = [
    include_str!("../../testdata/keys/p384-pkcs8.pem"),
    include_str!("../../testdata/keys/p384-sec1.pem"),
    include_str!("../../testdata/keys/p384.jwk.json"),
];
const P521: [&str; 3] = [
    include_str!("../../testdata/keys/p521-pkcs8.pem"),
    include_str!("../../testdata/keys/p521-sec1.pem"),
    include_str!("../../testdata/keys/p521.jwk.json"),
];
const ED25519: [&str; 2] =
    [include_str!("../../testdata/keys/ed25519.pem"), include_str!("../../testdata/keys/ed25519.jwk.json")];

fn read(text: &str) -> PrivateKey {
    if text.starts_with('{') { PrivateKey::from_jwk(text) } else { PrivateKey::from_pem(text) }.unwrap()
}

/// Returns whether the public key verifies a signature of the private key.
fn round_trips(key: &PrivateKey) -> bool {
    let algorithm = key.algorithm();
    let signed = key.sign(&format!(r#"{{"alg":"{algorithm}"}}"#), r#"{"sub":"x"}"#).unwrap();
    let public = Jwk::parse(&key.public_jwk()).unwrap().verification_key(algorithm).unwrap();
    Jws::parse(&signed, &AlgorithmSet::ANY).unwrap().verify([public], Hash::NotNeeded).is_ok()
}

/// Returns whether jsonwebtoken, which shares no code of this crate, verifies a token with the public key.
#[expect(clippy::disallowed_methods, reason = "only this test uses the verifier of jsonwebtoken")]
fn jsonwebtoken_verifies(token: &str, key: &PrivateKey, algorithm: jsonwebtoken::Algorithm) -> bool {
    let mut validation = jsonwebtoken::Validation::new(algorithm);
    validation.set_required_spec_claims::<&str>(&[]);
    validation.validate_exp = false;
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_str(&key.public_jwk()).unwrap();
    let public = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    match jsonwebtoken::decode::<serde_json::Value>(token, &public, &validation) {
        Ok(decoded) => decoded.claims == serde_json::json!({ "sub": "x" }),
        Err(error) => {
            assert_eq!(error.kind(), &jsonwebtoken::errors::ErrorKind::InvalidSignature);
            false
        }
    }
}

#[test]
fn an_independent_library_verifies_the_signatures_of_every_algorithm_that_it_supports() {
    let keys = [RSA[0], P256[0], P384[0], P521[0], ED25519[0]].map(read);
    let mut unsupported = Vec::new();
    for algorithm in Algorithm::ALL {
        let Ok(theirs) = algorithm.name().parse() else {
            unsupported.push(algorithm);
            continue;
        };
        let key = keys.iter().find_map(|key| key.clone().with_algorithm(algorithm).ok()).unwrap();
        let sign = |claims: &str| key.sign(&format!(r#"{{"alg":"{algorithm}"}}"#), claims).unwrap();
        let (one, other) = (sign(r#"{"sub":"x"}"#), sign(r#"{"sub":"y"}"#));
        assert!(jsonwebtoken_verifies(&one, &key, theirs), "{algorithm}");
        let changed = format!("{}.{}", one.rsplit_once('.').unwrap().0, other.rsplit_once('.').unwrap().1);
        assert!(!jsonwebtoken_verifies(&changed, &key, theirs), "{algorithm}");
    }
    assert_eq!(unsupported, [Algorithm::ES512]);
}

#[test]
fn all_forms_of_a_key_give_the_same_key() {
    for (forms, usual) in [
        (&RSA[..], Algorithm::RS256),
        (&P256, Algorithm::ES256),
        (&P384, Algorithm::ES384),
        (&P521, Algorithm::ES512),
        (&ED25519, Algorithm::EdDSA),
    ] {
        let keys: Vec<_> = forms.iter().map(|form| read(form)).collect();
        for key in &keys {
            assert_eq!(key.algorithm(), usual);
            assert_eq!(key.thumbprint(), keys.first().unwrap().thumbprint(), "{usual}");
            assert!(round_trips(key), "{usual}");
        }
    }
}

#[test]
fn an_rsa_key_signs_with_every_rsa_algorithm_and_no_other() {
    let key = read(RSA[0]);
    for algorithm in Algorithm::ALL {
        let chosen = key.clone().with_algorithm(algorithm);
        if matches!(algorithm.name().get(..2), Some("RS" | "PS")) {
            assert!(round_trips(&chosen.unwrap()), "{algorithm}");
        } else {
            assert_eq!(chosen.unwrap_err(), PrivateKeyError::Algorithm { algorithm });
        }
    }
    assert!(read(P256[0]).with_algorithm(Algorithm::ES256).is_ok());
    assert!(read(P256[0]).with_algorithm(Algorithm::ES384).is_err());
}

#[test]
fn each_generated_key_is_a_new_key_for_es256() {
    let (one, other) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
    assert_eq!(one.algorithm(), Algorithm::ES256);
    assert!(round_trips(&one));
    assert_ne!(one.thumbprint(), other.thumbprint());
}

#[test]
fn a_jwk_names_its_algorithm_and_its_key_id() {
    let with = |member: &str| P256[2].replacen('{', &format!("{{{member},"), 1);
    let named = PrivateKey::from_jwk(&with(r#""kid":"k-1","alg":"ES256""#)).unwrap();
    assert_eq!((named.key_id(), named.algorithm()), (Some("k-1"), Algorithm::ES256));
    let other = PrivateKey::from_jwk(&with(r#""alg":"RS256""#)).unwrap_err();
    assert_eq!(other, PrivateKeyError::Algorithm { algorithm: Algorithm::RS256 });
    assert_eq!(PrivateKey::from_jwk(&with(r#""alg":"HS256""#)).unwrap_err(), PrivateKeyError::Unsupported);
    assert_eq!(read(RSA[2]).key_id(), Some("rsa-1"));
}

#[test]
fn unusable_private_keys_are_rejected() {
    let pem = |text: &str| PrivateKey::from_pem(text).unwrap_err();
    assert_eq!(pem(""), PrivateKeyError::Encoding);
    assert_eq!(pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), PrivateKeyError::Unsupported);
    assert_eq!(pem(include_str!("../../testdata/keys/secp256k1.pem")), PrivateKeyError::Unsupported);
    assert_eq!(pem(include_str!("../../testdata/keys/rsa-1024.pem")), PrivateKeyError::Unsupported);

    let jwk = |text: &str| PrivateKey::from_jwk(text).unwrap_err();
    assert_eq!(jwk("not json"), PrivateKeyError::Encoding);
    assert_eq!(jwk(r#"{"kty":"oct","k":"AAAA"}"#), PrivateKeyError::Unsupported);
    assert_eq!(jwk(&P256[2].replace("P-256", "secp256k1")), PrivateKeyError::Unsupported);
    assert_eq!(jwk(&P256[2].replace("\"d\"", "\"not_d\"")), PrivateKeyError::Encoding);
    assert_eq!(jwk(&RSA[2].replace("\"dp\"", "\"not_dp\"")), PrivateKeyError::Encoding);
}

#[test]
fn a_private_key_with_the_public_half_of_another_key_is_rejected() {
    let other = PrivateKey::generate().unwrap().public_jwk();
    let members = Object::parse(other.into()).unwrap();
    let (x, y) = (members.string("x").unwrap().unwrap(), members.string("y").unwrap().unwrap());
    let mine = Object::parse(P256[2].into()).unwrap();
    let d = mine.string("d").unwrap().unwrap();
    let mixed = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}","d":"{d}"}}"#);
    assert_eq!(PrivateKey::from_jwk(&mixed).unwrap_err(), PrivateKeyError::Value);
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", read(P256[0])), "PrivateKey { algorithm: ES256, .. }");
}
