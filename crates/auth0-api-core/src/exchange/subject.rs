//! The tokens that go into an exchange.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::InputError;
use crate::token::VerifiedToken;

/// The token that is exchanged: whom the new token will be about
/// ([RFC 8693 §2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1)).
///
/// ```
/// use auth0_api_core::SubjectToken;
///
/// // A session id of the old login system: only the tenant's Action can judge it.
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
    /// It begins with `Bearer` and white space: a header's value instead of a token.
    #[error("begins with a Bearer prefix: pass the token alone")]
    BearerPrefix,
    /// Nothing, or nothing but white space.
    #[error("is blank")]
    Blank,
    /// White space before or after it.
    #[error("has white space around it")]
    Padded,
    /// More than 64 KiB.
    #[error("is longer than {MAX_BYTES} bytes")]
    TooLong,
}

impl SubjectToken {
    /// A token that this library has not verified: a legacy session, another issuer's token, an assertion.
    ///
    /// Whether it is good is for the exchange profile's Action to say, and whatever a caller sends must pass there. Its text may
    /// not be blank, padded, or have a `Bearer` prefix; the exchange says so before it asks anybody.
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

/// A text that may be a token: everything a token endpoint would have to guess about is rejected.
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

/// White space as auth0-api-js trims it: Unicode's, and the byte order mark.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

/// Four times what is accepted as an access token: a SAML assertion fits, and a caller cannot make us send megabytes.
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
    fn a_token_is_neither_blank_nor_padded_nor_prefixed() {
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
