#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test may panic")]

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{OaepPublicEncryptingKey, PrivateDecryptingKey};

use super::algorithm::KeyEncryption;
use super::held_keys::MOST_ATTEMPTS;
use super::*;
use crate::base64url;
use crate::jose::JsonError;
use crate::jose::key_pair::KeyPair;
use crate::jose::pem::PrivatePem;

const PEM: &str = include_str!("../../testdata/keys/rsa-pkcs8.pem");
const PKCS1: &str = include_str!("../../testdata/keys/rsa-pkcs1.pem");
const JWK: &str = include_str!("../../testdata/keys/rsa.jwk.json");
const HEADER: &str = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#;
const CONTENT_KEY: [u8; 32] = [7; 32];

/// An encrypted text, part by part, so that a test can change one.
#[derive(Clone)]
struct Parts([String; 5]);

impl Parts {
    /// Encrypts a text with the public half of the key, by RSA-OAEP-256.
    fn sealed(header: &str, content_key: &[u8], content: &str) -> Self {
        let key = wrapped(content_key, KeyEncryption::RsaOaep256);
        Self::around(header, &key, content_key, content)
    }

    fn around(header: &str, encrypted_key: &[u8], content_key: &[u8], content: &str) -> Self {
        let header = base64url::encode(header.as_bytes());
        let padded: Vec<u8> = content_key.iter().copied().chain([0; 32]).take(32).collect();
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &padded).unwrap());
        let mut octets = content.as_bytes().to_vec();
        let nonce = Nonce::assume_unique_for_key([9; 12]);
        let tag = key.seal_in_place_separate_tag(nonce, Aad::from(header.as_bytes()), &mut octets).unwrap();
        let [encrypted_key, iv, ciphertext, tag] =
            [encrypted_key, &[9; 12], &octets, tag.as_ref()].map(base64url::encode);
        Self([header, encrypted_key, iv, ciphertext, tag])
    }

    fn with(&self, part: usize, text: impl Into<String>) -> Self {
        let mut changed = self.clone();
        changed.0[part] = text.into();
        changed
    }

    fn compact(&self) -> String {
        self.0.join(".")
    }
}

fn wrapped(content_key: &[u8], algorithm: KeyEncryption) -> Vec<u8> {
    let pem = PrivatePem::read(PEM).unwrap();
    let Some(KeyPair::Rsa(pair)) = KeyPair::decode(pem.kind, &pem.der) else { unreachable!("the key is an RSA key") };
    let private = PrivateDecryptingKey::from_pkcs8(pair.as_der().unwrap().as_ref()).unwrap();
    let public = OaepPublicEncryptingKey::new(private.public_key()).unwrap();
    let mut output = vec![0; public.ciphertext_size()];
    public.encrypt(algorithm.implementation(), content_key, &mut output, None).unwrap().to_vec()
}

fn key() -> DecryptionKey {
    DecryptionKey::from_pem(PEM).unwrap()
}

fn open(compact: &str, keys: Vec<DecryptionKey>) -> Result<Box<str>, JweError> {
    let jwe = Jwe::read(compact)?.unwrap();
    let keys = HeldKeys::new(keys).unwrap().find(&jwe)?;
    jwe.into_sealed().decrypt(&keys)
}

fn good() -> Parts {
    Parts::sealed(HEADER, &CONTENT_KEY, "a.b.c")
}

