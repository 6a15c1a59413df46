//! The key that signs the proof: from a file, or a new one.

use std::path::Path;

use auth0_api_core::jose::{PrivateKey, PrivateKeyError};
use auth0_api_core::{Algorithm, exchange::ProofKey};
use auth0_api_testing::SigningKey;
use secrecy::zeroize::Zeroizing;

use super::options::ProofOptions;
use crate::file;

/// A key, and the file that it is in or belongs into. It has no `Debug`.
pub(super) struct Key<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) signer: ProofKey,
    pub(super) file: &'a Path,
    /// The text of a new key.
    new: Option<Zeroizing<String>>,
}

impl<'a> Key<'a> {
    /// Reads the key, or makes one. The error is a text for the person who named the file.
    pub(super) fn of(options: &'a ProofOptions) -> Result<Self, String> {
        match (&options.key, &options.new_key) {
            (Some(file), _) => Self::read(file),
            (None, Some(file)) => Self::generate(file),
            // clap has checked this.
            (None, None) => Err("a key is missing: pass --key or --new-key".into()),
        }
    }

    pub(super) fn is_new(&self) -> bool {
        self.new.is_some()
    }

    /// Writes a new key to its file. Another file is never replaced, because it may be somebody's only copy of a key.
    pub(super) fn keep(&self) -> Result<(), String> {
        let Some(text) = &self.new else { return Ok(()) };
        file::create_secret(self.file, text).map_err(|error| format!("--new-key: {error}"))
    }

    fn read(file: &'a Path) -> Result<Self, String> {
        let text = file::read(file).map_err(|error| format!("--key: {error}"))?;
        let key = parsed(&text).map_err(|error| format!("--key: {}: {error}", file.display()))?;
        Ok(Self { algorithm: key.algorithm(), signer: key.into(), file, new: None })
    }

    fn generate(file: &'a Path) -> Result<Self, String> {
        let pem = Zeroizing::new(SigningKey::generate(Algorithm::ES256).private_key_pem());
        let key = parsed(&pem).map_err(|error| format!("--new-key: {error}"))?;
        Ok(Self { algorithm: key.algorithm(), signer: key.into(), file, new: Some(pem) })
    }
}

/// Reads a JWK if the text begins with a brace, else PEM.
fn parsed(text: &str) -> Result<PrivateKey, PrivateKeyError> {
    let text = text.trim();
    if text.starts_with('{') { PrivateKey::from_jwk(text) } else { PrivateKey::from_pem(text) }
}
