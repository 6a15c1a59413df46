//! The errors of connecting accounts.

use std::time::Duration;

use crate::exchange::ProofSigningError;
use crate::http::HttpError;

/// Why a request about connected accounts failed.
///
/// A handler that returns [`Error`](crate::Error) can use `?` to turn it into a response of its API:
///
/// | variant | status | body `error` |
/// |---|---|---|
/// | `Callback` | 400 | `invalid_request` |
/// | `Denied` | 403 | `access_denied` |
/// | `CodeRejected`, `Expired`, `State` | 403 | `account_flow_rejected`, `account_flow_expired`, `account_flow_mismatch` |
/// | `NotFound`, and `Input` for an id that no account can have | 403 | `account_not_found` |
/// | `Forbidden`, `Input`, `Proof`, `Random`, `Rejected`, `Token` | 500 | `server_error` |
/// | `RateLimited`, `Response`, `Status`, `Unavailable` | 503 with `Retry-After` | `temporarily_unavailable` |
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The query of the redirect is not an answer of the tenant: it has no `connect_code` and no `error`, or has one
    /// repeatedly.
    #[error("the query of the redirect has no usable {parameter}")]
    Callback {
        /// The parameter.
        parameter: &'static str,
    },
    /// The tenant rejected the code of the redirect: it was used before, is too old, or belongs to another user.
    #[error("the tenant rejected the code of the redirect with {}", .0.status())]
    CodeRejected(MyAccountProblem),
    /// The user, or the provider, did not allow the access.
    #[error("the account was not connected: {code}")]
    Denied {
        /// The `error` of the redirect: at most 64 printable characters.
        code: Box<str>,
    },
    /// The user took too long: the flow has expired, usually after five minutes.
    #[error("the flow to connect an account has expired")]
    Expired,
    /// The token does not have the scope for the request.
    #[error("the token lacks the scope for connected accounts")]
    Forbidden(MyAccountProblem),
    /// The input is invalid. Nothing was sent.
    #[error("{parameter} is invalid")]
    Input {
        /// The parameter.
        parameter: &'static str,
    },
    /// The user has no such account.
    #[error("the user has no such account")]
    NotFound(MyAccountProblem),
    /// The proof cannot be signed.
    #[error("the proof cannot be signed")]
    Proof(#[from] ProofSigningError),
    /// There were too many requests.
    #[error("the tenant's rate limit is reached")]
    RateLimited {
        /// How long to wait, at most one hour.
        retry_after: Option<Duration>,
    },
    /// The tenant rejected the request: the connection, the scopes, the parameters or the redirect URI.
    #[error("the tenant rejected the request with {}", .0.status())]
    Rejected(MyAccountProblem),
    /// The answer is not what the My Account API answers.
    #[error("the answer has no usable {member}")]
    Response {
        /// The member of the answer.
        member: &'static str,
    },
    /// The `state` of the redirect is not the one of this flow: the redirect belongs to another session.
    #[error("the state of the redirect belongs to another flow")]
    State,
    /// The system provides no random numbers.
    #[error("no random numbers are available")]
    Random,
    /// The tenant rejected the token or its proof.
    #[error("the tenant rejected the token of the user")]
    Token(MyAccountProblem),
    /// There was no response.
    #[error("the My Account API is unavailable")]
    Unavailable(#[from] HttpError),
    /// The tenant answered with a 5xx status.
    #[error("the My Account API answered {status}")]
    Status {
        /// The status.
        status: u16,
        /// How long to wait, at most one hour.
        retry_after: Option<Duration>,
    },
}

/// What the tenant says about a rejected request ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). `Debug` shows only
/// the status.
#[derive(Clone)]
pub struct MyAccountProblem {
    pub(super) status: u16,
    pub(super) detail: Option<Box<str>>,
}

impl MyAccountProblem {
    #[cfg(test)]
    pub(crate) fn of_status(status: u16) -> Self {
        Self { status, detail: None }
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The tenant's text, at most 512 printable characters: for logs, not for clients.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}

impl std::fmt::Debug for MyAccountProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MyAccountProblem").field("status", &self.status).finish_non_exhaustive()
    }
}

impl ConnectError {
    /// The stable label of the error, for logs and metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Callback { .. } => "connect_callback",
            Self::CodeRejected(_) => "connect_code_rejected",
            Self::Denied { .. } => "connect_denied",
            Self::Expired => "connect_expired",
            Self::Forbidden(_) => "connect_forbidden",
            Self::Input { .. } => "connect_input",
            Self::NotFound(_) => "connect_not_found",
            Self::Proof(_) => "connect_proof",
            Self::Random => "connect_random",
            Self::RateLimited { .. } => "connect_rate_limited",
            Self::Rejected(_) => "connect_rejected",
            Self::Response { .. } => "connect_response",
            Self::State => "connect_state",
            Self::Status { .. } | Self::Unavailable(_) => "connect_unavailable",
            Self::Token(_) => "connect_token_rejected",
        }
    }

    /// Returns what the operator should check or do, for errors with a known cause.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Forbidden(_) => {
                "request the token for the My Account API with create:, read: or delete:me:connected_accounts, and \
                 activate these scopes for the application"
            }
            Self::Input { .. } => "the application passed a value that no request can contain: correct the call",
            Self::Proof(_) => "the key of the proof cannot sign: replace it",
            Self::Random => "the system provides no random numbers: check the machine",
            Self::Rejected(_) => {
                "check that the connection has Connected Accounts switched on, and that the redirect URI is a callback \
                 URL of the application"
            }
            Self::Response { .. } => "check that no proxy changes the answers of the tenant",
            Self::State => "keep the pending connection in the session of the user who opens the URL",
            Self::Token(_) => "the token must be a token of the user for the audience of MyAccountClient::audience()",
            Self::Unavailable(_) => "the tenant cannot be reached: check DNS, egress rules and certificates",
            Self::Callback { .. }
            | Self::CodeRejected(_)
            | Self::Denied { .. }
            | Self::Expired
            | Self::NotFound(_)
            | Self::RateLimited { .. }
            | Self::Status { .. } => return None,
        })
    }

    /// Whether the user or their browser is the cause, and not this API or the tenant.
    pub(crate) fn is_of_user(&self) -> bool {
        match self {
            Self::Callback { .. }
            | Self::CodeRejected(_)
            | Self::Denied { .. }
            | Self::Expired
            | Self::Input { parameter: "id" }
            | Self::NotFound(_)
            | Self::State => true,
            Self::Forbidden(_)
            | Self::Input { .. }
            | Self::Proof(_)
            | Self::Random
            | Self::RateLimited { .. }
            | Self::Rejected(_)
            | Self::Response { .. }
            | Self::Status { .. }
            | Self::Token(_)
            | Self::Unavailable(_) => false,
        }
    }

    /// How long to wait before the next attempt, if the tenant says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ConnectError as E;
    use super::*;

    fn problem() -> MyAccountProblem {
        MyAccountProblem { status: 400, detail: Some("secret".into()) }
    }

    #[test]
    fn each_label_is_in_the_guide() {
        let errors = [
            E::Callback { parameter: "connect_code" },
            E::CodeRejected(problem()),
            E::Denied { code: "access_denied".into() },
            E::Expired,
            E::Forbidden(problem()),
            E::Input { parameter: "id" },
            E::NotFound(problem()),
            E::Proof(ProofSigningError::Key(crate::jose::PrivateKeyError::Signing)),
            E::Random,
            E::RateLimited { retry_after: None },
            E::Rejected(problem()),
            E::Response { member: "ticket" },
            E::State,
            E::Status { status: 502, retry_after: None },
            E::Token(problem()),
        ];
        for error in errors {
            let label = format!("`{}`", error.label());
            assert!(include_str!("../guide/exchange.md").contains(&label), "{label}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }
}
