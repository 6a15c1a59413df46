//! The errors of a proof, and of the settings for proofs.

use crate::called_url::{TargetError, TargetUrl};
use crate::jose::{JoseError, JwkError};

/// Why a [`DpopPolicy`](crate::DpopPolicy) cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DpopPolicyError {
    /// The list of algorithms is empty.
    #[error("at least one proof algorithm is needed")]
    Algorithms,
    /// Bound tokens are accepted as `Bearer`, although proofs are not ignored.
    #[error("accept_bound_tokens_as_bearer() requires DpopPolicy::ignore()")]
    BoundTokensAsBearer,
    /// The nonce changes more often than once a second, or more seldom than once a day.
    #[error("the step() of a nonce is from 1 s to 24 hours")]
    NonceStep,
    /// The replay store cannot work with its settings: the text of [`ReplayStore::problem`](crate::dpop::ReplayStore::problem).
    #[error("replay_store(): {0}")]
    ReplayStore(&'static str),
    /// A proof is accepted for more than a day.
    #[error("max_age() and leeway() may be a day at most")]
    Window,
}

/// Why a proof is not accepted, in the order of [RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// (1) There is more than one `DPoP` header, or the header's value contains a comma or is not UTF-8.
    #[error("the request does not have exactly one well-formed DPoP header")]
    Repeated,
    /// (2) The proof is longer than 8 KiB.
    #[error("the proof is longer than 8 KiB")]
    TooLong,
    /// (2), (5), (6) The proof is not a well-formed JWT, its algorithm is not allowed, or its signature is invalid.
    #[error("the proof is not a well-formed, signed JWT")]
    Jws(#[source] JoseError),
    /// (3) A claim is missing, or has the wrong type or size.
    #[error("the proof's {claim} is missing or malformed")]
    Claim {
        /// The name of the claim.
        claim: &'static str,
    },
    /// (4) `typ` is not `dpop+jwt`.
    #[error("the proof's typ is not dpop+jwt")]
    Type,
    /// (6), (7) The embedded key is not a public key for the algorithm.
    #[error("the proof's key is unusable")]
    Key(#[source] JwkError),
    /// (8) `htm` is not the method of the request.
    #[error("the proof was made for another method")]
    Method,
    /// (9) `htu` is not a URL.
    #[error("the proof's htu is not a valid URL")]
    TargetMalformed(#[source] TargetError),
    /// (9) `htu` is not the URL of the request.
    #[error("the proof was made for another URL ({hint})")]
    Target {
        /// What differs, and which setting to check.
        hint: &'static str,
    },
    /// (10) The server requires a nonce. The proof has no nonce, or a nonce that the server no longer accepts or never
    /// issued ([RFC 9449 §9](https://www.rfc-editor.org/rfc/rfc9449#section-9)).
    #[error("the proof has no current nonce")]
    NonceWanted {
        /// The nonce that the client should use.
        nonce: String,
    },
    /// (11) According to `iat`, `nbf` or `exp`, the proof is too old, has expired, or is not valid yet.
    #[error("the proof is outside its time window")]
    Window,
    /// (12) `ath` is not the hash of the access token.
    #[error("the proof was made for another token")]
    TokenHash,
    /// (12) The token is bound to another key than the proof's.
    #[error("the token is bound to another key than the proof's")]
    KeyMismatch,
}

impl ProofError {
    pub(super) fn target(called: &TargetUrl, htu: &TargetUrl) -> Self {
        Self::Target { hint: crate::called_url::hint(called, htu) }
    }
}
