//! Why a request got no usable response.

use std::error::Error as StdError;
use std::time::Duration;

use auth0_api_core::exchange::ProofSigningError;
use auth0_api_core::http::HttpError;
use auth0_api_core::{DownstreamError, Error, ExchangeError, Reason};
use serde_json::error::Category;

use crate::url_error::UrlError;

/// Why a request got no usable response.
///
/// In a handler, return it with `?` as the adapter's `HandlerError`: the layer turns it into a response of this API. The
/// response shows nothing that the other API wrote.
///
/// | what happened | status | label |
/// |---|---|---|
/// | the tenant gave no token | as in the [guide](auth0_api_core::guide::token_requests) | `exchange_…` |
/// | the other API answered 403, or demands a stronger login | 403 | `downstream_insufficient_scope` |
/// | the other API denies this API itself | 500 | `downstream_application_denied` |
/// | the other API rejects the token | 500 | `downstream_token_rejected` |
/// | the code asks for something that cannot be sent, such as a URL of another origin | 500 | `downstream_request` |
/// | no answer, a time limit, an answer that cannot be read | 503 with `Retry-After` | `downstream_unavailable` |
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The other API answered 403 to the token of a [grant](crate::Fetcher::with_grant), which belongs to this API itself.
    #[error("the other API demands more than the token of this API grants")]
    ApplicationDenied {
        /// The audience of the token, if that is known.
        audience: Option<Box<str>>,
        /// The scope that the other API demands, if it names one.
        scope: Option<Box<str>>,
    },
    /// There is no caller: the extensions of the request name none, or the source needs the verified token of one. Nothing was
    /// sent.
    #[error("no caller: a request without one is not sent")]
    CallerMissing,
    /// The other API answered 403, or demands a stronger login with a 401
    /// ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
    #[error("the other API demands more than the token grants")]
    Denied {
        /// The audience of the token, or the connection that it is for, if that is known.
        audience: Option<Box<str>>,
        /// The scope that the other API demands, if it names one.
        scope: Option<Box<str>>,
        /// Whether the other API demands a stronger or more recent login.
        step_up: bool,
    },
    /// The tenant gave no token.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The name or the value of a header, or the method, cannot be sent. Nothing was sent.
    #[error("a header or the method is not valid")]
    Header(#[source] http::Error),
    /// The body of the response is not the JSON that was expected.
    #[error("the response is not the expected JSON")]
    Json(#[source] NotExpectedJson),
    /// The token is bound to another key than that of the fetcher, or the fetcher has no key. Nothing was sent.
    #[error("the token is bound to a key that the fetcher does not have: set proof_key")]
    ProofKey,
    /// The proof cannot be signed. Nothing was sent.
    #[error(transparent)]
    ProofSigning(#[from] ProofSigningError),
    /// The body of the request cannot be written as JSON. Nothing was sent.
    #[error("the body cannot be written as JSON")]
    RequestJson(#[source] serde_json::Error),
    /// The source of the application gave no token.
    #[error("the source gave no token")]
    Source(#[source] Box<dyn StdError + Send + Sync>),
    /// The status of a response is no success: from [`FetchResponse::error_for_status`](crate::FetchResponse::error_for_status).
    #[error("the other API answered {status}")]
    Status {
        /// The status.
        status: u16,
        /// How long to wait before the next attempt, if the response says it.
        retry_after: Option<Duration>,
    },
    /// The whole request took longer than its time limit.
    #[error("no response within {limit:?}")]
    Timeout {
        /// The limit.
        limit: Duration,
    },
    /// The other API answered 401. If its answer says that the token is invalid, or gives no reason, the token was dropped from the
    /// cache, unless that happened less than 10 s ago. If the request could be repeated, a new token was rejected too.
    #[error("the other API rejects the token")]
    TokenRejected {
        /// The audience of the token, or the connection that it is for, if that is known.
        audience: Option<Box<str>>,
    },
    /// The text of a token is empty, or has characters that a header cannot contain. Nothing was sent.
    #[error("the token cannot be sent in a header")]
    TokenText,
    /// The tenant issued a token that is no access token. Nothing was sent.
    #[error("the issued token is no access token")]
    TokenType,
    /// There is no response, or its body could not be read.
    #[error(transparent)]
    Unanswered(#[from] HttpError),
    /// The URL is not one that this fetcher sends a token to. Nothing was sent.
    #[error(transparent)]
    Url(#[from] UrlError),
}

/// What an error means for this API.
enum Meaning {
    ApplicationDenied,
    Denied,
    /// An error of `auth0-api-core`, which has its own label.
    Known,
    Misused,
    TokenRejected,
    Unavailable(Option<Duration>),
}

/// Where a body is not the JSON that was expected, and how. It contains no text of the body: that may be personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}, at line {line}, column {column}")]
pub struct NotExpectedJson {
    problem: &'static str,
    line: usize,
    column: usize,
}

impl NotExpectedJson {
    pub(crate) fn of(error: &serde_json::Error) -> Self {
        let problem = match error.classify() {
            Category::Data => "a value has another type, or a member is missing",
            Category::Eof => "the text ends too early",
            Category::Io | Category::Syntax => "the text is not JSON",
        };
        Self { problem, line: error.line(), column: error.column() }
    }
}

impl FetchError {
    /// The error of a source that gave no token, for a [`TokenSource`](crate::TokenSource) of the application.
    pub fn source(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Source(error.into())
    }

    /// A stable, machine-readable label for logs and metrics, the same as [`Error::label`] of the response of this API.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Exchange(error) => Error::from(error.clone()).label(),
            Self::ProofSigning(error) => Error::from(error.clone()).label(),
            _ => match self.meaning() {
                Meaning::ApplicationDenied => "downstream_application_denied",
                Meaning::Denied => "downstream_insufficient_scope",
                Meaning::Known | Meaning::Misused => "downstream_request",
                Meaning::TokenRejected => "downstream_token_rejected",
                Meaning::Unavailable(_) => "downstream_unavailable",
            },
        }
    }

    fn meaning(&self) -> Meaning {
        match self {
            Self::ApplicationDenied { .. } => Meaning::ApplicationDenied,
            Self::Denied { .. } => Meaning::Denied,
            Self::Exchange(_) | Self::ProofSigning(_) => Meaning::Known,
            Self::CallerMissing
            | Self::Header(_)
            | Self::ProofKey
            | Self::RequestJson(_)
            | Self::TokenText
            | Self::TokenType
            | Self::Url(_) => Meaning::Misused,
            Self::Status { status, .. } if !matches!(status, 429 | 500..) => Meaning::Misused,
            Self::Status { retry_after, .. } => Meaning::Unavailable(*retry_after),
            Self::Json(_) | Self::Source(_) | Self::Timeout { .. } | Self::Unanswered(_) => Meaning::Unavailable(None),
            Self::TokenRejected { .. } => Meaning::TokenRejected,
        }
    }
}

/// So that an adapter's `HandlerError`, and [`Error`] itself, can be made from this error with `?`.
impl From<FetchError> for Reason {
    fn from(error: FetchError) -> Self {
        let meaning = error.meaning();
        match (error, meaning) {
            (FetchError::Exchange(error), _) => error.into(),
            (FetchError::ProofSigning(error), _) => error.into(),
            (FetchError::ApplicationDenied { audience, scope }, _) => {
                DownstreamError::ApplicationDenied { audience, scope }.into()
            }
            (FetchError::Denied { audience, scope, step_up }, _) => {
                DownstreamError::Denied { audience, scope, step_up }.into()
            }
            (FetchError::TokenRejected { audience }, _) => DownstreamError::TokenRejected { audience }.into(),
            (error, Meaning::Unavailable(retry_after)) => {
                DownstreamError::Unavailable { cause: error.into(), retry_after }.into()
            }
            (error, _) => DownstreamError::Misused(error.into()).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_those_of_the_response() {
        let status = |status| FetchError::Status { status, retry_after: None };
        for (error, expected) in [
            (FetchError::ApplicationDenied { audience: None, scope: None }, "500 downstream_application_denied"),
            (FetchError::CallerMissing, "500 downstream_request"),
            (FetchError::Denied { audience: None, scope: None, step_up: true }, "403 downstream_insufficient_scope"),
            (ExchangeError::ClientAuthMissing.into(), "500 exchange_client_auth_missing"),
            (FetchError::ProofKey, "500 downstream_request"),
            (FetchError::source("down"), "503 downstream_unavailable"),
            (status(404), "500 downstream_request"),
            (status(302), "500 downstream_request"),
            (status(429), "503 downstream_unavailable"),
            (status(500), "503 downstream_unavailable"),
            (FetchError::Timeout { limit: Duration::from_secs(1) }, "503 downstream_unavailable"),
            (FetchError::TokenRejected { audience: None }, "500 downstream_token_rejected"),
            (FetchError::TokenText, "500 downstream_request"),
            (FetchError::TokenType, "500 downstream_request"),
            (HttpError::TooLarge.into(), "503 downstream_unavailable"),
            (UrlError::DotSegment.into(), "500 downstream_request"),
        ] {
            let label = error.label();
            let error = Error::from(error);
            assert_eq!((format!("{} {}", error.status(), error.label()).as_str(), error.label()), (expected, label));
        }
    }
}
