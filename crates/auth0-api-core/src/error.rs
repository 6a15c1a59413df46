//! The error of a request, and its reasons.

use crate::binding::BindingError;
use crate::ciba::CibaError;
use crate::connected_accounts::ConnectError;
use crate::credentials::{CredentialsError, Scheme};
use crate::decryption::DecryptionError;
use crate::downstream::DownstreamError;
use crate::exchange::{ExchangeError, ProofSigningError};
use crate::issuer::IssuerError;
use crate::jose::JoseError;
use crate::place::{KeptPlace, Place};
use crate::requirement::RequirementError;
use crate::revocation::RevocationError;
use crate::token::{ClaimsError, TokenError};

/// Why a request is rejected.
///
/// [`ApiClient::reject`](crate::ApiClient::reject) turns the error into an HTTP response. [`label`](Self::label)
/// returns the name of the error for logs and metrics. [`hint`](Self::hint) tells an operator what to check. Neither
/// the error nor its `Debug` output contains the token.
#[derive(Debug)]
pub struct Error {
    pub(crate) reason: Reason,
    pub(crate) presented_as: Option<Scheme>,
    /// Which request is rejected, if it is known.
    pub(crate) place: Option<Box<KeptPlace>>,
}

/// Which check failed, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The binding of the token is not as the policy requires, or the proof or the certificate is not accepted.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// There is no approval of a user that the API has asked for on another device. A failed request to the tenant becomes
    /// [`Exchange`](Self::Exchange) instead.
    #[error(transparent)]
    Ciba(CibaError),
    /// The token is valid, but its claims do not fit the type that the handler asks for.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// The API could not connect, list or remove an account of the user.
    #[error(transparent)]
    ConnectedAccounts(#[from] ConnectError),
    /// The request has no usable credentials.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The token is encrypted, and is not decrypted.
    #[error(transparent)]
    Decryption(#[from] DecryptionError),
    /// The API could not get what it needs from another API.
    #[error(transparent)]
    Downstream(#[from] DownstreamError),
    /// The API could not obtain a token that it needs for its response.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The issuer is not trusted, or its keys are unavailable.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The token is not a signed JWT that this API accepts.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The API could not sign a proof for a request to another API.
    #[error(transparent)]
    ProofSigning(#[from] ProofSigningError),
    /// The token is valid but does not meet the route's requirement.
    #[error(transparent)]
    Requirement(#[from] RequirementError),
    /// The token was revoked, or its status could not be determined.
    #[error(transparent)]
    Revocation(#[from] RevocationError),
    /// The claims are not valid for this API.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl Error {
    /// Returns which check failed, and why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Creates the error of a request without credentials.
    ///
    /// For adapters: a layer with optional authentication passed on the request without a token, and the route requires
    /// a token.
    pub fn missing_credentials() -> Self {
        CredentialsError::Missing.into()
    }

    /// Returns whether the request carries no Bearer or `DPoP` credentials.
    ///
    /// With optional authentication, the adapters pass on a request with this error. They reject a request with any
    /// other error.
    pub fn is_missing_credentials(&self) -> bool {
        matches!(self.reason, Reason::Credentials(CredentialsError::Missing))
    }

    pub(crate) fn presented_as(mut self, scheme: Scheme) -> Self {
        self.presented_as = Some(scheme);
        self
    }

    pub(crate) fn at(mut self, place: Place<'_>) -> Self {
        self.place = Some(Box::new(place.keep()));
        self
    }
}

impl<R: Into<Reason>> From<R> for Error {
    fn from(reason: R) -> Self {
        Self { reason: reason.into(), presented_as: None, place: None }
    }
}

/// The token endpoint answers a failed request of CIBA as it answers any other, so that error keeps its status, label and
/// hint.
impl From<CibaError> for Reason {
    fn from(error: CibaError) -> Self {
        match error {
            CibaError::Exchange(error) => Self::Exchange(error),
            error => Self::Ciba(error),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.reason.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.reason.source()
    }
}
