//! The checks of an exchange's input.

/// What is wrong with the input of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The audit context of a privileged worker has more than 256 characters.
    #[error("the audit context has more than 256 characters")]
    AuditContext,
    /// A requested authorization detail is not an object with a `type`, a string that is not blank
    /// ([RFC 9396 §2](https://www.rfc-editor.org/rfc/rfc9396#section-2)).
    #[error("a requested authorization detail is not a JSON object with a type")]
    AuthorizationDetail,
    /// A required parameter is blank.
    #[error("{parameter} is blank")]
    Blank {
        /// The form field.
        parameter: &'static str,
    },
    /// The subject of an on-behalf-of exchange has already been delegated five times or more: its `act` claim nests that
    /// many actors, and the tenant adds no further one. This is a property of the caller's token.
    #[error("the token has been delegated {depth} times already")]
    DelegationTooDeep {
        /// The number of nested actors, at most 16.
        depth: usize,
    },
    /// Parameters have reserved names.
    #[error("reserved parameters cannot be set: {}", .names.join(", "))]
    Reserved {
        /// The reserved names, as the application wrote them.
        names: Vec<Box<str>>,
    },
    /// The audience of the profile is that of session transfer. Its answer is not an access token, so it has a method of
    /// its own: [`get_session_transfer_token`](crate::ApiClient::get_session_transfer_token).
    #[error("the audience is for session transfer: use get_session_transfer_token()")]
    SessionTransferAudience,
    /// The subject token type of the profile is not a URI of 8 to 100 characters, or is in a namespace of IETF, Auth0
    /// or Okta.
    #[error("the subject token type is not a URI of 8 to 100 characters outside the reserved namespaces")]
    SubjectTokenType,
    /// The text cannot be a token.
    #[error("{parameter} {problem}")]
    Token {
        /// The form field.
        parameter: &'static str,
        /// What is wrong with the text.
        problem: TokenTextError,
    },
    /// One parameter has more than 20 values.
    #[error("the parameter {name} has more than 20 values")]
    TooManyValues {
        /// The name of the parameter.
        name: Box<str>,
    },
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

/// Returns the value, or an error if it is blank.
pub(super) fn not_blank<'v>(parameter: &'static str, value: &'v str) -> Result<&'v str, InputError> {
    if value.trim().is_empty() { Err(InputError::Blank { parameter }) } else { Ok(value) }
}

/// Returns the value if there is one, or an error if it is blank. The tenant could take a blank value for none, and answer
/// for something else than the application wants.
pub(super) fn absent_or_not_blank<'v>(
    parameter: &'static str,
    value: Option<&'v str>,
) -> Result<Option<&'v str>, InputError> {
    value.map(|value| not_blank(parameter, value)).transpose()
}

/// Rejects names that are in one of the reserved lists, without regard to case. The error lists them.
pub(super) fn reject_reserved(
    names: impl Iterator<Item = impl AsRef<str>>,
    reserved: &[&[&str]],
) -> Result<(), InputError> {
    let is_reserved = |name: &str| reserved.iter().copied().flatten().any(|other| other.eq_ignore_ascii_case(name));
    let rejected = names.filter(|name| is_reserved(name.as_ref()));
    let rejected: Vec<Box<str>> = rejected.map(|name| name.as_ref().into()).collect();
    if rejected.is_empty() { Ok(()) } else { Err(InputError::Reserved { names: rejected }) }
}

/// Returns the text if it may be a token. Texts that are blank, padded, too long, or have a `Bearer` prefix are
/// rejected.
pub(super) fn token_text<'t>(parameter: &'static str, token: &'t str) -> Result<&'t str, InputError> {
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

/// The fields that this crate adds to every request: the grant type and client authentication. A grant must not set
/// them.
pub(super) const ADDED: [&str; 5] =
    ["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type"];
/// Four times the limit for an access token. A SAML assertion fits, and a client cannot make this API send megabytes.
const MAX_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(token: &str) -> Option<TokenTextError> {
        match token_text("subject_token", token) {
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
