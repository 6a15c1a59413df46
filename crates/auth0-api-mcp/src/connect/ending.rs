//! How a flow ends, or why a step is rejected.

use std::borrow::Cow;
use std::time::Duration;

use auth0_api_core::connected_accounts::ConnectError;
use http::StatusCode;

use super::failure::Failure;
use crate::event_limit::EventLimit;

/// What the last page of a flow says.
#[derive(Debug)]
pub(super) enum Ending {
    /// The account is connected.
    Connected { connection: Box<str> },
    /// The tenant rejected the code with which the provider sent the browser back.
    CodeRejected,
    /// The account is connected, but the provider does not name all that was asked for as granted.
    ConnectedWithout { connection: Box<str>, missing: Vec<Box<str>> },
    /// The person, or the provider, did not allow it.
    Denied,
    /// The link, or the flow, has expired.
    Expired,
    /// The tenant or this server failed.
    Failed(Failure),
    /// The link is not one of this server.
    Invalid,
    /// Another method than this one.
    Method { allowed: &'static str },
    /// The browser has no flow, or one with another `state`.
    NoFlow,
    /// The login is not of the demanded kind or age.
    NotEnough,
    /// Another person than the caller has logged in, or the caller in another organization. The URL lets the browser log in
    /// as somebody else.
    NotTheCaller { again: Option<String> },
    /// Somebody has logged in with the link more often than a person does.
    OpenedTooOften,
    /// The person has used up the logins and connections with this client for some time.
    QuotaReached { retry_after: Duration },
    /// The step was taken already, perhaps with a double click.
    Repeated,
    /// The person has logged in, and nothing else was asked.
    SignedIn,
    /// The last request to the tenant failed, and may have had its effect.
    Unknown(Failure),
    /// The link has been used.
    Used,
}

impl Ending {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Connected { .. } | Self::SignedIn => StatusCode::OK,
            Self::CodeRejected
            | Self::ConnectedWithout { .. }
            | Self::Denied
            | Self::NotEnough
            | Self::NotTheCaller { .. } => StatusCode::FORBIDDEN,
            Self::Expired | Self::Used => StatusCode::GONE,
            Self::Failed(_) | Self::Unknown(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Invalid | Self::NoFlow => StatusCode::BAD_REQUEST,
            Self::OpenedTooOften | Self::QuotaReached { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Repeated => StatusCode::CONFLICT,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// The stable label, for logs.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Connected { .. } => "connected",
            Self::CodeRejected => "code_rejected",
            Self::ConnectedWithout { .. } => "connected_without_scopes",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Failed(failure) | Self::Unknown(failure) => failure.label,
            Self::Invalid => "invalid_link",
            Self::Method { .. } => "method",
            Self::NoFlow => "no_flow",
            Self::NotEnough => "login_not_enough",
            Self::NotTheCaller { .. } => "not_the_caller",
            Self::OpenedTooOften => "opened_too_often",
            Self::QuotaReached { .. } => "quota_reached",
            Self::Repeated => "repeated",
            Self::SignedIn => "signed_in",
            Self::Used => "used",
        }
    }

    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::CodeRejected | Self::NoFlow => "Please begin again",
            Self::Connected { .. } => "Your account is connected",
            Self::ConnectedWithout { .. } => "Something may be missing",
            Self::Denied => "It was not allowed",
            Self::Expired => "This link has expired",
            Self::Failed(_) => "That did not work",
            Self::Invalid => "This link is not valid",
            Self::Method { .. } => "This page can only be opened",
            Self::NotEnough => "A stronger login is needed",
            Self::NotTheCaller { .. } => "This link is for somebody else",
            Self::OpenedTooOften => "This link was used too often",
            Self::QuotaReached { .. } => "Too many attempts",
            Self::Repeated => "This is already being processed",
            Self::SignedIn => "You are logged in",
            Self::Unknown(_) => "Please look whether it worked",
            Self::Used => "This link has been used",
        }
    }

    pub(super) fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Connected { connection } => {
                format!("Your account at {connection} is connected. Close this page, and go back to the application.")
                    .into()
            }
            Self::CodeRejected => {
                "The answer of the provider was not accepted, and nothing was connected with it. Ask the application again: it \
                 shows a new link."
                    .into()
            }
            Self::Denied => "Nothing was connected. Close this page, and go back to the application.".into(),
            Self::ConnectedWithout { connection, missing } => format!(
                "Your account at {connection} is connected, but these permissions may be missing: {}. Go back to the \
                 application. If it shows a link again, allow everything that it asks for.",
                missing.join(", ")
            )
            .into(),
            Self::Expired | Self::OpenedTooOften | Self::Used => "Ask the application again: it shows a new link.".into(),
            Self::Failed(_) => "Nothing was connected. Try again later: the application then shows a new link.".into(),
            Self::Invalid => "Open the whole link that the application shows.".into(),
            Self::Method { .. } => "Open the link in a browser.".into(),
            Self::NoFlow => "Open the link that the application shows, in one window, and stay in this browser.".into(),
            Self::NotEnough => "You did not log in as the application needs it. Ask the application again.".into(),
            Self::NotTheCaller { .. } => {
                "You are logged in as another person than the one whose application made this link, or in another \
                 organization. Nothing was connected. If somebody sent you this link, close this page."
                    .into()
            }
            Self::QuotaReached { retry_after } => format!(
                "There were too many logins for this application. Nothing was connected with this one. Try again in {} \
                 minutes.",
                retry_after.as_secs().div_ceil(60).max(1)
            )
            .into(),
            Self::Repeated => {
                "This step was taken before, perhaps with a double click. Continue in the page that it opened. If there is \
                 none, go back to the application, and ask it again if it shows no result."
                    .into()
            }
            Self::SignedIn => "Close this page, and go back to the application.".into(),
            Self::Unknown(_) => {
                "The last step failed, and it is unknown whether your account is connected. Go back to the application: if the \
                 account is not connected, it shows a new link."
                    .into()
            }
        }
    }

    /// Reports the ending. No event names the person. Strangers can cause endings too, so that the events are limited.
    pub(super) fn log(&self, limit: &EventLimit) {
        let label = self.label();
        if !limit.admits(label) {
            return;
        }
        if let Self::Failed(Failure { hint, reason, .. }) | Self::Unknown(Failure { hint, reason, .. }) = self {
            let (hint, reason) = (hint.as_deref(), reason.as_deref());
            tracing::warn!(
                name: "elicitation_failed", target: "auth0_api", event = "elicitation_failed",
                error.type = label, hint, reason
            );
        } else {
            tracing::info!(name: "elicitation_ended", target: "auth0_api", event = "elicitation_ended", label);
        }
    }
}

impl From<ConnectError> for Ending {
    fn from(error: ConnectError) -> Self {
        match &error {
            ConnectError::Callback { .. } | ConnectError::State => Self::NoFlow,
            ConnectError::CodeRejected(_) => Self::CodeRejected,
            ConnectError::Denied { code } if **code == *"access_denied" => Self::Denied,
            ConnectError::Expired => Self::Expired,
            // The request may have arrived.
            ConnectError::Response { .. } | ConnectError::Status { .. } | ConnectError::Unavailable(_) => {
                Self::Unknown(Failure::of_connect(&error))
            }
            _ => Self::Failed(Failure::of_connect(&error)),
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
            Ending::CodeRejected,
            Ending::ConnectedWithout { connection: "c".into(), missing: Vec::new() },
            Ending::Denied,
            Ending::Expired,
            Ending::Invalid,
            Ending::Method { allowed: "GET" },
            Ending::NoFlow,
            Ending::NotEnough,
            Ending::NotTheCaller { again: None },
            Ending::OpenedTooOften,
            Ending::QuotaReached { retry_after: Duration::from_secs(1) },
            Ending::Repeated,
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
