//! What can be wrong with a binding and its proof.

use crate::called_url::{TargetError, TargetUrl};
use crate::credentials::Scheme;
use crate::dpop::ReplayStoreError;
use crate::jose::{JoseError, JwkError};
use crate::mtls::CertificateError;

/// Why a request has not proven that its token is its own.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DpopError {
    /// A bound token was presented as `Bearer`: a downgrade ([RFC 9449 §7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2)).
    #[error("the token is bound to a key and was presented as Bearer")]
    BoundTokenAsBearer,
    /// The token is bound to a client certificate ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)), and the
    /// request does not prove it.
    #[error("the token is bound to a client certificate that is not proven")]
    Certificate(#[source] CertificateError),
    /// The token's `cnf` cannot be satisfied.
    #[error("the token's confirmation cannot be satisfied")]
    Confirmation(#[source] ConfirmationError),
    /// The proof is good, and of another key than the token's ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3) (12)).
    #[error("the proof was made by another key than the one the token is bound to")]
    KeyMismatch,
    /// The token is not bound, but was presented as `DPoP`.
    #[error("the token is not bound to a key and was presented as DPoP")]
    NotBound,
    /// The server wants a nonce, and the proof has none, or one that is not current
    /// ([RFC 9449 §9](https://www.rfc-editor.org/rfc/rfc9449#section-9)).
    #[error("the proof has no current nonce")]
    NonceWanted {
        /// The nonce to use.
        nonce: String,
    },
    /// The proof does not hold.
    #[error("the proof does not hold")]
    Proof(#[from] ProofError),
    /// The token was presented as `DPoP` without a proof.
    #[error("no proof was presented")]
    ProofMissing,
    /// A proof beside a `Bearer` token that is not bound: a client that believes to be protected.
    #[error("a proof was presented beside a Bearer token that is not bound")]
    ProofWithBearer,
    /// The proof has been used before ([RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)).
    #[error("the proof has been used before")]
    Replayed,
    /// The replay store gave no answer: our trouble, not the caller's.
    #[error("the replay store gave no answer")]
    Store(#[source] ReplayStoreError),
    /// The URL of the request cannot be told.
    #[error("the URL of the request cannot be told")]
    Target(#[source] TargetError),
}

/// Why a token's `cnf` claim ([RFC 7800 §3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1)) cannot be satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmationError {
    /// Not an object, or a member that is not a thumbprint.
    #[error("the confirmation claim is malformed")]
    Malformed,
    /// No member that this crate knows: bound to something that nobody checks.
    #[error("the confirmation claim names no known method")]
    Unknown,
}

/// Why a proof does not hold: [RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3), in its order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// (1) More than one proof.
    #[error("the request has several proofs, or one with a comma")]
    Repeated,
    /// (2) Longer than 8 KiB.
    #[error("the proof is longer than 8 KiB")]
    TooLong,
    /// (2), (5), (6) Not a well-formed JWT, or not signed as it says.
    #[error("the proof is not a well-formed, signed JWT")]
    Jws(#[source] JoseError),
    /// (3) A claim is missing, or of the wrong type or size.
    #[error("the proof's {claim} is missing or malformed")]
    Claim {
        /// The claim's name.
        claim: &'static str,
    },
    /// (4) `typ` is not `dpop+jwt`.
    #[error("the proof's typ is not dpop+jwt")]
    Type,
    /// (6), (7) The embedded key is no public key for the algorithm.
    #[error("the proof's key is unusable")]
    Key(#[source] JwkError),
    /// (8) `htm` is not the method of the request.
    #[error("the proof was made for another method")]
    Method,
    /// (9) `htu` is not a URL.
    #[error("the proof's htu is no URL")]
    TargetMalformed(#[source] TargetError),
    /// (9) `htu` is not the URL of the request.
    #[error("the proof was made for another URL ({hint})")]
    Target {
        /// What differs, and which setting decides about it.
        hint: &'static str,
    },
    /// (11) `iat`, `nbf` or `exp` puts the proof outside its time.
    #[error("the proof is outside its time window")]
    Window,
    /// (12) `ath` is not the hash of the token.
    #[error("the proof was made for another token")]
    TokenHash,
}

impl ProofError {
    pub(super) fn target(called: &TargetUrl, htu: &TargetUrl) -> Self {
        Self::Target { hint: crate::called_url::hint(called, htu) }
    }
}

impl DpopError {
    /// The scheme whose challenge carries the error: the one that was used, or for a proof `DPoP`.
    pub(crate) fn carrier(&self, used: Scheme) -> Scheme {
        match self {
            Self::NonceWanted { .. } | Self::Proof(_) | Self::Replayed => Scheme::Dpop,
            _ => used,
        }
    }
}