#[test]
fn each_algorithm_decrypts() {
    for name in ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"] {
        let algorithm = KeyEncryption::named(name).unwrap();
        let header = format!(r#"{{"alg":"{name}","enc":"A256GCM"}}"#);
        let sealed = Parts::around(&header, &wrapped(&CONTENT_KEY, algorithm), &CONTENT_KEY, "a.b.c");
        for read in [
            DecryptionKey::from_pem(PEM),
            DecryptionKey::from_pem(PKCS1),
            DecryptionKey::from_jwk(&purposed(r#""kid":"k""#)),
        ] {
            assert_eq!(open(&sealed.compact(), vec![read.unwrap()]).as_deref(), Ok("a.b.c"), "{name}");
        }
    }
}

#[test]
fn only_three_algorithms_with_one_encryption_are_accepted() {
    for (alg, enc) in [
        ("RSA1_5", "A256GCM"),
        ("RSA-OAEP", "A256GCM"),
        ("dir", "A256GCM"),
        ("PBES2-HS256+A128KW", "A256GCM"),
        ("A256KW", "A256GCM"),
        ("A256GCMKW", "A256GCM"),
        ("ECDH-ES", "A256GCM"),
        ("ECDH-ES+A256KW", "A256GCM"),
        ("none", "A256GCM"),
        ("RS256", "A256GCM"),
        ("rsa-oaep-256", "A256GCM"),
        ("RSA-OAEP-256 ", "A256GCM"),
        ("RSA-OAEP-256", "A128GCM"),
        ("RSA-OAEP-256", "A192GCM"),
        ("RSA-OAEP-256", "A256CBC-HS512"),
        ("RSA-OAEP-256", "a256gcm"),
        ("RSA-OAEP-256", ""),
        ("", "A256GCM"),
    ] {
        let header = format!(r#"{{"alg":"{alg}","enc":"{enc}"}}"#);
        assert_eq!(read(&header), Err(JweError::Algorithm), "{header}");
    }
    for header in [r#"{"enc":"A256GCM"}"#, r#"{"alg":"RSA-OAEP-256"}"#, "{}"] {
        assert_eq!(read(header), Err(JweError::Algorithm), "{header}");
    }
}

#[test]
fn a_header_is_strict() {
    let member = |member| JweError::HeaderMember { member };
    let with_kid = |octets| format!(r#"{{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"{}"}}"#, "k".repeat(octets));
    for (header, error) in [
        (r#"{"alg":"dir","alg":"RSA-OAEP-256","enc":"A256GCM"}"#, JweError::Header(JsonError::DuplicateMember)),
        (r#"{"alg":"RSA-OAEP-256","\u0061lg":"dir","enc":"A256GCM"}"#, JweError::Header(JsonError::DuplicateMember)),
        (r#"["RSA-OAEP-256"]"#, JweError::Header(JsonError::NotAnObject)),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}{}"#, JweError::Header(JsonError::NotAnObject)),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"DEF"}"#, JweError::Extension),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","zip":null}"#, JweError::Extension),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","crit":["exp"],"exp":1}"#, JweError::Extension),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","\u0063rit":[]}"#, JweError::Extension),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWE"}"#, JweError::ContentType),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":""}"#, JweError::ContentType),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":1}"#, member("cty")),
        (r#"{"alg":["RSA-OAEP-256"],"enc":"A256GCM"}"#, member("alg")),
        (r#"{"alg":"RSA-OAEP-256","enc":null}"#, member("enc")),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":7}"#, member("kid")),
        (r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"\ud800"}"#, member("kid")),
        (&with_kid(257), member("kid")),
    ] {
        assert_eq!(read(header), Err(error), "{header}");
    }
    for header in [
        r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}"#,
        r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"application/at+jwt"}"#,
        &with_kid(256),
        r#"{"alg":"RSA-OAEP-512","enc":"A256GCM","typ":"JWT","jku":"https://evil.example/","iss":"https://evil.example/"}"#,
    ] {
        assert_eq!(read(header), Ok(()), "{header}");
    }
}

fn read(header: &str) -> Result<(), JweError> {
    Jwe::read(&good().with(0, base64url::encode(header.as_bytes())).compact()).map(|_| ())
}

#[test]
fn each_part_has_its_length_and_is_canonical() {
    let good = good();
    let octets = |count: usize| base64url::encode(&vec![1; count]);
    for (index, part, texts) in [
        (0, "header", vec!["=".to_owned(), "eyJh bGciOiJ9".to_owned(), "A".repeat(2052)]),
        (1, "encrypted key", vec!["AB".to_owned(), "+/8".to_owned(), octets(1025), "A".repeat(16_000)]),
        (
            2,
            "initialization vector",
            vec![String::new(), octets(11), octets(13), octets(16), format!("{}=", octets(12))],
        ),
        (3, "ciphertext", vec![String::new(), "AB".to_owned(), "A".to_owned()]),
        (4, "authentication tag", vec![String::new(), octets(15), octets(17), octets(12), octets(4096)]),
    ] {
        for text in texts {
            let changed = good.with(index, text.clone()).compact();
            assert_eq!(Jwe::read(&changed).unwrap_err(), JweError::Part { part }, "{text}");
        }
    }
    assert!(Jwe::read(&good.with(1, "").compact()).unwrap().is_some(), "no key has this length");
}

#[test]
fn other_numbers_of_parts_are_not_encrypted_texts() {
    let four_dots = good().compact();
    for text in ["", "a", "a.b.c", "a.b.c.d", &format!("{four_dots}."), &".".repeat(16_384), r#"{"protected":"e30"}"#] {
        assert!(matches!(Jwe::read(text), Ok(None)), "{text:.20}");
    }
}

#[test]
fn nothing_tells_why_a_decryption_failed() {
    let good = good();
    let changed = |part: usize| {
        let text = &good.0[part];
        let (first, rest) = text.split_at(1);
        good.with(part, format!("{}{rest}", if first == "B" { "C" } else { "B" }))
    };
    let header = good.with(0, base64url::encode(HEADER.replace("256GCM\"", "256GCM\",\"typ\":\"JWT\"").as_bytes()));
    let other_hash = Parts::around(HEADER, &wrapped(&CONTENT_KEY, KeyEncryption::RsaOaep512), &CONTENT_KEY, "a.b.c");
    let key_of = |octets: usize| Parts::sealed(HEADER, &vec![7; octets], "a.b.c");
    for (what, text) in [
        ("another header", header),
        ("another encrypted key", changed(1)),
        ("another IV", changed(2)),
        ("another ciphertext", changed(3)),
        ("another tag", changed(4)),
        ("a padding with another hash", other_hash),
        ("an encrypted key of zeros", good.with(1, base64url::encode(&[0; 256]))),
        ("an encrypted key above the modulus", good.with(1, base64url::encode(&[255; 256]))),
        ("an encrypted key of another length", good.with(1, base64url::encode(&[1; 255]))),
        ("an encrypted key for a longer modulus", good.with(1, base64url::encode(&[1; 384]))),
        ("no encrypted key", good.with(1, "")),
        ("a content key of 0 octets", key_of(0)),
        ("a content key of 16 octets", key_of(16)),
        ("a content key of 31 octets", key_of(31)),
        ("a content key of 33 octets", key_of(33)),
    ] {
        assert_eq!(open(&text.compact(), vec![key()]), Err(JweError::Decryption), "{what}");
    }
    assert!(open(&good.compact(), vec![key()]).is_ok());
}

#[test]
fn the_content_is_a_signed_text() {
    for content in ["a", "a.b", "a.b.c.d", "a.b.c.d.e", &good().compact()] {
        let sealed = Parts::sealed(HEADER, &CONTENT_KEY, content);
        assert_eq!(open(&sealed.compact(), vec![key()]), Err(JweError::Content), "{content:.20}");
    }
}

#[test]
fn a_kid_names_exactly_one_key() {
    let named = |kid: &str| Parts::sealed(&HEADER.replace('}', &format!(r#","kid":"{kid}"}}"#)), &CONTENT_KEY, "a.b.c");
    let with = |kid: &str| key().with_key_id(kid);
    assert!(open(&named("one").compact(), vec![with("two"), with("one")]).is_ok());
    for keys in [vec![with("two")], vec![with("ONE")], vec![key()], vec![with("one ")]] {
        assert_eq!(open(&named("one").compact(), keys), Err(JweError::KeyUnknown));
    }
    // A token without a kid may be for any key.
    assert!(open(&good().compact(), vec![with("one")]).is_ok());
}

#[test]
fn without_a_kid_at_most_two_keys_are_tried() {
    let other = || PrivateDecryptingKey::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let other = || {
        let der = other().as_der().unwrap();
        let body = base64_simd::STANDARD.encode_to_string(der.as_ref());
        DecryptionKey::from_pem(&format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----")).unwrap()
    };
    let (one, two) = (other(), other());
    let text = good().compact();
    assert!(open(&text, vec![key(), one.clone(), two.clone()]).is_ok());
    assert!(open(&text, vec![one.clone(), key(), two.clone()]).is_ok());
    assert_eq!(open(&text, vec![one, two, key()]), Err(JweError::Decryption));
    assert_eq!(MOST_ATTEMPTS, 2);
}

#[test]
fn a_key_for_one_algorithm_is_not_used_with_another() {
    let jwk = |alg: &str| DecryptionKey::from_jwk(&purposed(&format!(r#""alg":"{alg}""#)));
    assert!(open(&good().compact(), vec![jwk("RSA-OAEP-256").unwrap()]).is_ok());
    assert_eq!(open(&good().compact(), vec![jwk("RSA-OAEP-384").unwrap()]), Err(JweError::Decryption));
    for alg in ["RSA-OAEP", "RSA1_5", "RS256", "A256GCM"] {
        assert_eq!(jwk(alg).unwrap_err(), DecryptionKeyError::Unsupported, "{alg}");
    }
}

/// The JWK of the tests with another member, and without its own `alg` and `use`.
fn purposed(member: &str) -> String {
    let mut jwk: serde_json::Map<String, serde_json::Value> = serde_json::from_str(JWK).unwrap();
    for name in ["alg", "use", "key_ops", "kid"] {
        jwk.remove(name);
    }
    serde_json::to_string(&jwk).unwrap().replacen('{', &format!("{{{member},"), 1)
}

#[test]
fn a_jwk_must_be_an_rsa_key_for_decryption() {
    let read = |member: &str| DecryptionKey::from_jwk(&purposed(member)).map(|key| key.bits());
    for member in [r#""use":"enc""#, r#""key_ops":["unwrapKey"]"#, r#""key_ops":["sign","decrypt"]"#, r#""x":1"#] {
        assert_eq!(read(member), Ok(2048), "{member}");
    }
    for (member, error) in [
        (r#""use":"sig""#, DecryptionKeyError::NotForDecryption),
        (r#""use":"ENC""#, DecryptionKeyError::NotForDecryption),
        (r#""key_ops":["sign"]"#, DecryptionKeyError::NotForDecryption),
        (r#""key_ops":[]"#, DecryptionKeyError::NotForDecryption),
        (r#""key_ops":"decrypt""#, DecryptionKeyError::Encoding),
        (r#""use":1"#, DecryptionKeyError::Encoding),
        (r#""kid":1"#, DecryptionKeyError::Encoding),
        (r#""oth":[]"#, DecryptionKeyError::Unsupported),
        (r#""n":"AQAB""#, DecryptionKeyError::Encoding),
    ] {
        assert_eq!(read(member), Err(error), "{member}");
    }
    assert_eq!(DecryptionKey::from_jwk(&purposed(r#""kid":"k""#)).unwrap().key_id(), Some("k"));
    let p256 = include_str!("../../testdata/keys/p256.jwk.json");
    assert_eq!(DecryptionKey::from_jwk(p256).unwrap_err(), DecryptionKeyError::Unsupported);
    for (changed, error) in [
        (r#"{"kty":"RSA"}"#.to_owned(), DecryptionKeyError::Encoding),
        ("{}".to_owned(), DecryptionKeyError::Unsupported),
        ("nonsense".to_owned(), DecryptionKeyError::Encoding),
        (JWK.replace("\"e\"", "\"f\""), DecryptionKeyError::Encoding),
        (JWK.replace("AQAB", "AQAD"), DecryptionKeyError::Value),
    ] {
        assert_eq!(DecryptionKey::from_jwk(&changed).unwrap_err(), error, "{changed:.60}");
    }
}

#[test]
fn a_pem_must_be_an_rsa_key_of_2048_bits_or_more() {
    assert_eq!(DecryptionKey::from_pem(PEM).unwrap().bits(), 2048);
    for pem in [
        include_str!("../../testdata/keys/rsa-1024.pem"),
        include_str!("../../testdata/keys/p256-pkcs8.pem"),
        include_str!("../../testdata/keys/ed25519.pem"),
    ] {
        assert_eq!(DecryptionKey::from_pem(pem).unwrap_err(), DecryptionKeyError::Unsupported);
    }
    for text in ["", "nonsense", JWK, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
        assert_eq!(DecryptionKey::from_pem(text).unwrap_err(), DecryptionKeyError::Encoding);
    }
}

#[test]
fn keys_that_cannot_be_used_together_are_reported() {
    let with = |kid: &str| key().with_key_id(kid);
    assert!(HeldKeys::new(vec![with("a"), with("b"), key(), key()]).is_ok());
    for (keys, problem) in [
        (vec![], HeldKeysProblem::Empty),
        (vec![with("a"), with("a")], HeldKeysProblem::KeyIdRepeated),
        (vec![with("")], HeldKeysProblem::KeyId),
        (vec![with(&"k".repeat(257))], HeldKeysProblem::KeyId),
    ] {
        assert_eq!(HeldKeys::new(keys).unwrap_err(), problem);
    }
}

#[test]
fn debug_shows_the_kid_and_the_size_only() {
    assert_eq!(format!("{:?}", key().with_key_id("k")), r#"DecryptionKey { key_id: Some("k"), bits: 2048, .. }"#);
    let sealed = Jwe::read(&good().compact()).unwrap().unwrap().into_sealed();
    assert_eq!(format!("{sealed:?}"), "Sealed { algorithm: RsaOaep256, .. }");
}

/// [RFC 7516 §A](https://www.rfc-editor.org/rfc/rfc7516#appendix-A): RSA-OAEP with SHA-1, `RSA1_5`, A128KW, and the JSON
/// serialization.
#[test]
fn the_examples_of_the_rfc_are_rejected() {
    for compact in [
        "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.\
         OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb\
         23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfq\
         Nzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6Ukl\
         fCpIMfIjf7iGdXKHzg.48V1_ALb6US04U3b.\
         5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A.XFBoMYUZodetZdvTiFvSkQ",
        "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.\
         UGhIOguC7IuEvf_NPVaXsGMoLOmwvc1GyqlIKOK1nN94nHPoltGRhWhw7Zx0-kFm1NJn8LE9XShH59_i8J0PH5ZZyNfGy2xGdULU7sHNF6Gp\
         2vPLgNZ__deLKxGHZ7PcHALUzoOegEI-8E66jX2E4zyJKx-YxzZIItRzC5hlRirb6Y5Cl_p-ko3YvkkysZIFNPccxRU7qve1WYPxqbb2Yw8k\
         Zqa2rMWI5ng8OtvzlV7elprCbuPhcCdZ6XDP0_F8rkXds2vE4X-ncOIM8hAYHHi29NX0mcKiRaD0-D-ljQTP-cFPgwCp6X-nZZd9OHBv-B3o\
         Wh2TbqmScqXMR4gp_A.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.9hH0vgRfYgPnAHOd8stkvw",
        "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.\
         AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ",
    ] {
        assert_eq!(Jwe::read(compact).unwrap_err(), JweError::Algorithm);
    }
    let json = r#"{"protected":"eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0","recipients":[{"header":{"alg":"RSA1_5"}}]}"#;
    assert!(matches!(Jwe::read(json), Ok(None)));
}
