//! The errors of a token's binding.

use crate::called_url::TargetError;
use crate::credentials::Scheme;
use crate::dpop::{ProofError, ReplayStoreError};
use crate::mtls::CertificateError;

/// Why the client has not proven that it may use its token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindingError {
    /// A token that is bound to a key was presented as `Bearer`, which is a downgrade
    /// ([RFC 9449 §7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2)).
    #[error("the token is bound to a key and was presented as Bearer")]
    BoundTokenAsBearer,
    /// The token is bound to a client certificate ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)),
    /// and the client has not proven that it has the certificate.
    #[error("the token is bound to a client certificate, and the client has not proven that it has the certificate")]
    Certificate(#[from] CertificateError),
    /// The token's `cnf` claim is malformed or has no known member, so no client can satisfy the claim.
    #[error("the token's confirmation claim cannot be satisfied")]
    Confirmation(#[from] ConfirmationError),
    /// The token is not bound, but was presented as `DPoP`.
    #[error("the token is not bound to a key and was presented as DPoP")]
    NotBound,
    /// The proof is not accepted.
    #[error(transparent)]
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
    Store(#[from] ReplayStoreError),
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

impl BindingError {
    /// The scheme of the challenge that contains the error: `DPoP` for an error of the proof, else the scheme that the
    /// client used.
    pub(crate) fn carrier(&self, used: Scheme) -> Scheme {
        match self {
            Self::Proof(_) | Self::Replayed => Scheme::Dpop,
            _ => used,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_proof_is_in_the_challenge_of_dpop() {
        for used in [Scheme::Bearer, Scheme::Dpop] {
            for error in [BindingError::Replayed, BindingError::Proof(ProofError::Window)] {
                assert_eq!(error.carrier(used), Scheme::Dpop, "{error}");
            }
            for error in [BindingError::NotBound, BindingError::ProofMissing, BindingError::BoundTokenAsBearer] {
                assert_eq!(error.carrier(used), used, "{error}");
            }
        }
    }
}
