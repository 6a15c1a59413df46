#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use super::*;
use crate::jose::public_key::SigningInput;

/// The modulus of RFC 7638 §3.1: 2048 bits.
const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB\
    ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8\
    KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_\
    xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
/// RFC 9449 §4.1.
const P256: &str = r#"{"kty":"EC","crv":"P-256",
    "x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}"#;
const P384: &str = r#"{"kty":"EC","crv":"P-384",
    "x":"LaV92hCJJ2pUP5_9rAv_DZdsrXHrcoDn2b_Z_uS9svIPR_-IgnQ4l3LZjMV1ITiq",
    "y":"S20FTWnc8-JexJ34cHFeNIg7GDYZfXb4rZYuePZXG7x0B7DWCR-eTYjwFCdEBhdP"}"#;
/// RFC 7515 §A.4.
const P521: &str = r#"{"kty":"EC","crv":"P-521",
    "x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
    "y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}"#;
/// RFC 8037 §A.2.
const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// A 2048-bit RSA key with additional members.
fn rsa(more: &str) -> String {
    format!(r#"{{"kty":"RSA","n":"{N}","e":"AQAB"{more}}}"#)
}

fn ec(crv: &str, x: &str, y: &str) -> String {
    format!(r#"{{"kty":"EC","crv":"{crv}","x":"{x}","y":"{y}"}}"#)
}

fn ed25519(x: &str) -> String {
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)
}

fn rsa_of(modulus: &[u8], exponent: &str) -> String {
    format!(r#"{{"kty":"RSA","n":"{}","e":"{exponent}"}}"#, base64url::encode(modulus))
}

/// An odd number with this number of bits.
fn odd(bits: usize) -> Vec<u8> {
    let mut number = vec![0xff; bits.div_ceil(8)];
    *number.first_mut().unwrap() >>= (8 - bits % 8) % 8;
    number
}

fn rejection(json: &str) -> JwkError {
    Jwk::parse(json).unwrap_err()
}

fn verification_key(json: &str, algorithm: Algorithm) -> Result<Algorithm, JwkError> {
    Jwk::parse(json).unwrap().verification_key(algorithm).map(|key| key.algorithm())
}

#[test]
fn a_key_verifies_only_algorithms_of_its_type_and_curve() {
    use Algorithm::{ES256, ES384, ES512, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let table: [(&str, &[Algorithm]); 5] = [
        (&rsa(""), &[RS256, RS384, RS512, PS256, PS384, PS512]),
        (P256, &[ES256]),
        (P384, &[ES384]),
        (P521, &[ES512]),
        (ED25519, &[EdDSA]),
    ];
    for (json, algorithms) in table {
        for algorithm in Algorithm::ALL {
            let expected = if algorithms.contains(&algorithm) { Ok(algorithm) } else { Err(JwkError::Unsupported) };
            assert_eq!(verification_key(json, algorithm), expected, "{json}");
        }
    }
}

#[test]
fn a_key_with_another_alg_is_rejected() {
    for (name, algorithm, agrees) in [
        ("RS256", Algorithm::RS256, true),
        ("RS256", Algorithm::RS384, false),
        ("RS256", Algorithm::PS256, false),
        ("PS512", Algorithm::PS512, true),
        ("PS512", Algorithm::RS512, false),
        ("RSA-OAEP", Algorithm::RS256, false),
        ("RSA1_5", Algorithm::RS256, false),
        ("HS256", Algorithm::RS256, false),
        ("none", Algorithm::RS256, false),
        ("rs256", Algorithm::RS256, false),
        ("", Algorithm::RS256, false),
        ("ES256", Algorithm::RS256, false),
    ] {
        let expected = if agrees { Ok(algorithm) } else { Err(JwkError::NotForVerification) };
        assert_eq!(verification_key(&rsa(&format!(r#","alg":"{name}""#)), algorithm), expected, "{name} {algorithm}");
    }
    for name in ["EdDSA", "Ed25519"] {
        let json = ED25519.replace('{', &format!(r#"{{"alg":"{name}","#));
        assert_eq!(verification_key(&json, Algorithm::EdDSA), Ok(Algorithm::EdDSA), "{name}");
    }
}

#[test]
fn use_and_key_ops_must_allow_verifying() {
    for (members, rejected) in [
        (r#","use":"sig""#, None),
        (r#","key_ops":["verify"]"#, None),
        (r#","key_ops":["sign","verify"]"#, None),
        (r#","use":"sig","key_ops":["verify"]"#, None),
        (r#","use":"enc""#, Some(JwkError::NotForVerification)),
        (r#","use":"SIG""#, Some(JwkError::NotForVerification)),
        (r#","use":"""#, Some(JwkError::NotForVerification)),
        (r#","key_ops":[]"#, Some(JwkError::NotForVerification)),
        (r#","key_ops":["sign"]"#, Some(JwkError::NotForVerification)),
        (r#","key_ops":["Verify"]"#, Some(JwkError::NotForVerification)),
        (r#","use":"sig","key_ops":["encrypt"]"#, Some(JwkError::NotForVerification)),
        (r#","use":"enc","key_ops":["verify"]"#, Some(JwkError::NotForVerification)),
        (r#","use":null"#, Some(JwkError::Malformed)),
        (r#","use":["sig"]"#, Some(JwkError::Malformed)),
        (r#","key_ops":null"#, Some(JwkError::Malformed)),
        (r#","key_ops":"verify""#, Some(JwkError::Malformed)),
        (r#","key_ops":["verify",1]"#, Some(JwkError::Malformed)),
    ] {
        assert_eq!(Jwk::parse(&rsa(members)).err(), rejected, "{members}");
    }
}

#[test]
fn private_and_secret_members_are_rejected() {
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        for value in [r#""AA""#, r#""""#, "null", "[]"] {
            let member = format!(r#","{name}":{value}"#);
            assert_eq!(rejection(&rsa(&member)), JwkError::Private, "{member}");
        }
    }
    assert_eq!(rejection(&rsa(r#","\u0064":"AA""#)), JwkError::Private);
    assert_eq!(rejection(r#"{"kty":"oct","k":"AAAA"}"#), JwkError::Private);
    // RFC 8037 §A.1.
    let private = ED25519.replace('{', r#"{"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","#);
    assert_eq!(rejection(&private), JwkError::Private);
}

#[test]
fn a_key_is_one_strict_object() {
    let two_curves = P256.replace('{', r#"{"crv":"P-256","#);
    let nested = rsa(r#","x":{"a":1,"a":2}"#);
    let trailing = format!("{P256} {P256}");
    for json in ["", "null", r#""key""#, "[]", &two_curves, &nested, &trailing] {
        assert_eq!(rejection(json), JwkError::Malformed, "{json}");
    }
    for members in [r#","kid":1"#, r#","kid":null"#, r#","alg":256"#, r#","alg":null"#] {
        assert_eq!(rejection(&rsa(members)), JwkError::Malformed, "{members}");
    }
}

#[test]
fn a_key_id_is_optional() {
    assert_eq!(Jwk::parse(P256).unwrap().key_id(), None);
    assert_eq!(Jwk::parse(&rsa(r#","kid":"\u0061""#)).unwrap().key_id(), Some("a"));
}

#[test]
fn other_members_are_ignored() {
    let more = r#","x5c":["!"],"x5t":5,"x5u":"https://evil.example/","iat":1,"ext":true"#;
    assert_eq!(verification_key(&rsa(more), Algorithm::RS256), Ok(Algorithm::RS256));
}

#[test]
fn other_types_and_curves_are_unsupported() {
    let (x, y) = ("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA");
    for json in [
        r#"{"kty":"oct"}"#.to_owned(),
        r#"{"kty":"AKP","alg":"ML-DSA-65","pub":"AAAA"}"#.to_owned(),
        P256.replace("EC", "OKP"),
        P256.replace("EC", "ec"),
        P256.replace(r#""crv":"P-256","#, ""),
        ED25519.replace("OKP", "EC"),
        rsa("").replace("RSA", "EC"),
        ec("secp256k1", x, y),
        ec("P-256K", x, y),
        ec("p-256", x, y),
        ec("Ed25519", x, y),
        format!(r#"{{"kty":"OKP","crv":"P-256","x":"{x}"}}"#),
        format!(r#"{{"kty":"OKP","crv":"X25519","x":"{x}"}}"#),
        format!(r#"{{"kty":"OKP","crv":"Ed448","x":"{x}"}}"#),
    ] {
        assert_eq!(rejection(&json), JwkError::Unsupported, "{json}");
    }
}

#[test]
fn missing_and_mistyped_members_are_malformed() {
    let x = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs";
    for json in [
        "{}".to_owned(),
        r#"{"kty":"RSA"}"#.to_owned(),
        r#"{"kty":"RSA","n":5,"e":"AQAB"}"#.to_owned(),
        P256.replace("EC", "RSA"),
        P256.replace(r#""kty":"EC","#, ""),
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}"}}"#),
    ] {
        assert_eq!(rejection(&json), JwkError::Malformed, "{json}");
    }
}

#[test]
fn an_rsa_modulus_has_2048_to_8192_bits() {
    for size in [1024, 2040, 2047, 8193, 8200, 16384] {
        assert_eq!(rejection(&rsa_of(&odd(size), "AQAB")), JwkError::Value, "{size}");
    }
    for size in [2048, 2049, 3072, 4096, 8191, 8192] {
        let json = rsa_of(&odd(size), "AQAB");
        assert_eq!(verification_key(&json, Algorithm::RS256), Ok(Algorithm::RS256), "{size}");
        assert_eq!(verification_key(&json, Algorithm::PS512), Ok(Algorithm::PS512), "{size}");
    }
}

#[test]
fn rsa_numbers_are_odd_and_in_bounds() {
    let even = [odd(2048).as_slice(), &[0xfe]].concat();
    for json in [
        rsa_of(&even, "AQAB"),
        rsa_of(&[], "AQAB"),
        rsa_of(&[0; 256], "AQAB"),
        // Exponents: none, 0, 1, 2, 65538, 2^32 + 1.
        rsa_of(&odd(2048), ""),
        rsa_of(&odd(2048), "AA"),
        rsa_of(&odd(2048), "AQ"),
        rsa_of(&odd(2048), "Ag"),
        rsa_of(&odd(2048), "AQAC"),
        rsa_of(&odd(2048), "AQAAAAE"),
        // Not canonical base64url.
        rsa_of(&odd(2048), "AQAB="),
        rsa_of(&odd(2048), "AR"),
        rsa_of(&odd(2048), " AQAB"),
    ] {
        assert_eq!(rejection(&json), JwkError::Value, "{json}");
    }
    // 3, 17, 2^24 + 1.
    for exponent in ["Aw", "EQ", "AQAAAQ"] {
        let json = rsa_of(&odd(2048), exponent);
        assert_eq!(verification_key(&json, Algorithm::RS256), Ok(Algorithm::RS256), "{exponent}");
    }
}

#[test]
fn an_rsa_number_with_leading_zeros_gives_the_same_key_but_is_rejected_in_a_proof() {
    let with_zero = [&[0], odd(2048).as_slice()].concat();
    let canonical = Jwk::parse_canonical(&rsa_of(&odd(2048), "AQAB")).unwrap();
    for json in [rsa_of(&with_zero, "AQAB"), rsa_of(&odd(2048), "AAEAAQ")] {
        assert_eq!(Jwk::parse(&json).unwrap().thumbprint(), canonical.thumbprint(), "{json}");
        assert_eq!(Jwk::parse_canonical(&json).unwrap_err(), JwkError::Value, "{json}");
    }
}

#[test]
fn coordinates_have_the_size_of_the_field() {
    let (x, y) = ("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA");
    for json in [
        ec("P-256", "", ""),
        ec("P-256", "AA", "AA"),
        // x without its last octet, and x with an additional zero octet at the beginning. Then the same changes to y.
        ec("P-256", "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBA", y),
        ec("P-256", "AJfLRa4cft-LVd4USAkQ2PcwpA5aQYReNlEFH1lQFgRb", y),
        ec("P-256", x, "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRA"),
        ec("P-256", x, "APVROI3_zpP6OuM2005XLjSWox5rer_Uw1a1NAnbxkQw"),
        // Encodings of the same octets that are not canonical.
        ec("P-256", &format!("{x}="), y),
        ec("P-256", "l8tFrhx+34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", y),
        ec("P-256", "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFt", y),
        ec("P-384", x, y),
        ec("P-521", x, y),
        P384.replace("P-384", "P-256"),
        P521.replace("P-521", "P-384"),
        ed25519(""),
        ed25519("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"),
        ed25519("ANdamAGCsQq31Uv-08lkBzoO4XLz2qYjJa8CGmj3B1Ea"),
    ] {
        assert_eq!(rejection(&json), JwkError::Value, "{json}");
    }
    // A point on the curve, with a coordinate that begins with zero octets.
    let zeros =
        ec("P-256", "AAAAA_oV-WOUnV8DpvXH-G-eABXusjrrv_EXOTe6dI4", "EJmHIHDo6HxVX6E2Wcyl1_rc_LACPqiJVIykivK6fnE");
    assert_eq!(verification_key(&zeros, Algorithm::ES256), Ok(Algorithm::ES256));
    let shortened =
        zeros.replace("AAAAA_oV-WOUnV8DpvXH-G-eABXusjrrv_EXOTe6dI4", "A_oV-WOUnV8DpvXH-G-eABXusjrrv_EXOTe6dI4");
    assert_eq!(rejection(&shortened), JwkError::Value);
}

#[test]
fn points_off_the_curve_are_rejected() {
    let (x, y) = ("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA");
    let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let above_the_prime = "__________________________________________8";
    for (x, y) in [(y, x), (x, x), (x, zero), (zero, zero), (above_the_prime, y), (x, above_the_prime)] {
        assert_eq!(verification_key(&ec("P-256", x, y), Algorithm::ES256), Err(JwkError::Value), "{x} {y}");
    }
}

#[test]
fn weak_ed25519_points_are_rejected() {
    for x in [
        // Points of the orders 1, 2, 4, 8 and 8, each with both signs of x.
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
        "7P_______________________________________38",
        "7P________________________________________8",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
        "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
        "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_IU",
        "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
        "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA_o",
        // The prime, the prime + 1, 2^255 - 1, and 2^255 - 1 with the sign bit.
        "7f_______________________________________38",
        "7v_______________________________________38",
        "_________________________________________38",
        "__________________________________________8",
    ] {
        assert_eq!(rejection(&ed25519(x)), JwkError::Value, "{x}");
    }
}

#[test]
fn no_signature_verifies_with_an_ed25519_point_off_the_curve() {
    // No point of the curve has the y coordinate 2 or 7.
    for x in ["AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let key = Jwk::parse(&ed25519(x)).unwrap().verification_key(Algorithm::EdDSA).unwrap();
        for signature in [[0; 64], [0xff; 64], std::array::from_fn(|index| u8::from(index == 0))] {
            assert!(!key.verifies(&SigningInput::of(b""), &signature), "{x}");
        }
    }
}

#[test]
fn thumbprints_are_those_in_the_rfcs() {
    let table = [
        // RFC 7638 §3.1, RFC 8037 §A.3, RFC 9449 §6.1.
        (rsa(r#","alg":"RS256","kid":"2011-04-29""#), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        (ED25519.to_owned(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
        (P256.to_owned(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"),
        (P384.to_owned(), "vA1jjRof0nun04D9IUSFJkfrULKR4vocVmU8xRJAbXU"),
        (P521.to_owned(), "u5YUSjQ2-2chBi51NSk3t3g7IM4o2KYcnPqPtCNGd3U"),
    ];
    for (json, expected) in table {
        assert_eq!(Jwk::parse(&json).unwrap().thumbprint().to_string(), expected);
    }
}

#[test]
fn a_thumbprint_depends_only_on_the_value() {
    let thumbprint = |json: &str| Jwk::parse(json).unwrap().thumbprint();
    let otherwise = r#" { "y" : "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA", "use":"sig", "\u0063rv":"P-\u0032\u0035\u0036",
        "x" : "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "kid":"1", "alg":"ES256", "kty":"EC" } "#;
    assert_eq!(thumbprint(otherwise), thumbprint(P256));
    assert_ne!(thumbprint(&rsa_of(&odd(2048), "AQAB")), thumbprint(&rsa_of(&odd(2048), "Aw")));
}
