//! The subject token of an exchange.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::InputError;
use super::input::token_text;
use crate::token::VerifiedToken;

/// The token that is exchanged. It identifies the subject of the new token
/// ([RFC 8693 §2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1)).
///
/// ```
/// use auth0_api_core::SubjectToken;
///
/// // A session id of the old login system: only the tenant's Action can check it.
/// let legacy = SubjectToken::unverified("session-id-of-the-old-system");
/// assert_eq!(format!("{legacy:?}"), "SubjectToken { verified: false, .. }");
/// ```
#[derive(Clone)]
pub struct SubjectToken(Source);

#[derive(Clone)]
enum Source {
    Unverified(SecretString),
    Verified(VerifiedToken),
}

impl SubjectToken {
    /// Wraps a token that this library has not verified: a legacy session, another issuer's token, an assertion.
    ///
    /// The Action of the exchange profile must validate the token, because the token may be any text that a client
    /// sent. The text must not be blank, must have no white space around it and no `Bearer` prefix; otherwise the
    /// exchange fails before anything is sent.
    pub fn unverified(token: impl Into<SecretString>) -> Self {
        Self(Source::Unverified(token.into()))
    }

    pub(super) fn text(&self) -> Result<&str, InputError> {
        match &self.0 {
            Source::Unverified(token) => token_text("subject_token", token.expose_secret()),
            Source::Verified(token) => Ok(token.signed_text()),
        }
    }
}

impl From<&VerifiedToken> for SubjectToken {
    fn from(token: &VerifiedToken) -> Self {
        Self(Source::Verified(token.clone()))
    }
}

impl fmt::Debug for SubjectToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verified = matches!(self.0, Source::Verified(_));
        f.debug_struct("SubjectToken").field("verified", &verified).finish_non_exhaustive()
    }
}
