//! Claims on their way from signed to valid.

use std::sync::Arc;
use std::time::SystemTime;

use crate::jose::{Object, TextHash, VerifiedJws};

/// A JWT signed with a key of an issuer that is trusted.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) jws: VerifiedJws<Object>,
    pub(crate) issuer: Arc<str>,
}

/// Claims that a trusted issuer has signed and that are valid for this API, now. Only `TokenPolicy::validate` makes them.
#[derive(Debug)]
pub(crate) struct ValidClaims {
    pub(super) members: Object,
    pub(super) issuer: Arc<str>,
    pub(super) expires_at: SystemTime,
    pub(super) token_hash: Option<TextHash>,
}

impl ValidClaims {
    /// Claims that nobody has checked, for tests of what is done with valid ones.
    #[cfg(test)]
    pub(crate) fn unchecked(members: Object, expires_at: SystemTime) -> Self {
        Self { members, issuer: "https://tenant.eu.auth0.com/".into(), expires_at, token_hash: None }
    }

    /// The text of the confirmation claim ([RFC 7800 §3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1)).
    pub(crate) fn confirmation(&self) -> Option<&str> {
        self.members.raw("cnf")
    }

    /// The hash of the token they came in, if it was hashed on the way.
    pub(crate) fn token_hash(&self) -> Option<TextHash> {
        self.token_hash
    }
}
