//! What all steps of all flows share.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::Clock;
use auth0_api_core::dpop::ReplayStore;

use super::base_url::BaseUrl;
use super::errand::Ticket;
use super::login::Login;
use super::path::Page;
use crate::SharedKey;

pub(super) struct Shared {
    pub(super) login: Login,
    pub(super) base: BaseUrl,
    pub(super) key: SharedKey,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) used: Arc<dyn ReplayStore>,
    pub(super) ticket_lifetime: Duration,
}

impl Shared {
    /// Returns the URL that begins the flow of a ticket.
    pub(super) fn start_url(&self, ticket: &Ticket) -> Option<String> {
        let sealed = self.key.seal(TICKET, ticket)?;
        Some(format!("{}?ticket={sealed}", self.url(Page::Start)))
    }

    /// Returns the URL of a page.
    pub(super) fn url(&self, page: Page) -> String {
        self.base.url(page.name())
    }

    /// Returns the URL of a page for the flow with this `state`, which needs no encoding.
    pub(super) fn url_of_flow(&self, page: Page, state: &str) -> String {
        format!("{}?state={state}", self.url(page))
    }
}

/// What a ticket is sealed for.
pub(super) const TICKET: &str = "ticket";
