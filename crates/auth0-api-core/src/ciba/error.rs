//! The errors of asking a user for approval.

use crate::exchange::ExchangeError;

/// Why there is no approval. While the user has not answered yet, there is no error.
///
/// A handler that returns [`Error`](crate::Error) can use `?` to turn it into a response of its API. The token of the caller
/// is never blamed:
///
/// | variant | status | body `error` |
/// |---|---|---|
/// | `Denied` | 403 | `access_denied` |
/// | `Expired` | 403 | `approval_expired` |
/// | `BindingMessage`, `Input` | 500 | `server_error` |
/// | `Response`, `Stopped` | 503 with `Retry-After` | `temporarily_unavailable` |
/// | `Exchange` | as [`ExchangeError`]: 503 for an outage, 500 for a rejected client | as `ExchangeError` |
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CibaError {
    /// The binding message is blank, has more than 64 characters, or others than ASCII letters and digits, spaces and
    /// `+-_.,:#`. Nothing was sent.
    #[error("the binding message has characters that are not allowed, or not 1 to 64 of them")]
    BindingMessage,
    /// The user denied the request, or let it expire (`access_denied`: Auth0 does not tell one from the other).
    #[error("the user denied the request")]
    Denied,
    /// A request to the tenant failed. While the user has time to answer, an outage and a rate limit do not end the waiting;
    /// this is the error if one of them lasted until the request expired.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The user has not answered in time (`expired_token`).
    #[error("the request has expired without an answer of the user")]
    Expired,
    /// The input is invalid. Nothing was sent.
    #[error("{parameter} is invalid")]
    Input {
        /// The form field.
        parameter: &'static str,
    },
    /// The answer to the start has a missing or malformed member.
    #[error("the answer has no usable {member}")]
    Response {
        /// The member.
        member: &'static str,
    },
    /// The application has [stopped](super::StopWaiting::stop) waiting.
    #[error("the application has stopped waiting")]
    Stopped,
}

impl CibaError {
    /// The stable label of the error, for logs and metrics. For `Exchange`, [`Error::label`](crate::Error::label) is more
    /// precise: it is that of the source.
    pub fn label(&self) -> &'static str {
        match self {
            Self::BindingMessage => "ciba_binding_message",
            Self::Denied => "ciba_denied",
            Self::Exchange(_) => "ciba_exchange",
            Self::Expired => "ciba_expired",
            Self::Input { .. } => "ciba_input",
            Self::Response { .. } => "ciba_response",
            Self::Stopped => "ciba_stopped",
        }
    }

    /// Returns what the operator should check or do, for errors with a known cause.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::BindingMessage | Self::Input { .. } => {
                Some("the application passed a value that no request can contain: correct the call")
            }
            Self::Exchange(error) => error.hint(),
            Self::Expired => Some(
                "the user has not answered: check that the user has enrolled a device for push notifications, or request \
                 a longer lifetime",
            ),
            Self::Response { .. } => Some("check that no proxy changes the answers of the tenant"),
            Self::Denied | Self::Stopped => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CibaError as E;
    use super::*;

    #[test]
    fn each_label_is_in_the_guide() {
        let errors = [
            E::BindingMessage,
            E::Denied,
            E::Exchange(ExchangeError::ClientAuthMissing),
            E::Expired,
            E::Input { parameter: "scope" },
            E::Response { member: "auth_req_id" },
            E::Stopped,
        ];
        for error in errors {
            let label = format!("`{}`", error.label());
            assert!(include_str!("../guide/exchange.md").contains(&label), "{label}");
        }
    }
}
