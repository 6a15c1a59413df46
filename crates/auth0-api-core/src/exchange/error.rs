//! The errors of an exchange. Each variant shows who caused the failure: the caller, this API's configuration, or the
//! tenant.

use std::sync::Arc;
use std::time::Duration;

use super::{InputError, IssuedToken, OrganizationError, ProofSigningError, ResponseError, ServerError};
use crate::http::HttpError;
use crate::issuer::DiscoveryError;
use crate::jose::PrivateKeyError;

/// Why an exchange returned no token.
///
/// See [when an exchange fails](crate::guide::token_requests#when-an-exchange-fails).
///
/// A handler that returns [`Error`](crate::Error) can use `?` to turn it into a response of this API. Another way is
/// `api.reject(&error.into())`: see the [guide](crate::guide::token_requests). Callers that wait for the same answer share
/// one error.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// No client credentials for the token endpoint are configured. Nothing was sent.
    #[error("no client credentials: configure client_auth")]
    ClientAuthMissing,
    /// The input is invalid. Nothing was sent.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The client's private key cannot sign.
    #[error("the request cannot be signed")]
    Key(#[from] PrivateKeyError),
    /// The ID token in the answer is not for the requested organization.
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    /// The endpoint answered, but the answer is not a valid token response.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The answer is not usable, but the tenant has replaced the refresh token of the request: store the
    /// [successor](Self::successor).
    #[error(transparent)]
    Rotated(#[from] RotatedError),
    /// The answer grants fewer scopes than required. Only [`TokenSet::require_scopes`](super::TokenSet::require_scopes)
    /// returns this.
    #[error("the scopes {missing} are not granted")]
    ScopesMissing {
        /// The missing scopes, separated by spaces.
        missing: Box<str>,
    },
    /// The tenant rejected the request.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The token endpoint gave no usable answer. The caller did not cause this.
    #[error(transparent)]
    Unavailable(#[from] EndpointUnavailable),
}

/// The tenant has replaced the refresh token of the request, but its answer failed a check of this crate.
///
/// The text and the label are those of the [cause](Self::cause). `Debug` does not show the successor.
#[derive(Clone, Debug)]
pub struct RotatedError {
    cause: Box<ExchangeError>,
    successor: IssuedToken,
}

/// The token endpoint is unavailable, and how long to wait before the next attempt.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the token endpoint is unavailable")]
pub struct EndpointUnavailable {
    /// What went wrong.
    #[source]
    pub cause: Arc<EndpointError>,
    /// How long to wait before the next attempt.
    pub retry_after: Duration,
}

/// Why the token endpoint gave no usable answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The URL of the endpoint could not be discovered: the discovery document could not be fetched, is not valid, or
    /// contains no usable URL.
    #[error("the URL of the token endpoint could not be discovered")]
    Discovery(#[from] DiscoveryError),
    /// The task that sends the request ended without an answer: the HTTP client panicked, or the runtime is shutting
    /// down.
    #[error("the request ended without an answer")]
    GivenUp,
    /// There was no response.
    #[error("the token request failed")]
    Http(#[from] HttpError),
    /// The endpoint answered 429 or a 5xx status, without an OAuth error.
    #[error("the token endpoint answered {status}")]
    Status {
        /// The status.
        status: u16,
    },
}

impl RotatedError {
    pub(super) fn new(cause: ExchangeError, successor: IssuedToken) -> Self {
        Self { cause: Box::new(cause), successor }
    }

    /// Which check of the answer failed.
    pub fn cause(&self) -> &ExchangeError {
        &self.cause
    }

    /// The refresh token that replaces the one of the request. Store it: the tenant accepts the old one no more.
    pub fn successor(&self) -> &IssuedToken {
        &self.successor
    }
}

impl std::fmt::Display for RotatedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.cause.fmt(f)
    }
}

impl std::error::Error for RotatedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.source()
    }
}

impl EndpointUnavailable {
    pub(super) fn new(cause: impl Into<EndpointError>, retry_after: Option<Duration>) -> Self {
        Self { cause: Arc::new(cause.into()), retry_after: retry_after.unwrap_or(USUAL_OUTAGE) }
    }

    pub(super) fn given_up() -> Self {
        Self::new(EndpointError::GivenUp, None)
    }
}

impl ExchangeError {
    /// The error of a proof for the token endpoint. A proof that the application asks for is not part of an exchange.
    pub(super) fn of_own_proof(error: &ProofSigningError) -> Self {
        match error {
            ProofSigningError::Key(error) => (*error).into(),
            // An exchange signs proofs only for the URL of the token endpoint. Discovery provided this URL, so this is
            // an error of discovery.
            ProofSigningError::Url(_) => EndpointUnavailable::new(DiscoveryError::TokenEndpoint, None).into(),
        }
    }
}

impl ExchangeError {
    /// How long to wait before the next attempt, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Rotated(error) => error.cause().retry_after(),
            Self::Server(error) => error.retry_after(),
            Self::Unavailable(error) => Some(error.retry_after),
            _ => None,
        }
    }

    /// The refresh token that replaces the one of the request. Store it, although the exchange failed: the tenant accepts
    /// the old one no more.
    ///
    /// `None` if the answer has no such token, or if no complete answer of at most 64 KiB arrived. In the latter case, it is
    /// unknown whether the tenant has replaced the token.
    ///
    /// ```
    /// use auth0_api_core::exchange::RefreshToken;
    /// use auth0_api_core::{ApiClient, ExchangeError, TokenSet};
    ///
    /// # fn store(_next: &str) {}
    /// async fn refreshed(api: &ApiClient, stored: String) -> Result<TokenSet, ExchangeError> {
    ///     let outcome = api.get_token_by_refresh_token(RefreshToken::new(stored)).await;
    ///     let next = match &outcome {
    ///         Ok(tokens) => tokens.refresh_token(),
    ///         Err(error) => error.successor(),
    ///     };
    ///     if let Some(next) = next {
    ///         store(next.expose());
    ///     }
    ///     outcome
    /// }
    /// ```
    pub fn successor(&self) -> Option<&IssuedToken> {
        match self {
            Self::Rotated(error) => Some(error.successor()),
            _ => None,
        }
    }
}

/// Most short outages end within this time, when a new connection is made or another node takes over.
const USUAL_OUTAGE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::error::Error as _;

    use super::*;

    #[test]
    fn an_error_with_a_successor_is_otherwise_its_cause() {
        let cause = || EndpointUnavailable::new(HttpError::Timeout, Some(Duration::from_secs(7)));
        let rotated = RotatedError::new(cause().into(), IssuedToken::new("next").unwrap());
        assert_eq!(rotated.to_string(), ExchangeError::from(cause()).to_string());
        assert_eq!(rotated.source().unwrap().to_string(), ExchangeError::from(cause()).source().unwrap().to_string());
        let error = ExchangeError::from(rotated);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(error.successor().unwrap().expose(), "next");
    }
}
