//! The settings of [`ConnectAccounts`].

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::dpop::{MemoryReplayStore, ReplayStore};
use auth0_api_core::{ApiClient, ApiClientBuilder, BuildError, ClientAuth, Clock, ExchangeError, SystemClock};
use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;

use super::accounts::ConnectAccounts;
use super::base_url::BaseUrl;
use super::login::Login;
use super::shared::Shared;
use crate::SharedKey;
use crate::event_limit::EventLimit;
use crate::shared_key::joined;

/// Builds [`ConnectAccounts`].
#[derive(Debug)]
#[must_use]
pub struct ConnectAccountsBuilder {
    login: ApiClientBuilder,
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
    /// The client for logins cannot exchange tokens: `login_client` has removed its credentials.
    #[error("the client for logins has no client_auth")]
    ClientAuth(#[source] ExchangeError),
    /// The client for logins cannot be built.
    #[error("the client for logins cannot be built")]
    Login(#[source] BuildError),
    /// The lifetime of tickets is not between ten seconds and an hour.
    #[error("the lifetime of tickets must be between 10 seconds and one hour")]
    TicketLifetime,
    /// The store of used tickets cannot be used.
    #[error("the store of used tickets cannot be used: {0}")]
    UsedTickets(&'static str),
}

impl ConnectAccounts {
    /// Begins with the tenant's domain, the credentials of the *Regular Web Application* with which people log in, the public
    /// URL below which the pages are served, and the key that all replicas share.
    ///
    /// The domain must be the one that issues the access tokens of callers. The application must sign its ID tokens with
    /// RS256, as Auth0 does by default.
    pub fn builder(
        domain: &str,
        login: ClientAuth,
        base_url: impl Into<String>,
        key: &SharedKey,
    ) -> ConnectAccountsBuilder {
        let client_id: Box<str> = login.client_id().into();
        // The audience of an ID token is the id of the client.
        let client = ApiClient::builder(domain, client_id.clone()).client_auth(login);
        ConnectAccountsBuilder {
            login: client,
            client_id,
            base_url: base_url.into(),
            key: key.clone(),
            clock: Arc::new(SystemClock),
            used: Arc::new(MemoryReplayStore::with_capacity(MOST_USED_TICKETS).per_key_quota(MOST_OF_ONE_PERSON)),
            ticket_lifetime: TICKET_LIFETIME,
        }
    }
}

impl ConnectAccountsBuilder {
    /// Sets further settings of the client with which people log in, for example its HTTP client:
    ///
    /// ```
    /// # use auth0_api_mcp::connect::ConnectAccountsBuilder;
    /// # fn local(builder: ConnectAccountsBuilder) -> ConnectAccountsBuilder {
    /// builder.login_client(|client| client.insecure_http_loopback())
    /// # }
    /// ```
    ///
    /// Do not change its audience and its credentials.
    pub fn login_client(mut self, configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> Self {
        self.login = configure(self.login);
        self
    }

    /// Sets the clock. Default: the system's clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the time from the moment when the URL is made until the person has logged in and confirmed: from 10 seconds to one
    /// hour. Default: 10 minutes. The access at the provider has the time that the tenant gives it.
    ///
    /// A person who opens the URL late has only the rest of this time.
    pub fn ticket_lifetime(mut self, lifetime: Duration) -> Self {
        self.ticket_lifetime = lifetime;
        self
    }

    /// Sets the store of used tickets, such as that of `auth0-api-redis` for several replicas. Default: in memory, for
    /// 100,000 entries, of which each person has at most 600 with one client. If it is full or unavailable, no account is
    /// connected.
    ///
    /// Each connection has six entries, all owned by the person for whom the ticket was made, at the client that asked: the
    /// callback, the login, its place, the confirmation, the ticket, and the way back from the provider. A login for
    /// [`SignIn`](super::SignIn) has four. By default, a person can use 100 of each kind with one client within the time
    /// that they are kept; a further one is answered with 429. One link has 20 callbacks, of which 10 are logins. 167 pairs of a
    /// person and a client that use up everything fill the default store: if anybody can register clients and people, use a
    /// larger one.
    ///
    /// The store of `auth0-api-redis` has no quota for a person: there, only the number of links bounds the entries, and each
    /// link has at most 62.
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
        let client = self.login.clock(Arc::clone(&self.clock)).build().map_err(ConnectBuildError::Login)?;
        let login = Login::new(client, self.client_id.clone()).map_err(ConnectBuildError::ClientAuth)?;
        let identity = digest(&SHA256, &joined(&[login.issuer(), &self.client_id, base.text()]));
        let identity = BASE64URL.encode_to_string(identity).into();
        Ok(ConnectAccounts(Arc::new(Shared {
            identity,
            login,
            base,
            key: self.key,
            clock: self.clock,
            used: self.used,
            ticket_lifetime: self.ticket_lifetime,
            events: EventLimit::default(),
        })))
    }
}

/// Time to read the message of the client, to open the URL and to log in, perhaps with a second factor.
const TICKET_LIFETIME: Duration = Duration::from_secs(600);
const SHORTEST_LIFETIME: Duration = Duration::from_secs(10);
const LONGEST_LIFETIME: Duration = Duration::from_secs(3600);
/// Ten minutes of 27 connected accounts in each second, with six entries for each: callback, login, place of the link,
/// confirmation, ticket and way back.
const MOST_USED_TICKETS: usize = 100_000;
/// Of each of the six kinds of entry, for one person at one client. No person connects so many accounts. 167 such pairs that
/// use up all six kinds fill the store.
const MOST_OF_ONE_PERSON: usize = 100;
