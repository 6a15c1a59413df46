//! Errors of requests that an API sends to another API while it serves its own caller.

use std::error::Error as StdError;
use std::time::Duration;

/// Why an API could not get what it needs from another API, the downstream API.
///
/// This crate sends no such requests: `auth0-api-fetcher` does, and turns its errors into these. An application that calls
/// another API by other means can use them too. As a [`Reason`](crate::Reason), the error becomes a response of this API,
/// which shows nothing that the other API wrote.
///
/// | variant | status | label |
/// |---|---|---|
/// | `ApplicationDenied` | 500 | `downstream_application_denied` |
/// | `Denied` | 403 | `downstream_insufficient_scope` |
/// | `Misused` | 500 | `downstream_request` |
/// | `TokenRejected` | 500 | `downstream_token_rejected` |
/// | `Unavailable` | 503 with `Retry-After` | `downstream_unavailable` |
///
/// ```
/// use auth0_api_core::{DownstreamError, Error};
///
/// let denied = DownstreamError::Denied {
///     audience: Some("https://calendar.example.com".into()),
///     scope: Some("write:events".into()),
///     step_up: false,
/// };
/// assert_eq!(Error::from(denied).label(), "downstream_insufficient_scope");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownstreamError {
    /// The other API accepts the token that belongs to this API itself, and demands more. All callers share this token, so none
    /// of them can correct it.
    #[error("the other API demands more of this API{}{}", InText("the scope", .scope), InText("for", .audience))]
    ApplicationDenied {
        /// The audience of the token that was sent, if it is known.
        audience: Option<Box<str>>,
        /// The scope that the other API demands, if it names one.
        scope: Option<Box<str>>,
    },
    /// The other API accepts the token, and demands more: a scope, another permission, or a stronger login.
    ///
    /// The caller of this API cannot request the scope: it is a scope of the other API, which a token for this API does not
    /// have. So the response is a 403 without a challenge.
    #[error("the other API demands more{}{}{}", InText("the scope", .scope), InText("for", .audience), step_up_text(*.step_up))]
    Denied {
        /// The audience of the token that was sent, if it is known.
        audience: Option<Box<str>>,
        /// The scope that the other API demands, if it names one.
        scope: Option<Box<str>>,
        /// Whether the other API demands a stronger or more recent login
        /// ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
        step_up: bool,
    },
    /// This API made the request in a wrong way. Nothing was sent.
    #[error("the request to the other API is not valid")]
    Misused(#[source] Box<dyn StdError + Send + Sync>),
    /// The other API rejects the token that this API got for it.
    #[error("the other API rejects the token{}", InText("for", .audience))]
    TokenRejected {
        /// The audience of the token that was sent, if it is known.
        audience: Option<Box<str>>,
    },
    /// The other API gave no usable answer. The caller of this API did not cause this.
    #[error("the other API is unavailable")]
    Unavailable {
        /// What went wrong.
        #[source]
        cause: Box<dyn StdError + Send + Sync>,
        /// How long to wait before the next attempt, if that is known. Default: 1 s.
        retry_after: Option<Duration>,
    },
}

/// A value of an error's text, with the words before it.
struct InText<'a>(&'static str, &'a Option<Box<str>>);

impl std::fmt::Display for InText<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.1.as_ref().map_or(Ok(()), |value| write!(f, ", {} {value:?}", self.0))
    }
}

fn step_up_text(step_up: bool) -> &'static str {
    if step_up { ", with a stronger or more recent login" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_what_is_known() {
        let (audience, scope) = (|| Some("https://calendar.example.com".into()), || Some("write:events".into()));
        for (error, text) in [
            (
                DownstreamError::ApplicationDenied { audience: None, scope: scope() },
                r#"the other API demands more of this API, the scope "write:events""#,
            ),
            (DownstreamError::Denied { audience: None, scope: None, step_up: false }, "the other API demands more"),
            (
                DownstreamError::Denied { audience: audience(), scope: scope(), step_up: false },
                r#"the other API demands more, the scope "write:events", for "https://calendar.example.com""#,
            ),
            (
                DownstreamError::Denied { audience: None, scope: None, step_up: true },
                "the other API demands more, with a stronger or more recent login",
            ),
            (
                DownstreamError::TokenRejected { audience: audience() },
                r#"the other API rejects the token, for "https://calendar.example.com""#,
            ),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
