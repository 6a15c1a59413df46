//! The settings of [`ConnectAccounts`].

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::dpop::{MemoryReplayStore, ReplayStore};
use auth0_api_core::{ApiClient, Clock, ExchangeError, SystemClock};

use super::accounts::ConnectAccounts;
use super::base_url::BaseUrl;
use super::login::Login;
use super::shared::Shared;
use crate::SharedKey;

/// Builds [`ConnectAccounts`].
#[derive(Debug)]
#[must_use]
pub struct ConnectAccountsBuilder {
    login: ApiClient,
    client_id: Box<str>,
    base_url: String,
    key: SharedKey,
    clock: Arc<dyn Clock>,
    used: Arc<dyn ReplayStore>,
    ticket_lifetime: Duration,
}

/// Why [`ConnectAccounts`] cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectBuildError {
    /// The base URL is not an `https` URL without a query, or an `http` URL of this machine.
    #[error("the base URL must be an https URL without query and fragment, or an http URL of this machine")]
    BaseUrl,
    /// The client for log-ins has no credentials: set `client_auth`.
    #[error("the client for log-ins has no client_auth")]
    ClientAuth(#[source] ExchangeError),
    /// The lifetime of tickets is not between ten seconds and an hour.
    #[error("the lifetime of tickets must be between 10 seconds and one hour")]
    TicketLifetime,
    /// The store of used tickets cannot be used.
    #[error("the store of used tickets cannot be used: {0}")]
    UsedTickets(&'static str),
}

impl ConnectAccounts {
    /// Begins with the client that logs people in, its client id, the public URL below which the pages are served, and the
    /// key that all replicas share.
    ///
    /// `login` is a client of its own: its audience is the client id, because it verifies ID tokens, and its `client_auth` is
    /// that of a *Regular Web Application*.
    pub fn builder(
        login: ApiClient,
        client_id: impl Into<Box<str>>,
        base_url: impl Into<String>,
        key: &SharedKey,
    ) -> ConnectAccountsBuilder {
        ConnectAccountsBuilder {
            login,
            client_id: client_id.into(),
            base_url: base_url.into(),
            key: key.clone(),
            clock: Arc::new(SystemClock),
            used: Arc::new(MemoryReplayStore::with_capacity(MOST_USED_TICKETS)),
            ticket_lifetime: TICKET_LIFETIME,
        }
    }
}

impl ConnectAccountsBuilder {
    /// Sets the clock. Default: the system's clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets how long a URL can be opened, and how long a log-in may take: from 10 seconds to one hour. Default: 10 minutes.
    pub fn ticket_lifetime(mut self, lifetime: Duration) -> Self {
        self.ticket_lifetime = lifetime;
        self
    }

    /// Sets the store of used tickets, such as that of `auth0-api-redis` for several replicas. Default: in memory, for
    /// 10,000 tickets. If it is full or unavailable, no account is connected.
    pub fn used_tickets(mut self, store: impl ReplayStore) -> Self {
        self.used = Arc::new(store);
        self
    }

    /// Builds it.
    ///
    /// # Errors
    ///
    /// [`ConnectBuildError`].
    pub fn build(self) -> Result<ConnectAccounts, ConnectBuildError> {
        let base = BaseUrl::parse(&self.base_url).ok_or(ConnectBuildError::BaseUrl)?;
        if !(SHORTEST_LIFETIME..=LONGEST_LIFETIME).contains(&self.ticket_lifetime) {
            return Err(ConnectBuildError::TicketLifetime);
        }
        if let Some(problem) = self.used.problem() {
            return Err(ConnectBuildError::UsedTickets(problem));
        }
        let login = Login::new(self.login, self.client_id).map_err(ConnectBuildError::ClientAuth)?;
        Ok(ConnectAccounts(Arc::new(Shared {
            login,
            base,
            key: self.key,
            clock: self.clock,
            used: self.used,
            ticket_lifetime: self.ticket_lifetime,
        })))
    }
}

/// Time to read the message of the client, to open the URL and to log in, perhaps with a second factor.
const TICKET_LIFETIME: Duration = Duration::from_secs(600);
const SHORTEST_LIFETIME: Duration = Duration::from_secs(10);
const LONGEST_LIFETIME: Duration = Duration::from_secs(3600);
/// Ten minutes of 16 connected accounts in each second.
const MOST_USED_TICKETS: usize = 10_000;
