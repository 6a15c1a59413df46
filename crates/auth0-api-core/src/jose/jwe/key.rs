//! The keys that decrypt tokens.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey};

use super::DecryptionKeyError;
use super::algorithm::KeyEncryption;
use crate::jose::key_pair::KeyPair;
use crate::jose::pem::PrivatePem;
use crate::jose::{Object, PrivateKeyError, Text, private_jwk};

/// A private key that decrypts access tokens, for
/// [`ApiClientBuilder::decryption_keys`](crate::ApiClientBuilder::decryption_keys).
///
/// The tenant encrypts tokens with the public half. The key is an RSA key of 2048 to 8192 bits: aws-lc decrypts with no
/// others. The time of a decryption grows about with the third power of the size.
///
/// Clones share the key, and `Debug` shows only its `kid` and its size.
///
/// # Examples
///
/// ```
/// use auth0_api_core::jose::DecryptionKey;
///
/// # fn run(pem: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let key = DecryptionKey::from_pem(pem)?.with_key_id("2026-11");
/// assert_eq!(key.key_id(), Some("2026-11"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DecryptionKey {
    /// The `alg` of the JWK: the only algorithm that the key is used with.
    algorithm: Option<KeyEncryption>,
    key_id: Option<Arc<str>>,
    key: Arc<OaepPrivateDecryptingKey>,
}

impl DecryptionKey {
    /// Reads an unencrypted RSA key in PEM form: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`). The key has no
    /// `kid`: set it with [`with_key_id`](Self::with_key_id) if the tenant writes one into its tokens.
    ///
    /// # Errors
    ///
    /// [`DecryptionKeyError`] if the text is not a private key, or not an RSA key of 2048 to 8192 bits.
    pub fn from_pem(pem: &str) -> Result<Self, DecryptionKeyError> {
        let pem = PrivatePem::read(pem).ok_or(DecryptionKeyError::Encoding)?;
        let pair = KeyPair::decode(pem.kind, &pem.der).ok_or(DecryptionKeyError::Unsupported)?;
        Ok(Self { algorithm: None, key_id: None, key: decrypting(&pair)? })
    }

    /// Reads a private JWK ([RFC 7518 §6.3](https://www.rfc-editor.org/rfc/rfc7518#section-6.3)) with all of its numbers,
    /// from `n` to `qi`. The key has the `kid` of the JWK. If the JWK has an `alg`, the key decrypts only tokens with
    /// this algorithm.
    ///
    /// # Errors
    ///
    /// [`DecryptionKeyError`] if the text is not a private key, not an RSA key of 2048 to 8192 bits, or not a key for
    /// decryption.
    pub fn from_jwk(json: &str) -> Result<Self, DecryptionKeyError> {
        // The members borrow the text, so no copy of the text has to be wiped.
        let members = Object::read(json).map_err(|_| DecryptionKeyError::Encoding)?;
        check_purpose(&members)?;
        let algorithm = match text(&members, "alg")? {
            None => None,
            Some(name) => Some(KeyEncryption::named(&name).ok_or(DecryptionKeyError::Unsupported)?),
        };
        // RFC 7518 §6.3.2.7: a key of more than two primes has `oth`.
        if members.contains("oth") {
            return Err(DecryptionKeyError::Unsupported);
        }
        let pair = private_jwk::pair(&members).map_err(|error| match error {
            PrivateKeyError::Encoding => DecryptionKeyError::Encoding,
            PrivateKeyError::Unsupported => DecryptionKeyError::Unsupported,
            _ => DecryptionKeyError::Value,
        })?;
        Ok(Self { algorithm, key_id: text(&members, "kid")?.map(Into::into), key: decrypting(&pair)? })
    }

    /// Sets the `kid`: the same text as in the header of the tenant's tokens, from 1 to 256 bytes. Without a `kid`, the
    /// key decrypts only tokens that have no `kid`.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<Arc<str>>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// The `kid`.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The size of the modulus, in bits.
    pub fn bits(&self) -> usize {
        self.key.key_size_bits()
    }

    /// Whether the key may have encrypted a content key with this algorithm and this number of octets.
    pub(super) fn fits(&self, algorithm: KeyEncryption, encrypted_octets: usize) -> bool {
        self.algorithm.is_none_or(|only| only == algorithm) && encrypted_octets == self.modulus_octets()
    }

    pub(super) fn modulus_octets(&self) -> usize {
        self.key.key_size_bytes()
    }

    /// Unwraps a content key into the output, which is as long as the modulus.
    pub(super) fn unwrap_key<'o>(
        &self,
        algorithm: KeyEncryption,
        encrypted: &[u8],
        output: &'o mut [u8],
    ) -> Option<&'o [u8]> {
        // RFC 7518 §4.3: the label is empty.
        self.key.decrypt(algorithm.implementation(), encrypted, output, None).ok().map(|unwrapped| &*unwrapped)
    }
}

impl FromStr for DecryptionKey {
    type Err = DecryptionKeyError;

    /// Reads the content of a file: a JWK if the text begins with a brace, else PEM.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim_start();
        if text.starts_with('{') { Self::from_jwk(text) } else { Self::from_pem(text) }
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key_id, bits) = (self.key_id(), self.bits());
        f.debug_struct("DecryptionKey").field("key_id", &key_id).field("bits", &bits).finish_non_exhaustive()
    }
}

/// RFC 7517 §4.2, §4.3: `use` and `key_ops` say what the key is for.
fn check_purpose(members: &Object<&str>) -> Result<(), DecryptionKeyError> {
    let is_for_encryption = text(members, "use")?.is_none_or(|purpose| purpose == "enc");
    let operations: Option<Vec<Text<'_>>> = members.get("key_ops").map_err(|_| DecryptionKeyError::Encoding)?;
    let may_decrypt = operations.is_none_or(|operations| {
        operations.iter().any(|Text(operation)| ["decrypt", "unwrapKey"].contains(&&**operation))
    });
    if is_for_encryption && may_decrypt { Ok(()) } else { Err(DecryptionKeyError::NotForDecryption) }
}

/// Returns a string member that is not empty.
fn text(members: &Object<&str>, name: &str) -> Result<Option<String>, DecryptionKeyError> {
    let text = private_jwk::text(members, name).map_err(|_| DecryptionKeyError::Encoding)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// aws-lc has a type of its own for keys that decrypt. It reads PKCS#8 only.
fn decrypting(pair: &KeyPair) -> Result<Arc<OaepPrivateDecryptingKey>, DecryptionKeyError> {
    let KeyPair::Rsa(pair) = pair else { return Err(DecryptionKeyError::Unsupported) };
    let der = pair.as_der().map_err(|_| DecryptionKeyError::Value)?;
    let key = PrivateDecryptingKey::from_pkcs8(der.as_ref()).map_err(|_| DecryptionKeyError::Unsupported)?;
    OaepPrivateDecryptingKey::new(key).map(Arc::new).map_err(|_| DecryptionKeyError::Value)
}
