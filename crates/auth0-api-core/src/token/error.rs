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
/// The type does not fit the API's tokens, or this token lacks a claim that the type requires. The caller is
/// authenticated nevertheless.
#[derive(Debug, thiserror::Error)]
#[error("the claims do not fit the requested type (line {}, column {})", .0.line(), .0.column())]
pub struct ClaimsError(pub(crate) serde_json::Error);
