//! The pages, and the order of the steps behind them.

use http::{HeaderMap, Method, Response};

use super::ending::Ending;
use super::page;
use super::query::one;
use super::shared::Shared;

/// A page of this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// The link of the elicitation.
    Start,
    /// The callback of the log-in.
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

impl Shared {
    /// Takes a step, and returns the redirect to the next one or a page.
    ///
    /// Each step that changes something ends with a redirect to a page that only shows something. So the browser repeats
    /// nothing when the person reloads a page, and no page that stays has a code in its URL.
    pub(super) async fn take(&self, step: Step, query: &str, headers: &HeaderMap) -> Response<String> {
        if query.len() > LONGEST_QUERY {
            return page::show(self, &Ending::Invalid, None);
        }
        let state = one(query, "state");
        let taken = match (step, &state) {
            (Step::Start, _) => self.start(query, headers),
            (Step::SignedIn, Some(state)) => self.signed_in(query, state, headers).await,
            (Step::Ask, Some(state)) => self.ask(state, headers),
            (Step::Confirm, Some(state)) => self.confirmed(state, headers).await,
            (Step::Continue, Some(state)) => self.go_on(state, headers),
            (Step::Connected, Some(state)) => self.connected(query, state, headers).await,
            (Step::Done, Some(state)) => self.done(state, headers),
            (_, None) => Err(Ending::NoFlow),
        };
        taken.unwrap_or_else(|ending| page::show(self, &ending, state.as_deref()))
    }
}

/// The length that most servers accept for a URL.
const LONGEST_QUERY: usize = 8 * 1024;
