//! How a flow ends, or why a step is rejected.

use std::borrow::Cow;

use auth0_api_core::Error;
use auth0_api_core::connected_accounts::ConnectError;
use http::StatusCode;

/// What the last page of a flow says.
#[derive(Debug)]
pub(super) enum Ending {
    /// The account is connected.
    Connected { connection: Box<str> },
    /// The person, or the provider, did not allow it.
    Denied,
    /// The link, or the flow, has expired.
    Expired,
    /// The tenant or this server failed.
    Failed(Failure),
    /// The link is not one of this server.
    Invalid,
    /// Not `GET`.
    Method,
    /// The browser has no flow, or one with another `state`.
    NoFlow,
    /// The log-in is not of the demanded kind or age.
    NotEnough,
    /// Another person than the caller has logged in. The URL lets the browser log in as somebody else.
    NotTheCaller { again: Option<String> },
    /// The person has logged in, and nothing else was asked.
    SignedIn,
    /// The link has been used.
    Used,
}

/// Why the tenant or this server failed, for the log only.
#[derive(Debug)]
pub(super) struct Failure {
    label: &'static str,
    hint: Option<Cow<'static, str>>,
    reason: Option<String>,
}

impl Ending {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Connected { .. } | Self::SignedIn => StatusCode::OK,
            Self::Denied | Self::NotEnough | Self::NotTheCaller { .. } => StatusCode::FORBIDDEN,
            Self::Expired | Self::Used => StatusCode::GONE,
            Self::Failed(_) => StatusCode::BAD_GATEWAY,
            Self::Invalid | Self::NoFlow => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// The stable label, for logs.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Connected { .. } => "connected",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Failed(failure) => failure.label,
            Self::Invalid => "invalid_link",
            Self::Method => "method",
            Self::NoFlow => "no_flow",
            Self::NotEnough => "login_not_enough",
            Self::NotTheCaller { .. } => "not_the_caller",
            Self::SignedIn => "signed_in",
            Self::Used => "used",
        }
    }

    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::Connected { .. } => "Your account is connected",
            Self::Denied => "Nothing was connected",
            Self::Expired => "This link has expired",
            Self::Failed(_) => "That did not work",
            Self::Invalid => "This link is not valid",
            Self::Method => "This page can only be opened",
            Self::NoFlow => "Please begin again",
            Self::NotEnough => "A stronger log-in is needed",
            Self::NotTheCaller { .. } => "This link is for somebody else",
            Self::SignedIn => "You are logged in",
            Self::Used => "This link has been used",
        }
    }

    pub(super) fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Connected { connection } => {
                format!("Your account at {connection} is connected. Close this page, and go back to the application.")
                    .into()
            }
            Self::Denied => "The access was not allowed. Close this page, and go back to the application.".into(),
            Self::Expired | Self::Used => "Ask the application again: it shows a new link.".into(),
            Self::Failed(_) => "Nothing was connected. Try again later: the application then shows a new link.".into(),
            Self::Invalid => "Open the whole link that the application shows.".into(),
            Self::Method => "Open the link in a browser.".into(),
            Self::NoFlow => "Open the link that the application shows, in one window, and stay in this browser.".into(),
            Self::NotEnough => "You did not log in as the application needs it. Ask the application again.".into(),
            Self::NotTheCaller { .. } => {
                "You are logged in as another person than the one whose application made this link. Nothing was \
                 connected. If somebody sent you this link, close this page."
                    .into()
            }
            Self::SignedIn => "Close this page, and go back to the application.".into(),
        }
    }

    /// Reports the ending. No event names the person.
    pub(super) fn log(&self) {
        let label = self.label();
        if let Self::Failed(Failure { hint, reason, .. }) = self {
            let (hint, reason) = (hint.as_deref(), reason.as_deref());
            tracing::warn!(target: "auth0_api", event = "elicitation_failed", label, hint, reason);
        } else {
            tracing::info!(target: "auth0_api", event = "elicitation_ended", label);
        }
    }
}

impl Failure {
    pub(super) fn labelled(label: &'static str) -> Self {
        Self { label, hint: None, reason: None }
    }

    pub(super) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn of(error: &Error) -> Self {
        Self { label: error.label(), hint: error.hint(), reason: Some(error.to_string()) }
    }
}

impl From<ConnectError> for Ending {
    fn from(error: ConnectError) -> Self {
        match &error {
            ConnectError::Callback { .. } | ConnectError::State => Self::NoFlow,
            ConnectError::Denied { .. } => Self::Denied,
            ConnectError::Expired => Self::Expired,
            _ => Self::Failed(Failure {
                label: error.label(),
                hint: error.hint().map(Into::into),
                reason: Some(error.to_string()),
            }),
        }
    }
}

impl From<Failure> for Ending {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_label_is_in_the_guide() {
        let endings = [
            Ending::Connected { connection: "c".into() },
            Ending::Denied,
            Ending::Expired,
            Ending::Invalid,
            Ending::Method,
            Ending::NoFlow,
            Ending::NotEnough,
            Ending::NotTheCaller { again: None },
            Ending::SignedIn,
            Ending::Used,
        ];
        let guide = include_str!("../../../auth0-api-core/src/guide/operating.md");
        let row = guide.lines().find(|line| line.starts_with("| `elicitation_ended` |")).unwrap_or_default();
        for ending in endings {
            assert!(row.contains(&format!("`{}`", ending.label())), "{ending:?}");
        }
    }
}
