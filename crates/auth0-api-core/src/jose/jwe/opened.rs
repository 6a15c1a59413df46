//! A token whose signed text is readable.

use crate::jose::{HeaderTable, JoseError, Jws};

/// A token that is not encrypted, or is decrypted. Nothing in it is verified.
pub(crate) struct OpenedToken<'t> {
    /// The text that the client sent. The client's proof names its hash, and the token cache stores it.
    presented: &'t str,
    /// The signed JWT, if the presented text was encrypted.
    decrypted: Option<Box<str>>,
}

impl<'t> OpenedToken<'t> {
    /// A token that is not encrypted, or for which there is no key.
    pub(crate) fn plain(presented: &'t str) -> Self {
        Self { presented, decrypted: None }
    }

    pub(crate) fn decrypted(presented: &'t str, jwt: Box<str>) -> Self {
        Self { presented, decrypted: Some(jwt) }
    }

    /// Parses the signed JWT.
    pub(crate) fn parse<'s>(&'s self, headers: &'s HeaderTable) -> Result<Jws<'s>, JoseError> {
        match &self.decrypted {
            None => Jws::parse_with(self.presented, headers),
            Some(jwt) => Jws::parse_with(jwt, headers).map(|jws| jws.within(self.presented)),
        }
    }
}
