//! The errors of a token's binding and of its proof.

use crate::called_url::{TargetError, TargetUrl};
use crate::credentials::Scheme;
use crate::dpop::ReplayStoreError;
use crate::jose::{JoseError, JwkError};
use crate::mtls::CertificateError;

/// Why the client has not proven that it may use its token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DpopError {
    /// A token that is bound to a key was presented as `Bearer`, which is a downgrade
    /// ([RFC 9449 §7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2)).
    #[error("the token is bound to a key and was presented as Bearer")]
    BoundTokenAsBearer,
    /// The token is bound to a client certificate ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)),
    /// and the client has not proven that it has the certificate.
    #[error("the token is bound to a client certificate, and the client has not proven that it has the certificate")]
    Certificate(#[source] CertificateError),
    /// The token's `cnf` claim is malformed or has no known member, so no client can satisfy the claim.
    #[error("the token's confirmation claim cannot be satisfied")]
    Confirmation(#[source] ConfirmationError),
    /// The proof is valid, but the token is bound to another key
    /// ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3) (12)).
    #[error("the token is bound to another key than the proof's")]
    KeyMismatch,
    /// The token is not bound, but was presented as `DPoP`.
    #[error("the token is not bound to a key and was presented as DPoP")]
    NotBound,
    /// The server requires a nonce. The proof has no nonce, or a nonce that the server no longer accepts or never
    /// issued ([RFC 9449 §9](https://www.rfc-editor.org/rfc/rfc9449#section-9)).
    #[error("the proof has no current nonce")]
    NonceWanted {
        /// The nonce that the client should use.
        nonce: String,
    },
    /// The proof is invalid.
    #[error("the proof is invalid")]
    Proof(#[from] ProofError),
    /// The token was presented as `DPoP` without a proof.
    #[error("no proof was presented")]
    ProofMissing,
    /// A proof was presented with a `Bearer` token that is not bound. The client believes that its token is protected.
    #[error("a proof was presented with a Bearer token that is not bound")]
    ProofWithBearer,
    /// The proof has been used before ([RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)).
    #[error("the proof has been used before")]
    Replayed,
    /// The replay store did not record the proof. Except for [`ReplayStoreError::KeyQuota`], the client did not cause
    /// this.
    #[error("the replay store did not record the proof")]
    Store(#[source] ReplayStoreError),
    /// The URL that the client called cannot be determined.
    #[error("the URL of the request cannot be determined")]
    Target(#[source] TargetError),
}

/// Why a token's `cnf` claim ([RFC 7800 §3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1)) cannot be satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmationError {
    /// The claim is not an object, or a known member is not a thumbprint.
    #[error("the confirmation claim is malformed")]
    Malformed,
    /// The claim has no member that this crate knows, so the binding cannot be checked.
    #[error("the confirmation claim names no known method")]
    Unknown,
}

/// Why a proof is invalid, in the order of [RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3).
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
    /// (11) According to `iat`, `nbf` or `exp`, the proof is too old, has expired, or is not valid yet.
    #[error("the proof is outside its time window")]
    Window,
    /// (12) `ath` is not the hash of the access token.
    #[error("the proof was made for another token")]
    TokenHash,
}

impl ProofError {
    pub(super) fn target(called: &TargetUrl, htu: &TargetUrl) -> Self {
        Self::Target { hint: crate::called_url::hint(called, htu) }
    }
}

impl DpopError {
    /// The scheme of the challenge that contains the error: `DPoP` for an error of the proof, else the scheme that the
    /// client used.
    pub(crate) fn carrier(&self, used: Scheme) -> Scheme {
        match self {
            Self::NonceWanted { .. } | Self::Proof(_) | Self::Replayed => Scheme::Dpop,
            _ => used,
        }
    }
}
