//! The decryption ([RFC 7516 §5.2](https://www.rfc-editor.org/rfc/rfc7516#section-5.2)).

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand;
use secrecy::zeroize::Zeroizing;

use super::algorithm::KeyEncryption;
use super::{DecryptionKey, JweError};

/// The parts of an encrypted token, each with the length that it must have.
pub(crate) struct Sealed {
    pub(super) algorithm: KeyEncryption,
    /// The encoded header, which the tag authenticates.
    pub(super) authenticated: Vec<u8>,
    pub(super) encrypted_key: Vec<u8>,
    pub(super) iv: [u8; IV_OCTETS],
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: [u8; TAG_OCTETS],
}

pub(super) type ContentKey = Zeroizing<[u8; CONTENT_KEY_OCTETS]>;

impl Sealed {
    /// Decrypts the token with one of the keys, and returns the signed JWT. The caller limits the number of keys: each
    /// costs an operation with a private key.
    pub(crate) fn decrypt(&self, keys: &[DecryptionKey]) -> Result<Box<str>, JweError> {
        let content = keys.iter().find_map(|key| self.content(&self.content_key(key)?)).ok_or(JweError::Decryption)?;
        let jwt = String::from_utf8(content).map_err(|_| JweError::Content)?;
        // A JWS has two dots. In particular, the content is not encrypted again: one token costs one decryption.
        let is_jws = memchr::memchr_iter(b'.', jwt.as_bytes()).take(3).count() == 2;
        if is_jws { Ok(jwt.into()) } else { Err(JweError::Content) }
    }

    /// Unwraps the content key.
    ///
    /// If the key cannot be unwrapped, or has a wrong length, the result is a random key, and the content is decrypted
    /// with it ([RFC 7516 §11.5](https://www.rfc-editor.org/rfc/rfc7516#section-11.5)). So a token with a wrong padding
    /// takes the same way, and as long, as a token with a wrong tag. The random key is always made, and first, because
    /// its cost would otherwise tell the two apart.
    ///
    /// Returns `None` if the system has no random numbers.
    fn content_key(&self, key: &DecryptionKey) -> Option<ContentKey> {
        let mut content_key = ContentKey::default();
        rand::fill(&mut *content_key).ok()?;
        let mut output = Zeroizing::new(vec![0; key.modulus_octets()]);
        let unwrapped = key.unwrap_key(self.algorithm, &self.encrypted_key, &mut output);
        if let Some(unwrapped) = unwrapped.filter(|unwrapped| unwrapped.len() == CONTENT_KEY_OCTETS) {
            content_key.copy_from_slice(unwrapped);
        }
        Some(content_key)
    }

    /// Decrypts the content, and checks the tag. Returns nothing of the content if the tag is wrong.
    pub(super) fn content(&self, key: &ContentKey) -> Option<Vec<u8>> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &**key).ok()?);
        let nonce = Nonce::assume_unique_for_key(self.iv);
        let mut content = vec![0; self.ciphertext.len()];
        let aad = Aad::from(&self.authenticated);
        key.open_separate_gather(nonce, aad, &self.ciphertext, &self.tag, &mut content).ok()?;
        Some(content)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// RFC 7518 §5.3: A256GCM has a key of 256 bits.
const CONTENT_KEY_OCTETS: usize = 32;
/// RFC 7518 §5.3.
pub(super) const IV_OCTETS: usize = 12;
/// RFC 7518 §5.3.
pub(super) const TAG_OCTETS: usize = 16;
