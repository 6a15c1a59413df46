//! What can be wrong with a signed token's claims.

use std::time::SystemTime;

/// Why signed claims are no valid access token for this API.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// None of the token's audiences is configured ([RFC 7519 §4.1.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3)).
    #[error("none of the token's audiences is this API")]
    Audience {
        /// Whether it looks like an ID token: a classic mix-up.
        looks_like_id_token: bool,
    },
    /// A claim is missing that every access token has.
    #[error("the claim {claim} is missing")]
    ClaimMissing {
        /// The claim's name.
        claim: &'static str,
    },
    /// A claim has a type or value that its specification does not give it.
    #[error("the claim {claim} is malformed")]
    ClaimMalformed {
        /// The claim's name.
        claim: &'static str,
    },
    /// `exp` has passed ([RFC 7519 §4.1.4](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4)).
    #[error("the token expired at {expired_at:?}, it is {now:?}")]
    Expired {
        /// The token's `exp`.
        expired_at: SystemTime,
        /// The time of the check.
        now: SystemTime,
    },
    /// `nbf` has not come ([RFC 7519 §4.1.5](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.5)).
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A claim is missing that the configuration requires.
    #[error("the required claim {claim:?} is missing")]
    RequiredClaim {
        /// The claim's name, from the configuration.
        claim: Box<str>,
    },
    /// `iat` is older than the configured maximum age, or lies ahead.
    #[error("the token is older than the configured maximum age, or was issued in the future")]
    TooOld,
    /// `typ` names something else than an access token ([RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).
    #[error("the token's typ is not that of an access token")]
    Type,
}

/// Why [`VerifiedToken::claims_as`](super::VerifiedToken::claims_as) could not give the claims as the type asked for.
///
/// It is the API's own mistake, or a token that lacks what the type demands; it never makes the caller anonymous.
#[derive(Debug, thiserror::Error)]
#[error("the claims do not fit the type asked for (line {}, column {})", .0.line(), .0.column())]
pub struct ClaimsError(pub(crate) serde_json::Error);
