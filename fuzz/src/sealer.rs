//! Encrypts any text for the API.

use std::sync::LazyLock;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Encrypts for a key of the tests of core, always with the same content key.
pub struct Sealer;

impl Sealer {
    /// The private key of the API, as PEM.
    pub fn private_key() -> &'static str {
        include_str!("../../crates/auth0-api-core/src/testdata/keys/rsa-pkcs8.pem")
    }

    /// The content key, encrypted by RSA-OAEP-256, in base64url.
    pub fn encrypted_key() -> String {
        static ENCRYPTED: LazyLock<String> = LazyLock::new(|| {
            let body: String = Sealer::private_key().lines().filter(|line| !line.starts_with('-')).collect();
            let der = STANDARD.decode(body).expect("base64 of a key");
            let key = PrivateDecryptingKey::from_pkcs8(&der).expect("an RSA key");
            let key = OaepPublicEncryptingKey::new(key.public_key()).expect("its public half");
            let mut encrypted = vec![0; key.ciphertext_size()];
            key.encrypt(&OAEP_SHA256_MGF1SHA256, &CONTENT_KEY, &mut encrypted, None).expect("an encrypted key");
            URL_SAFE_NO_PAD.encode(encrypted)
        });
        ENCRYPTED.clone()
    }

    /// An encrypted compact text with any header and any content.
    pub fn seal(header: &[u8], content: &[u8]) -> String {
        let (header, mut octets) = (URL_SAFE_NO_PAD.encode(header), content.to_vec());
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &CONTENT_KEY).expect("a content key"));
        let nonce = Nonce::assume_unique_for_key(IV);
        let tag = key.seal_in_place_separate_tag(nonce, Aad::from(header.as_bytes()), &mut octets).expect("a tag");
        let [iv, octets, tag] = [IV.as_slice(), &octets, tag.as_ref()].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}.{}.{iv}.{octets}.{tag}", Self::encrypted_key())
    }
}

const CONTENT_KEY: [u8; 32] = [7; 32];
const IV: [u8; 12] = [9; 12];
