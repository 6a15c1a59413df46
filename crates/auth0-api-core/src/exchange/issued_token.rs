//! The text of a token that the tenant issued.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// A token that the tenant issued. Only [`expose`](Self::expose) shows the text of the token. When the value is
/// dropped, its memory is overwritten.
#[derive(Clone)]
pub struct IssuedToken(SecretString);

impl IssuedToken {
    pub(super) fn new(token: String) -> Self {
        Self(token.into())
    }

    /// Returns the text of the token. Handle it like a password.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
