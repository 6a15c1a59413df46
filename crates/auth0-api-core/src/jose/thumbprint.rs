//! JWK thumbprints ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).

use std::fmt;

use crate::base64url;
use crate::digest::sha256;

/// The SHA-256 thumbprint of a public key ([RFC 7638 §3](https://www.rfc-editor.org/rfc/rfc7638#section-3)).
///
/// `Display` shows the base64url text of `cnf.jkt`
/// ([RFC 9449 §6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1)). The thumbprint identifies a key and is not a
/// secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Wraps the 32 bytes of a SHA-256 digest.
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Hashes a key's required members, written in lexicographic order and without white space.
    pub(super) fn of(required_members: &str) -> Self {
        Self(sha256(required_members.as_bytes()))
    }

    /// The 32 bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}
