//! The token with which a user's accounts are managed.

use crate::exchange::{IssuedToken, ProofKey};

/// A user's access token for the My Account API, and the key that it is bound to. `Debug` does not show the token.
#[derive(Clone, Debug)]
pub struct UserToken {
    pub(super) token: IssuedToken,
    pub(super) proof_key: Option<ProofKey>,
}

impl UserToken {
    /// Presents a token that is not bound to a key.
    pub fn bearer(token: &IssuedToken) -> Self {
        Self { token: token.clone(), proof_key: None }
    }

    /// Presents a token that is bound to this key, with a proof for each request
    /// ([RFC 9449 §7](https://www.rfc-editor.org/rfc/rfc9449#section-7)).
    pub fn dpop(token: &IssuedToken, key: &ProofKey) -> Self {
        Self { token: token.clone(), proof_key: Some(key.clone()) }
    }
}
