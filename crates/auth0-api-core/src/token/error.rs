//! The errors of a signed token's claims.

use std::time::SystemTime;

/// Why signed claims are not a valid access token for this API.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// None of the token's audiences is configured
    /// ([RFC 7519 §4.1.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3)).
    #[error("none of the token's audiences is this API")]
    Audience {
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
    #[error("the token expired at {expired_at:?}; the time of the check is {now:?}")]
    Expired {
        /// The token's `exp`.
        expired_at: SystemTime,
        /// The time of the check.
        now: SystemTime,
    },
    /// `nbf` is in the future ([RFC 7519 §4.1.5](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.5)).
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A claim that the configuration requires is missing.
    #[error("the required claim {claim:?} is missing")]
    RequiredClaim {
        /// The claim's name, from the configuration.
        claim: Box<str>,
    },
    /// `iat` is older than the configured maximum age, or in the future.
    #[error("the token is older than the configured maximum age, or was issued in the future")]
    TooOld,
    /// `typ` is not the type of an access token ([RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).
    #[error("the token's typ is not the type of an access token")]
    Type,
}

/// Why [`VerifiedToken::claims_as`](super::VerifiedToken::claims_as) cannot convert the claims to the requested type.
///
/// The caller is authenticated nevertheless. So the error becomes 403, and not 401.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimsError {
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
