//! The key that all replicas of a server share.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A key that all replicas of a server share. It seals the links and the cookies of [`ConnectAccounts`], and the ids of
/// [`Sessions`], so that each replica can continue what another one began, without a common store.
///
/// Give every replica the same secret: at least 32 random octets, for example the output of `openssl rand -base64 32`.
/// `Debug` does not show it.
///
/// ```
/// use auth0_api_mcp::SharedKey;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = SharedKey::new("y5mgl7SuYrJk4HPSwXrKnlcMVbCPFXgsbfWbWxLfcZk=")?;
/// // While a secret is replaced, also accept what the old one has sealed.
/// let key = key.accept("0QnlXrkfvd7+nVdYHzIlI9p6dmaKDQxQJnZDGqu5vmo=")?;
/// assert!(SharedKey::new("too short").is_err());
/// # _ = key;
/// # Ok(())
/// # }
/// ```
///
/// [`ConnectAccounts`]: crate::connect::ConnectAccounts
/// [`Sessions`]: crate::session::Sessions
#[derive(Clone)]
pub struct SharedKey {
    /// Seals, and opens.
    current: Arc<Keys>,
    /// Only opens.
    accepted: Vec<Arc<Keys>>,
}

/// Why a secret cannot be a [`SharedKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SharedKeyError {
    /// The secret has fewer than 32 octets.
    #[error("the secret of a shared key needs at least 32 octets")]
    TooShort,
    /// The system provides no random numbers.
    #[error("the system provides no random numbers")]
    Random,
}

/// The keys that are derived from one secret, each for one use.
struct Keys {
    seal: RandomizedNonceKey,
    tag: hmac::Key,
}

impl SharedKey {
    /// Makes a key of a secret with at least 32 octets.
    ///
    /// # Errors
    ///
    /// [`SharedKeyError::TooShort`].
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, SharedKeyError> {
        Ok(Self { current: Keys::of(secret.as_ref())?, accepted: Vec::new() })
    }

    /// Makes a random key, for a server with one process: what it has sealed ends with the process.
    ///
    /// # Errors
    ///
    /// [`SharedKeyError::Random`].
    pub fn generate() -> Result<Self, SharedKeyError> {
        let mut secret = [0; LEAST_OCTETS];
        rand::fill(&mut secret).map_err(|_| SharedKeyError::Random)?;
        Self::new(secret)
    }

    /// Also opens what this secret has sealed. To replace a secret, first let every replica accept the new one, then seal
    /// with the new one and accept the old one, and remove the old
    /// one after an hour, which ends the sessions that the old one has tagged.
    ///
    /// # Errors
    ///
    /// [`SharedKeyError::TooShort`].
    pub fn accept(mut self, secret: impl AsRef<[u8]>) -> Result<Self, SharedKeyError> {
        self.accepted.push(Keys::of(secret.as_ref())?);
        Ok(self)
    }

    /// Encrypts a value as a text for URLs and cookies. A text for one purpose cannot be opened for another.
    pub(crate) fn seal<T: Serialize>(&self, purpose: &str, value: &T) -> Option<String> {
        let mut octets = serde_json::to_vec(value).ok()?;
        // Spaces after JSON change nothing. With them, the length of the text hardly says anything about the value.
        octets.resize(octets.len().next_multiple_of(BLOCK), b' ');
        let nonce = self.current.seal.seal_in_place_append_tag(Aad::from(purpose.as_bytes()), &mut octets).ok()?;
        Some(BASE64URL.encode_to_string([&nonce.as_ref()[..], &octets].concat()))
    }

    /// Opens a sealed text. Returns `None` if it was sealed with another key or for another purpose, or was changed.
    pub(crate) fn open<T: DeserializeOwned>(&self, purpose: &str, text: &str) -> Option<T> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let octets = BASE64URL.decode_to_vec(text).ok()?;
        let (nonce, sealed) = octets.split_first_chunk()?;
        self.all().find_map(|keys| {
            let mut sealed = sealed.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let opened = keys.seal.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut sealed).ok()?;
            serde_json::from_slice(opened).ok()
        })
    }

    /// Returns a tag that proves that a server with this key has seen these parts together.
    pub(crate) fn tag(&self, parts: &[&str]) -> String {
        BASE64URL.encode_to_string(hmac::sign(&self.current.tag, &joined(parts)))
    }

    /// Returns whether this is a tag of these parts. The comparison takes the same time for each wrong tag.
    pub(crate) fn has_tagged(&self, parts: &[&str], tag: &str) -> bool {
        let tag = if tag.len() > LONGEST_TAG { None } else { BASE64URL.decode_to_vec(tag).ok() };
        tag.is_some_and(|tag| self.all().any(|keys| hmac::verify(&keys.tag, &joined(parts), &tag).is_ok()))
    }

    fn all(&self) -> impl Iterator<Item = &Keys> {
        std::iter::once(&self.current).chain(&self.accepted).map(|keys| &**keys)
    }
}

