//! The sum of what can go wrong with a request.

use crate::credentials::{CredentialsError, Scheme};
use crate::dpop::DpopError;
use crate::exchange::ExchangeError;
use crate::issuer::IssuerError;
use crate::jose::JoseError;
use crate::requirement::RequirementError;
use crate::revocation::RevocationError;
use crate::token::{TokenError, VerifiedToken};

/// Why a request is rejected.
///
/// [`ApiClient::reject`](crate::ApiClient::reject) turns it into an HTTP response; [`label`](Self::label) names it for logs and
/// metrics; [`hint`](Self::hint) tells an operator what to look at. Neither the error nor its `Debug` holds the token.
#[derive(Debug)]
pub struct Error {
    pub(crate) reason: Reason,
    pub(crate) presented_as: Option<Scheme>,
}

/// Whose check it was that failed, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Nothing usable was presented.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The token is not bound as it should be, or its proof does not hold.
    #[error(transparent)]
    Dpop(#[from] DpopError),
    /// A token that the answer needs could not be had.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The issuer is not trusted, or its keys cannot be had.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The token is no signed JWT that is accepted here.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The token is good, and not enough.
    #[error(transparent)]
    Requirement(#[from] RequirementError),
    /// The token was revoked, or nobody knows.
    #[error(transparent)]
    Revocation(#[from] RevocationError),
    /// The claims are not valid here.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl Error {
    /// Whose check it was that failed, and why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The error of a request that presents nothing: for an adapter whose route demands what its layer let pass.
    pub fn missing_credentials() -> Self {
        CredentialsError::Missing.into()
    }

    /// Whether the request presented nothing at all that concerns us: the one case that optional authentication lets pass.
    pub fn is_missing_credentials(&self) -> bool {
        matches!(self.reason, Reason::Credentials(CredentialsError::Missing))
    }

    /// Says which token the request presented, where the error does not know: the one of an exchange does not. The challenge of
    /// its scheme carries the error then ([RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)).
    ///
    /// ```
    /// use auth0_api_core::{ApiClient, Error, ExchangeError, Rejection, VerifiedToken};
    ///
    /// fn reject(api: &ApiClient, token: &VerifiedToken, error: ExchangeError) -> Rejection {
    ///     api.reject(&Error::from(error).presented_with(token))
    /// }
    /// ```
    #[must_use]
    pub fn presented_with(self, token: &VerifiedToken) -> Self {
        let scheme = self.presented_as.unwrap_or_else(|| token.binding().scheme());
        self.presented_as(scheme)
    }

    pub(crate) fn presented_as(mut self, scheme: Scheme) -> Self {
        self.presented_as = Some(scheme);
        self
    }
}

impl<R: Into<Reason>> From<R> for Error {
    fn from(reason: R) -> Self {
        Self { reason: reason.into(), presented_as: None }
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
