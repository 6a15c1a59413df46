//! Keys that issued tokens are bound to ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)), and proofs that are
//! signed with these keys.

use std::time::SystemTime;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{IssuedToken, signed_jwt};
use crate::base64url;
use crate::called_url::{TargetError, TargetUrl};
use crate::clock::since_epoch;
use crate::digest::sha256;
use crate::jose::{PrivateKey, PrivateKeyError, Thumbprint, random_id};

/// A key that the tenant binds a new token to: an attacker who steals the token cannot use it without the key.
///
/// For most applications, one key for the life of the process is enough. The application does not have to store the
/// key: if a key is lost, the API requests new tokens with a new key. Auth0 accepts ES256, which is the algorithm of
/// [`generate`](Self::generate).
///
/// ```
/// use auth0_api_core::OnBehalfOf;
/// use auth0_api_core::exchange::ProofKey;
///
/// let key = ProofKey::generate()?;
/// let calendar = OnBehalfOf::audience("https://calendar.example.com").dpop(&key);
/// # Ok::<(), auth0_api_core::jose::PrivateKeyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ProofKey(PrivateKey);

/// A proof for one request, before it is signed.
#[derive(Clone, Debug)]
#[must_use]
pub struct ProofOfPossession<'k> {
    key: &'k PrivateKey,
    method: &'k str,
    url: &'k str,
    access_token: Option<&'k IssuedToken>,
    nonce: Option<&'k str>,
}

/// Why a proof cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofSigningError {
    /// The key cannot sign.
    #[error("the key cannot sign")]
    Key(#[from] PrivateKeyError),
    /// The URL of the proof is not a valid URL of a request.
    #[error("the URL of the proof is not usable")]
    Url(#[from] TargetError),
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'static str,
    alg: &'static str,
    jwk: &'a RawValue,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: String,
    htm: &'a str,
    htu: String,
    iat: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

impl ProofKey {
    /// Generates a new key for ES256.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::Signing`] if the system provides no random numbers.
    pub fn generate() -> Result<Self, PrivateKeyError> {
        PrivateKey::generate().map(Self)
    }

    /// Returns the thumbprint of the public key: the `cnf.jkt` of the tokens that are bound to it.
    pub fn thumbprint(&self) -> Thumbprint {
        self.0.thumbprint()
    }

    /// Starts a proof for a request with this method and URL, to call another API with a bound token.
    ///
    /// ```
    /// # fn call(key: &auth0_api_core::exchange::ProofKey, tokens: &auth0_api_core::TokenSet) -> Result<(), Box<dyn std::error::Error>> {
    /// let authorization = format!("DPoP {}", tokens.access_token().expose());
    /// let proof = key
    ///     .proof("GET", "https://calendar.example.com/events")
    ///     .access_token(tokens.access_token());
    /// let dpop = proof.sign(std::time::SystemTime::now())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn proof<'k>(&'k self, method: &'k str, url: &'k str) -> ProofOfPossession<'k> {
        ProofOfPossession { key: &self.0, method, url, access_token: None, nonce: None }
    }
}

impl From<PrivateKey> for ProofKey {
    /// Uses an existing key. If the application stores the key, it can still use the bound tokens after a restart.
    fn from(key: PrivateKey) -> Self {
        Self(key)
    }
}

impl<'k> ProofOfPossession<'k> {
    /// Sets the access token of the request. Its hash becomes the claim `ath`.
    pub fn access_token(mut self, token: &'k IssuedToken) -> Self {
        self.access_token = Some(token);
        self
    }

    /// Sets the nonce that the server sent in a `DPoP-Nonce` header.
    pub fn nonce(mut self, nonce: impl Into<Option<&'k str>>) -> Self {
        self.nonce = nonce.into();
        self
    }

    /// Signs the proof and returns the value of the `DPoP` header, for one request.
    ///
    /// # Errors
    ///
    /// [`ProofSigningError`] if the key cannot sign or the URL is not usable.
    pub fn sign(self, now: SystemTime) -> Result<String, ProofSigningError> {
        // RFC 9449 §4.2: the URL without query and fragment.
        let htu = TargetUrl::parse(self.url)?.to_string();
        let ath = self.access_token.map(|token| base64url::encode(&sha256(token.expose().as_bytes())));
        let (jti, iat) = (random_id()?, since_epoch(now).as_secs());
        let claims = Claims { jti, htm: self.method, htu, iat, ath, nonce: self.nonce };
        let jwk = self.key.public_jwk();
        let jwk = serde_json::from_str::<&RawValue>(&jwk).map_err(|_| PrivateKeyError::Signing)?;
        let header = Header { typ: "dpop+jwt", alg: self.key.algorithm().name(), jwk };
        Ok(signed_jwt::sign_with_header(self.key, &header, &claims)?)
    }
}
