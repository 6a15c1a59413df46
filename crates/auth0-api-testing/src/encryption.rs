//! The encryption of access tokens, for an API that has its own key pair. This module shares no code with the library
//! under test.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512, OaepAlgorithm,
    OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::key::pem;
use crate::must::must;

/// The algorithm that encrypts the content key of a token ([RFC 7518 §4.3](https://www.rfc-editor.org/rfc/rfc7518#section-4.3)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EncryptionAlgorithm {
    /// RSA-OAEP-256, the default.
    #[default]
    RsaOaep256,
    /// RSA-OAEP-384.
    RsaOaep384,
    /// RSA-OAEP-512.
    RsaOaep512,
}

/// How the tenant encrypts the access tokens of an API: with the API's public key. The format is `compact-nested-jwe`: a
/// JWE ([RFC 7516](https://www.rfc-editor.org/rfc/rfc7516)) around the signed JWT, with A256GCM.
///
/// Set it for an API with [`Api::token_encryption`](crate::Api::token_encryption), or for one token with
/// [`TokenBuilder::encrypt`](crate::TokenBuilder::encrypt).
///
/// ```
/// use auth0_api_testing::{Api, EncryptionKey};
///
/// let key = EncryptionKey::generate();
/// let api = Api::new("https://api.example.com")
///     .token_encryption(key.encryption().key_id("2026-11"));
/// // The API under test decrypts with `key.private_key_pem()`.
/// # drop(api);
/// ```
#[derive(Clone)]
#[must_use = "an encryption has no effect until an API or a token has it"]
pub struct TokenEncryption {
    algorithm: EncryptionAlgorithm,
    key: Arc<OaepPublicEncryptingKey>,
    public: PublicEncryptingKey,
    header: Map<String, Value>,
}

/// The key pair of an API that gets encrypted tokens: 2048 bits. Clones share the key.
#[derive(Clone)]
pub struct EncryptionKey(Arc<PrivateDecryptingKey>);

impl EncryptionAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::RsaOaep256, Self::RsaOaep384, Self::RsaOaep512];

    /// The name in the header of a token, such as `RSA-OAEP-256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::RsaOaep384 => "RSA-OAEP-384",
            Self::RsaOaep512 => "RSA-OAEP-512",
        }
    }

    fn implementation(self) -> &'static OaepAlgorithm {
        match self {
            Self::RsaOaep256 => &OAEP_SHA256_MGF1SHA256,
            Self::RsaOaep384 => &OAEP_SHA384_MGF1SHA384,
            Self::RsaOaep512 => &OAEP_SHA512_MGF1SHA512,
        }
    }
}

impl EncryptionKey {
    /// Generates a key pair. This takes about a tenth of a second.
    pub fn generate() -> Self {
        Self(Arc::new(must(PrivateDecryptingKey::generate(KeySize::Rsa2048), "generating an RSA key")))
    }

    /// Returns the private key, which the API under test is configured with: PKCS#8 in PEM.
    pub fn private_key_pem(&self) -> String {
        pem("PRIVATE KEY", must(self.0.as_der(), "encoding a key").as_ref())
    }

    /// Returns the public key, which the tenant is configured with: a `SubjectPublicKeyInfo` in PEM.
    pub fn public_key_pem(&self) -> String {
        pem("PUBLIC KEY", must(self.0.public_key().as_der(), "encoding a key").as_ref())
    }

    /// Encrypts for this key, with RSA-OAEP-256 and without a `kid`.
    pub fn encryption(&self) -> TokenEncryption {
        TokenEncryption::with(self.0.public_key())
    }
}

impl TokenEncryption {
    /// Encrypts for a public key in PEM (`PUBLIC KEY`), with RSA-OAEP-256 and without a `kid`. Returns `None` if the text
    /// has no RSA key of 2048 to 8192 bits.
    pub fn from_pem(public_key: &str) -> Option<Self> {
        let (_, after) = public_key.split_once("-----BEGIN PUBLIC KEY-----")?;
        let (body, _) = after.split_once("-----END PUBLIC KEY-----")?;
        let der = STANDARD.decode(body.split_whitespace().collect::<String>()).ok()?;
        PublicEncryptingKey::from_der(&der).ok().map(Self::with)
    }

    fn with(key: PublicEncryptingKey) -> Self {
        let oaep = Arc::new(must(OaepPublicEncryptingKey::new(key.clone()), "reading an RSA key"));
        Self { algorithm: EncryptionAlgorithm::default(), key: oaep, public: key, header: Map::new() }
    }

    /// Sets the algorithm; RSA-OAEP-256 by default.
    pub fn algorithm(mut self, algorithm: EncryptionAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Sets the `kid`; absent by default, as in Auth0.
    pub fn key_id(self, kid: impl Into<String>) -> Self {
        self.header("kid", kid.into())
    }

    /// Sets a header parameter to any JSON value. `alg` may be one of them: the algorithm that encrypts stays the same.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// Returns the encryption as the Management API shows it.
    pub(crate) fn record(&self) -> Value {
        let key = must(self.public.as_der(), "encoding a key");
        let mut encryption_key = Map::from_iter([
            ("alg".to_owned(), self.algorithm.name().into()),
            ("pem".to_owned(), pem("PUBLIC KEY", key.as_ref()).into()),
        ]);
        encryption_key.extend(self.header.get("kid").map(|kid| ("kid".to_owned(), kid.clone())));
        json!({ "format": "compact-nested-jwe", "encryption_key": encryption_key })
    }

    /// Encrypts a text, which may be anything ([RFC 7516 §5.1](https://www.rfc-editor.org/rfc/rfc7516#section-5.1)). Each
    /// call has a new content key.
    pub fn encrypt(&self, text: &str) -> String {
        let mut header = Map::from_iter([
            ("alg".to_owned(), self.algorithm.name().into()),
            ("enc".to_owned(), "A256GCM".into()),
            ("cty".to_owned(), "JWT".into()),
        ]);
        header.extend(self.header.clone());
        let header = URL_SAFE_NO_PAD.encode(Value::Object(header).to_string());
        let (content_key, iv): ([u8; 32], [u8; 12]) = (random(), random());
        let mut encrypted_key = vec![0; self.key.ciphertext_size()];
        let algorithm = self.algorithm.implementation();
        must(self.key.encrypt(algorithm, &content_key, &mut encrypted_key, None), "encrypting a content key");
        let mut octets = text.as_bytes().to_vec();
        let key = LessSafeKey::new(must(UnboundKey::new(&AES_256_GCM, &content_key), "using a content key"));
        let (nonce, aad) = (Nonce::assume_unique_for_key(iv), Aad::from(header.as_bytes()));
        let tag = must(key.seal_in_place_separate_tag(nonce, aad, &mut octets), "encrypting a token");
        let [encrypted_key, iv, octets, tag] =
            [&encrypted_key, iv.as_slice(), &octets, tag.as_ref()].map(|part| URL_SAFE_NO_PAD.encode(part));
        [header, encrypted_key, iv, octets, tag].join(".")
    }
}

impl fmt::Debug for TokenEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (algorithm, header) = (&self.algorithm, &self.header);
        f.debug_struct("TokenEncryption").field("algorithm", algorithm).field("header", header).finish_non_exhaustive()
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptionKey").finish_non_exhaustive()
    }
}

fn random<const OCTETS: usize>() -> [u8; OCTETS] {
    let mut octets = [0; OCTETS];
    must(rand::fill(&mut octets), "filling a buffer with random bytes");
    octets
}
