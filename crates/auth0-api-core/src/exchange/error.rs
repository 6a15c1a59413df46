//! What can go wrong with an exchange, by whose fault it is.

use std::sync::Arc;
use std::time::Duration;

use super::{OrganizationError, ProofSigningError, ServerError, TokenTextError};
use crate::http::HttpError;
use crate::issuer::DiscoveryError;
use crate::jose::PrivateKeyError;

/// Why there is no token.
///
/// It becomes an answer of your own API with `?` in a handler that returns [`Error`](crate::Error), or with
/// `api.reject(&error.into())`: see the [guide](crate::guide::exchange). Callers that wait for the same answer share one error.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The client has no credentials for the token endpoint. Nothing was sent.
    #[error("no client credentials: configure client_auth")]
    ClientAuthMissing,
    /// What was asked for makes no request. Nothing was sent.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The client's private key cannot sign.
    #[error("the request cannot be signed")]
    Key(#[from] PrivateKeyError),
    /// The ID token that came back is of another organisation than was asked for.
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    /// The endpoint answered, and the answer is no token response.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The answer grants less than is needed: [`TokenSet::require_scopes`](super::TokenSet::require_scopes) says so.
    #[error("the scopes {missing} are not granted")]
    ScopesMissing {
        /// Those that are missing, separated by blanks.
        missing: Box<str>,
    },
    /// The tenant rejected.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// There is no usable answer: our trouble, not the caller's.
    #[error(transparent)]
    Unavailable(#[from] EndpointUnavailable),
}

/// What is wrong with what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// A parameter is blank that means nothing then.
    #[error("{parameter} is blank")]
    Blank {
        /// The form field.
        parameter: &'static str,
    },
    /// Extra parameters have names that are not free.
    #[error("reserved parameters cannot be set: {}", .names.join(", "))]
    Reserved {
        /// The names, as they were given.
        names: Vec<Box<str>>,
    },
    /// The profile's type is no URI of 8 to 100 characters, or is in a namespace of IETF, Auth0 or Okta.
    #[error("the subject token type is no URI of 8 to 100 characters outside reserved namespaces")]
    SubjectTokenType,
    /// The text of a token is none.
    #[error("{parameter} {problem}")]
    Token {
        /// The form field.
        parameter: &'static str,
        /// What is wrong with it.
        problem: TokenTextError,
    },
    /// More than 20 values under one name.
    #[error("the parameter {name} has more than 20 values")]
    TooManyValues {
        /// The name.
        name: Box<str>,
    },
}

/// Why an answer with tokens cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// The body is neither a token response nor an OAuth error ([RFC 6749 §5](https://www.rfc-editor.org/rfc/rfc6749#section-5)).
    #[error("the token endpoint answered {status} without a token response or an OAuth error")]
    Body {
        /// The status.
        status: u16,
    },
    /// The ID token is not for this client, not of this issuer, expired or malformed
    /// ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
    #[error("the ID token of the token response is not valid here")]
    IdToken,
    /// A member is missing or of another type or value than its specification says.
    #[error("{member} of the token response is missing or malformed")]
    Member {
        /// The member's name.
        member: &'static str,
    },
    /// A bound token was asked for, and this one is not
    /// ([RFC 9449 §5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
    #[error("the token is not bound to the key that it was asked for with")]
    NotBound,
}

/// There is no answer, and when it makes sense to come again.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the token endpoint cannot be had")]
pub struct EndpointUnavailable {
    /// What went wrong.
    #[source]
    pub cause: Arc<EndpointError>,
    /// When it makes sense to come again, from now.
    pub retry_after: Duration,
}

/// What keeps the token endpoint from answering.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// Where it is cannot be found out.
    #[error("the tenant's discovery document names no usable token endpoint")]
    Discovery(#[from] DiscoveryError),
    /// The task that asks ended without an answer: the HTTP client panicked, or the runtime is shutting down.
    #[error("the request was given up")]
    GivenUp,
    /// No response.
    #[error("the token request failed")]
    Http(#[from] HttpError),
    /// An outage or a limit, without an OAuth error.
    #[error("the token endpoint answered {status}")]
    Status {
        /// The status.
        status: u16,
    },
}

impl EndpointUnavailable {
    pub(super) fn new(cause: impl Into<EndpointError>, retry_after: Option<Duration>) -> Self {
        Self { cause: Arc::new(cause.into()), retry_after: retry_after.unwrap_or(USUAL_OUTAGE) }
    }

    pub(super) fn given_up() -> Self {
        Self::new(EndpointError::GivenUp, None)
    }
}

impl From<ProofSigningError> for ExchangeError {
    fn from(error: ProofSigningError) -> Self {
        match error {
            ProofSigningError::Key(error) => error.into(),
            // The only URL that is proven here is the endpoint's.
            ProofSigningError::Url(_) => EndpointUnavailable::new(DiscoveryError::TokenEndpoint, None).into(),
        }
    }
}

impl ExchangeError {
    /// When it makes sense to come again, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Server(error) => error.retry_after(),
            Self::Unavailable(error) => Some(error.retry_after),
            _ => None,
        }
    }
}

/// What most outages that end by themselves take: a new connection, another node.
const USUAL_OUTAGE: Duration = Duration::from_secs(1);
