//! What all steps of all flows share.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::Clock;
use auth0_api_core::dpop::ReplayStore;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::base_url::BaseUrl;
use super::errand::Ticket;
use super::login::Login;
use super::path::Page;
use crate::SharedKey;
use crate::event_limit::EventLimit;

pub(super) struct Shared {
    pub(super) login: Login,
    pub(super) base: BaseUrl,
    pub(super) key: SharedKey,
    /// A digest of the issuer, the client id and the base URL: servers with the same key do not open each other's texts.
    pub(super) identity: Box<str>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) used: Arc<dyn ReplayStore>,
    pub(super) ticket_lifetime: Duration,
    pub(super) events: EventLimit,
}

impl Shared {
    /// Returns the URL that begins the flow of a ticket.
    pub(super) fn start_url(&self, ticket: &Ticket) -> Option<String> {
        let sealed = self.seal(TICKET, ticket)?;
        Some(format!("{}?ticket={sealed}", self.url(Page::Start)))
    }

    /// Seals a value for this purpose at this server.
    pub(super) fn seal<T: Serialize>(&self, purpose: &str, value: &T) -> Option<String> {
        self.key.seal(&format!("{purpose} {}", self.identity), value)
    }

    /// Opens what `seal` has made.
    pub(super) fn open<T: DeserializeOwned>(&self, purpose: &str, text: &str) -> Option<T> {
        self.key.open(&format!("{purpose} {}", self.identity), text)
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
