//! What a person has said to a URL.

/// What a person has said to a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ElicitationResponse {
    /// The person wants to open the URL, and may still be there.
    Accepted,
    /// The person does not want to open the URL, or has closed the dialog.
    Declined,
}

impl ElicitationResponse {
    /// What the text of `action` says. Everything but `accept` declines.
    pub(crate) fn of_action(action: Option<&str>) -> Self {
        if action == Some("accept") { Self::Accepted } else { Self::Declined }
    }
}

/// The name of the one request in `inputRequests`.
pub(crate) const INPUT: &str = "open";
