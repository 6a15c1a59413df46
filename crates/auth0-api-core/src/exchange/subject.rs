//! The subject token of an exchange.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::InputError;
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

/// What is wrong with the text of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenTextError {
    /// The text begins with `Bearer` and white space: it is the value of a header, not a token.
    #[error("begins with a Bearer prefix: pass only the token")]
    BearerPrefix,
    /// The text is empty or has only white space.
    #[error("is blank")]
    Blank,
    /// The text has white space before or after the token.
    #[error("has leading or trailing white space")]
    Padded,
    /// The text is longer than 64 KiB.
    #[error("is longer than {MAX_BYTES} bytes")]
    TooLong,
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
            Source::Unverified(token) => checked("subject_token", token.expose_secret()),
            Source::Verified(token) => Ok(token.access_token().expose()),
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

/// Returns the text if it may be a token. Texts that are blank, padded, too long, or have a `Bearer` prefix are
/// rejected.
pub(super) fn checked<'t>(parameter: &'static str, token: &'t str) -> Result<&'t str, InputError> {
    let problem = if token.len() > MAX_BYTES {
        TokenTextError::TooLong
    } else if token.chars().all(is_blank) {
        TokenTextError::Blank
    } else if token.starts_with(is_blank) || token.ends_with(is_blank) {
        TokenTextError::Padded
    } else if has_bearer_prefix(token) {
        TokenTextError::BearerPrefix
    } else {
        return Ok(token);
    };
    Err(InputError::Token { parameter, problem })
}

fn has_bearer_prefix(token: &str) -> bool {
    let prefix = token.split_at_checked("bearer".len());
    prefix.is_some_and(|(start, rest)| start.eq_ignore_ascii_case("bearer") && rest.starts_with(is_blank))
}

/// The white space that auth0-api-js trims: Unicode white space and the byte order mark.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

/// Four times the limit for an access token. A SAML assertion fits, and a client cannot make this API send megabytes.
const MAX_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(token: &str) -> Option<TokenTextError> {
        match checked("subject_token", token) {
            Err(InputError::Token { problem, .. }) => Some(problem),
            _ => None,
        }
    }

    #[test]
    fn blank_padded_and_prefixed_tokens_are_rejected() {
        for (token, expected) in [
            ("", TokenTextError::Blank),
            (" \t\n", TokenTextError::Blank),
            ("\u{feff}", TokenTextError::Blank),
            (" abc", TokenTextError::Padded),
            ("abc\n", TokenTextError::Padded),
            ("\u{a0}abc", TokenTextError::Padded),
            ("abc\u{feff}", TokenTextError::Padded),
            ("Bearer abc", TokenTextError::BearerPrefix),
            ("bEARER\tabc", TokenTextError::BearerPrefix),
        ] {
            assert_eq!(problem(token), Some(expected), "{token:?}");
        }
        for token in ["abc", "a b", "BearerToken", "bearer", "Bearer.abc", "DPoP abc", "é"] {
            assert_eq!(problem(token), None, "{token:?}");
        }
    }

    #[test]
    fn a_token_has_64_kib_at_most() {
        assert_eq!(problem(&"a".repeat(65_536)), None);
        assert_eq!(problem(&"a".repeat(65_537)), Some(TokenTextError::TooLong));
    }
}
