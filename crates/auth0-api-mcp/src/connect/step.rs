//! The order of the steps.

use http::{HeaderMap, Response};

use super::ending::Ending;
use super::page;
use super::path::Step;
use super::query::one;
use super::shared::Shared;

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
