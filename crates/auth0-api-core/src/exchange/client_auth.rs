//! How this API authenticates as a client ([RFC 6749 §2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3)).

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// The API's own client credentials.
///
/// Verification needs none. Its client id helps to tell an ID token sent by mistake from an access token.
#[derive(Clone)]
pub struct ClientAuth {
    client_id: Box<str>,
    secret: SecretString,
}

impl ClientAuth {
    /// A client secret, sent in the form of a token request (`client_secret_post`).
    pub fn secret_post(client_id: impl Into<Box<str>>, secret: impl Into<SecretString>) -> Self {
        Self { client_id: client_id.into(), secret: secret.into() }
    }

    /// The client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(crate) fn is_complete(&self) -> bool {
        !self.client_id.trim().is_empty() && !self.secret.expose_secret().trim().is_empty()
    }
}

impl fmt::Debug for ClientAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAuth").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
