//! The errors of a signed token's claims.

use std::time::{Duration, SystemTime};

use crate::readable::Readable;

/// Why signed claims are not a valid access token for this API.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// None of the token's audiences is configured
    /// ([RFC 7519 §4.1.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3)).
    #[error("the token is for {found}, and this API is {accepted}")]
    Audience {
        /// The token's audiences in quotes: at most four, each cut after 200 characters.
        found: Box<str>,
        /// The configured audiences, in the same form.
        accepted: Box<str>,
        /// Whether the token looks like an ID token, which clients often send by mistake.
        looks_like_id_token: bool,
    },
    /// A claim that every access token must have is missing.
    #[error("the claim {claim} is missing")]
    ClaimMissing {
        /// The claim's name.
        claim: &'static str,
    },
    /// A claim has a type or a value that its specification does not allow.
    #[error("the claim {claim} is malformed")]
    ClaimMalformed {
        /// The claim's name.
        claim: &'static str,
    },
    /// `exp` has passed ([RFC 7519 §4.1.4](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4)).
    #[error("the token expired {} ago", Readable(now.duration_since(*expired_at).unwrap_or_default()))]
    Expired {
        /// The token's `exp`.
        expired_at: SystemTime,
        /// The time of the check.
        now: SystemTime,
    },
    /// `nbf` is in the future ([RFC 7519 §4.1.5](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.5)).
    #[error("the token is valid in {} only", Readable(*valid_in))]
    NotYetValid {
        /// The time from the check until `nbf`.
        valid_in: Duration,
    },
    /// `iat` is in the future, and a maximum age is configured.
    #[error("the token was issued {} in the future", Readable(*issued_in))]
    IssuedInFuture {
        /// The time from the check until `iat`.
        issued_in: Duration,
    },
    /// A claim that the configuration requires is missing.
    #[error("the required claim {claim:?} is missing")]
    RequiredClaim {
        /// The claim's name, from the configuration.
        claim: Box<str>,
    },
    /// `iat` is older than the configured maximum age.
    #[error("the token was issued {} ago, and {} is the maximum age", Readable(*age), Readable(*limit))]
    TooOld {
        /// The time from `iat` to the check.
        age: Duration,
        /// The configured maximum age.
        limit: Duration,
    },
    /// `typ` is not the type of an access token ([RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).
    #[error("the token's typ is not the type of an access token")]
    Type,
}

/// Why the claims cannot be converted to the requested type: see
/// [`VerifiedToken::claims_as`](super::VerifiedToken::claims_as) and
/// [`VerifiedToken::authorization_details`](super::VerifiedToken::authorization_details).
///
/// The caller is authenticated nevertheless. So the error becomes 403, and not 401.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// `authorization_details` is malformed, or one of its members does not fit the requested type.
    #[error(transparent)]
    AuthorizationDetails(#[from] AuthorizationDetailsError),
    /// The token lacks a claim that the type requires.
    #[error("the token lacks the claim {name:?}")]
    Missing {
        /// The name of the claim, as the type declares it.
        name: Box<str>,
    },
    /// A claim has another JSON type or value than the type requires.
    #[error("a claim does not fit the requested type (line {line}, column {column} of the claims)")]
    Unsuitable {
        /// The line in the JSON text of the claims, from 1.
        line: usize,
        /// The column in that line, from 1.
        column: usize,
    },
}

/// Why `authorization_details` cannot be read ([RFC 9396 §2](https://www.rfc-editor.org/rfc/rfc9396#section-2)).
///
/// A malformed value is an error and not an empty list. With an empty list, an API could decide as if nothing restricted
/// the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizationDetailsError {
    /// The value is not a list of objects that each have a `type`, a string that is not blank.
    #[error("authorization_details is malformed")]
    Malformed,
    /// A member of the list does not fit the type that the application asks for.
    #[error("the authorization detail at index {index} does not fit the requested type")]
    Unsuitable {
        /// The place of the member in the list, from 0.
        index: usize,
    },
}

impl ClaimsError {
    /// Reads an error of `serde_json`. Its text can contain values of the token, so only the name of a missing member
    /// is kept. That name comes from the type, not from the token.
    pub(super) fn of(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let name = text.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        match name {
            Some((name, _)) => Self::Missing { name: name.into() },
            None => Self::Unsuitable { line: error.line(), column: error.column() },
        }
    }
}
