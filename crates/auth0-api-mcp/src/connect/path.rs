//! The pages, their paths, and what a request for one does.

use http::Method;

/// A page of this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// The link of the elicitation.
    Start,
    /// The callback of the login.
    SignedIn,
    /// The question to the person.
    Confirm,
    /// The way to the provider.
    Continue,
    /// The callback of Connect Accounts.
    Connected,
    /// What has happened.
    Done,
}

/// What a request of the browser does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Start,
    SignedIn,
    Ask,
    Confirm,
    Continue,
    Connected,
    Done,
}

impl Page {
    pub(super) const ALL: [Self; 6] =
        [Self::Start, Self::SignedIn, Self::Confirm, Self::Continue, Self::Connected, Self::Done];

    /// The last segment of its path.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::SignedIn => "signed-in",
            Self::Confirm => "confirm",
            Self::Continue => "continue",
            Self::Connected => "connected",
            Self::Done => "done",
        }
    }

    /// Returns the step of a request for this page, or the methods that are allowed.
    pub(super) fn step(self, method: &Method) -> Result<Step, &'static str> {
        match (self, method.as_str()) {
            (Self::Start, "GET") => Ok(Step::Start),
            (Self::SignedIn, "GET") => Ok(Step::SignedIn),
            (Self::Confirm, "GET") => Ok(Step::Ask),
            (Self::Confirm, "POST") => Ok(Step::Confirm),
            (Self::Continue, "GET") => Ok(Step::Continue),
            (Self::Connected, "GET") => Ok(Step::Connected),
            (Self::Done, "GET") => Ok(Step::Done),
            (Self::Confirm, _) => Err("GET, POST"),
            _ => Err("GET"),
        }
    }
}
