//! How a client authenticates.

use std::fmt;

use serde_json::Value;

use crate::SigningKey;

/// The credential of a client ([RFC 6749 §2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3)).
///
/// A `&str` or `String` converts into a secret that is accepted both in the form and in `Authorization: Basic`. Each
/// constructor makes a credential for one method only.
///
/// ```
/// use auth0_api_core::Algorithm;
/// use auth0_api_testing::{Credential, SigningKey};
///
/// let key = SigningKey::generate(Algorithm::ES256);
/// let methods = [
///     Credential::from("in the form or in the header"),
///     Credential::secret_post("in the form"),
///     Credential::secret_basic("in the header"),
///     Credential::private_key_jwt(&key),
///     Credential::public_jwk(key.public_jwk()),
/// ];
/// # assert_eq!(format!("{:?}", methods[1]), "Credential(client_secret_post)");
/// ```
#[derive(Clone)]
pub struct Credential(pub(crate) Method);

#[derive(Clone)]
pub(crate) enum Method {
    /// A public client: it has no credential and uses PKCE.
    None,
    /// The public keys, of which one must verify the assertion.
    PrivateKeyJwt(Vec<Value>),
    Secret(String),
    SecretBasic(String),
    SecretPost(String),
}

impl Credential {
    /// Makes a secret that the client sends in the form: `client_secret_post`.
    pub fn secret_post(secret: impl Into<String>) -> Self {
        Self(Method::SecretPost(secret.into()))
    }

    /// Makes a secret that the client sends in `Authorization: Basic`: `client_secret_basic`.
    pub fn secret_basic(secret: impl Into<String>) -> Self {
        Self(Method::SecretBasic(secret.into()))
    }

    /// Accepts assertions that are signed with this key
    /// ([RFC 7523 §2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)): `private_key_jwt`.
    ///
    /// The tenant keeps only the public key. Configure the client with
    /// [`private_key_pem`](SigningKey::private_key_pem).
    pub fn private_key_jwt(key: &SigningKey) -> Self {
        Self::public_jwk(key.public_jwk())
    }

    /// Accepts assertions that this public key verifies: `private_key_jwt` with a key that was generated elsewhere.
    pub fn public_jwk(jwk: Value) -> Self {
        Self(Method::PrivateKeyJwt(vec![jwk]))
    }
}

impl From<&str> for Credential {
    fn from(secret: &str) -> Self {
        secret.to_owned().into()
    }
}

impl From<String> for Credential {
    fn from(secret: String) -> Self {
        Self(Method::Secret(secret))
    }
}

impl Method {
    fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PrivateKeyJwt(_) => "private_key_jwt",
            Self::Secret(_) => "client_secret_basic or client_secret_post",
            Self::SecretBasic(_) => "client_secret_basic",
            Self::SecretPost(_) => "client_secret_post",
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({})", self.0.name())
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