impl Keys {
    fn of(secret: &[u8]) -> Result<Arc<Self>, SharedKeyError> {
        if secret.len() < LEAST_OCTETS {
            return Err(SharedKeyError::TooShort);
        }
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = |purpose: &str| hmac::sign(&secret, purpose.as_bytes());
        let seal = RandomizedNonceKey::new(&AES_256_GCM, derived("auth0-api-mcp seal").as_ref());
        let tag = hmac::Key::new(hmac::HMAC_SHA256, derived("auth0-api-mcp tag").as_ref());
        // AES-256 takes every key of 32 octets, which is the length of SHA-256.
        Ok(Arc::new(Self { seal: seal.map_err(|_| SharedKeyError::TooShort)?, tag }))
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey([redacted])")
    }
}

/// The length of each part precedes the part, so that different parts never result in the same octets.
pub(crate) fn joined(parts: &[&str]) -> Vec<u8> {
    parts.iter().flat_map(|part| part.len().to_be_bytes().into_iter().chain(part.bytes())).collect()
}

/// As many as the keys that are derived.
const LEAST_OCTETS: usize = 32;
/// Two links for different people usually have the same length.
const BLOCK: usize = 256;
/// No cookie and no link is longer. Servers accept about this much in one header.
const LONGEST_TEXT: usize = 8 * 1024;
/// SHA-256 in base64url has 43 characters.
const LONGEST_TAG: usize = 64;

#[cfg(test)]
#[expect(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    fn key(octet: u8) -> SharedKey {
        SharedKey::new([octet; 32]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_for_the_same_purpose() {
        let sealed = key(1).seal("link", &"auth0|ada").unwrap();
        assert_eq!(key(1).open::<String>("link", &sealed).as_deref(), Some("auth0|ada"));
        assert_eq!(key(1).open::<String>("cookie", &sealed), None);
        assert_eq!(key(2).open::<String>("link", &sealed), None);
        let replaced = key(2).accept([1; 32]).unwrap();
        assert_eq!(replaced.open::<String>("link", &sealed).as_deref(), Some("auth0|ada"));
    }

    #[test]
    fn a_changed_text_does_not_open() {
        let sealed = key(1).seal("link", &"auth0|ada").unwrap();
        for at in [0, 20, sealed.len() - 1] {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(key(1).open::<String>("link", &String::from_utf8(changed).unwrap()), None, "{at}");
        }
        for text in ["", "AAAA", "ä", &"A".repeat(9000), &sealed[..sealed.len() - 4]] {
            assert_eq!(key(1).open::<String>("link", text), None, "{text}");
        }
    }

    #[test]
    fn a_sealed_text_says_nothing() {
        let (ada, bob) = (key(1).seal("link", &"auth0|ada"), key(1).seal("link", &"google-oauth2|1234567890"));
        assert_eq!(ada.as_ref().map(String::len), bob.map(|bob| bob.len()));
        assert_ne!(ada, key(1).seal("link", &"auth0|ada"), "each has its own nonce");
    }

    #[test]
    fn a_tag_is_for_its_parts_only() {
        let tag = key(1).tag(&["id", "iss", "sub"]);
        assert!(key(1).has_tagged(&["id", "iss", "sub"], &tag));
        assert!(key(2).accept([1; 32]).unwrap().has_tagged(&["id", "iss", "sub"], &tag));
        for (key, parts, tag) in [
            (key(1), ["id", "is", "ssub"], tag.as_str()),
            (key(2), ["id", "iss", "sub"], &tag),
            (key(1), ["id", "iss", "sub"], ""),
            (key(1), ["id", "iss", "sub"], &tag[..40]),
        ] {
            assert!(!key.has_tagged(&parts, tag), "{parts:?} {tag}");
        }
    }

    #[test]
    fn a_short_secret_is_rejected() {
        assert_eq!(SharedKey::new([1; 31]).err(), Some(SharedKeyError::TooShort));
        assert_eq!(format!("{:?}", key(1)), "SharedKey([redacted])");
    }
}
