//! JWE Compact Serialization ([RFC 7516 §7.1](https://www.rfc-editor.org/rfc/rfc7516#section-7.1)).

use super::JweError;
use super::header::JweHeader;
use super::sealed::{IV_OCTETS, Sealed, TAG_OCTETS};
use crate::base64url;

/// An encrypted token whose form is checked: everything that can be checked without a key.
#[derive(Debug)]
pub(crate) struct Jwe {
    pub(super) header: JweHeader,
    pub(super) sealed: Sealed,
}

impl Jwe {
    /// Reads a text of five parts. Returns `None` if the text has another number of parts. The caller must limit the size
    /// of the text before.
    pub(crate) fn read(compact: &str) -> Result<Option<Self>, JweError> {
        parts(compact).map(Self::of).transpose()
    }

    fn of([header, encrypted_key, iv, ciphertext, tag]: [&str; 5]) -> Result<Self, JweError> {
        let authenticated = bounded("header", header, LONGEST_HEADER)?.as_bytes().to_vec();
        let header = JweHeader::parse(decode("header", header)?)?;
        let encrypted_key = decode("encrypted key", bounded("encrypted key", encrypted_key, LONGEST_ENCRYPTED_KEY)?)?;
        // RFC 7518 §5.3: the IV has 96 bits, and the tag has 128 bits.
        let (mut nonce, mut authentication_tag) = ([0; IV_OCTETS], [0; TAG_OCTETS]);
        decode_exactly("initialization vector", iv, &mut nonce)?;
        decode_exactly("authentication tag", tag, &mut authentication_tag)?;
        let ciphertext = decode("ciphertext", ciphertext)?;
        if ciphertext.is_empty() {
            return Err(JweError::Part { part: "ciphertext" });
        }
        let algorithm = header.algorithm;
        let sealed = Sealed { algorithm, authenticated, encrypted_key, iv: nonce, ciphertext, tag: authentication_tag };
        Ok(Self { header, sealed })
    }

    /// The parts that the private key decrypts.
    pub(crate) fn into_sealed(self) -> Sealed {
        self.sealed
    }
}

/// Splits a text with exactly four dots.
fn parts(compact: &str) -> Option<[&str; 5]> {
    // Most tokens are not encrypted, so the dots are counted before anything else. The fifth dot ends the search.
    if memchr::memchr_iter(b'.', compact.as_bytes()).take(5).count() != 4 {
        return None;
    }
    let mut parts = compact.split('.');
    let mut next = || parts.next();
    Some([next()?, next()?, next()?, next()?, next()?])
}

fn bounded<'t>(part: &'static str, text: &'t str, longest: usize) -> Result<&'t str, JweError> {
    if text.len() <= longest { Ok(text) } else { Err(JweError::Part { part }) }
}

fn decode(part: &'static str, text: &str) -> Result<Vec<u8>, JweError> {
    base64url::decode(text).ok_or(JweError::Part { part })
}

fn decode_exactly(part: &'static str, text: &str, octets: &mut [u8]) -> Result<(), JweError> {
    base64url::decode_exactly(text, octets).ok_or(JweError::Part { part })
}

/// In characters of base64url. A header with its `kid` has about 150. The limit is a choice of this crate.
const LONGEST_HEADER: usize = 2048;
/// In characters of base64url: the 1024 octets of the largest RSA key, with 8192 bits.
const LONGEST_ENCRYPTED_KEY: usize = 1366;
