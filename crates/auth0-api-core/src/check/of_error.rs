//! The check of each error. Each match is exhaustive: a new error does not compile without its check.

use super::Check;
use crate::binding::BindingError;
use crate::credentials::CredentialsError;
use crate::dpop::ProofError;
use crate::error::{Error, Reason};
use crate::issuer::IssuerError;
use crate::jose::JoseError;
use crate::token::TokenError;

impl Error {
    /// Returns the check that failed; `None` if the request passed all checks, and the API could not do something else,
    /// such as get a token for another API.
    pub fn check(&self) -> Option<Check> {
        match &self.reason {
            Reason::Binding(error) => Some(of_binding(error)),
            Reason::Claims(_) | Reason::Requirement(_) => Some(Check::Requirement),
            Reason::Credentials(CredentialsError::SchemeNotOffered { .. }) => Some(Check::Scheme),
            Reason::Credentials(
                CredentialsError::Malformed { .. }
                | CredentialsError::Missing
                | CredentialsError::Repeated { .. }
                | CredentialsError::SeveralMethods
                | CredentialsError::TooLong { .. },
            ) => Some(Check::Credentials),
            Reason::Decryption(_) => Some(Check::Decryption),
            Reason::Issuer(error) => Some(of_issuer(error)),
            Reason::Jose(error) => Some(of_jose(error)),
            Reason::Revocation(_) => Some(Check::Revocation),
            Reason::Token(error) => Some(of_token(error)),
            Reason::Ciba(_)
            | Reason::ConnectedAccounts(_)
            | Reason::Downstream(_)
            | Reason::Exchange(_)
            | Reason::ProofSigning(_) => None,
        }
    }
}

fn of_jose(error: &JoseError) -> Check {
    match error {
        JoseError::AlgorithmMissing
        | JoseError::AlgorithmNotAllowed { .. }
        | JoseError::AlgorithmUnknown
        | JoseError::Critical
        | JoseError::Header(_)
        | JoseError::KeyId
        | JoseError::Opaque { .. }
        | JoseError::Payload(_)
        | JoseError::Segment
        | JoseError::SegmentCount
        | JoseError::Symmetric
        | JoseError::Type
        | JoseError::UnencodedPayload => Check::Format,
        // There is no key, so the parser of signed tokens finds the encrypted one, before it looks at anything else.
        JoseError::Encrypted => Check::Decryption,
        JoseError::Signature => Check::Signature,
    }
}

fn of_issuer(error: &IssuerError) -> Check {
    match error {
        IssuerError::IssuerMissing
        | IssuerError::NobodyTrusted
        | IssuerError::NotTrusted { .. }
        | IssuerError::Resolver(_) => Check::Issuer,
        IssuerError::KeyAmbiguous
        | IssuerError::KeyNotLookedFor(_)
        | IssuerError::KeyOfOtherAlgorithm { .. }
        | IssuerError::KeyUnknown
        | IssuerError::Unavailable(_) => Check::Key,
    }
}

fn of_token(error: &TokenError) -> Check {
    match error {
        TokenError::Audience { .. } => Check::Audience,
        TokenError::ClaimMalformed { claim } | TokenError::ClaimMissing { claim } => match *claim {
            "aud" => Check::Audience,
            "exp" => Check::Expiry,
            "nbf" => Check::NotBefore,
            "iat" => Check::Age,
            _ => Check::RequiredClaims,
        },
        TokenError::Expired { .. } => Check::Expiry,
        TokenError::IssuedInFuture { .. } | TokenError::TooOld { .. } => Check::Age,
        TokenError::NotYetValid { .. } => Check::NotBefore,
        TokenError::RequiredClaim { .. } => Check::RequiredClaims,
        TokenError::Type => Check::Type,
    }
}

fn of_binding(error: &BindingError) -> Check {
    match error {
        BindingError::BoundTokenAsBearer | BindingError::NotBound | BindingError::ProofWithBearer => Check::Binding,
        BindingError::Certificate(_) => Check::Certificate,
        BindingError::Confirmation(_) => Check::Confirmation,
        BindingError::Proof(error) => of_proof(error),
        BindingError::ProofMissing => Check::Proof,
        BindingError::Replayed | BindingError::Store(_) => Check::Replay,
        BindingError::Target(_) => Check::Target,
    }
}

fn of_proof(error: &ProofError) -> Check {
    match error {
        ProofError::Claim { .. }
        | ProofError::Jws(_)
        | ProofError::Key(_)
        | ProofError::Repeated
        | ProofError::TooLong
        | ProofError::Type => Check::Proof,
        ProofError::KeyMismatch => Check::ProofKey,
        ProofError::Method => Check::ProofMethod,
        ProofError::NonceWanted { .. } => Check::ProofNonce,
        ProofError::Target { .. } | ProofError::TargetMalformed(_) => Check::ProofUrl,
        ProofError::TokenHash => Check::ProofToken,
        ProofError::Window => Check::ProofTime,
    }
}
