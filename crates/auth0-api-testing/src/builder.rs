//! The options of a tenant.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use auth0_api_core::{Clock, SystemClock};
use tokio::net::TcpListener;

use crate::LocalTenant;
use crate::counts::Counters;
use crate::key_ring::KeyRing;
use crate::misbehaviour::Faults;
use crate::state::Tenant;

/// Starts a [`LocalTenant`] with options; from [`LocalTenant::builder`].
#[derive(Clone, Debug)]
#[must_use = "a tenant runs once `start` is called"]
pub struct LocalTenantBuilder {
    port: u16,
    audience: String,
    client_id: String,
    client_secret: String,
    clock: Arc<dyn Clock>,
}

impl LocalTenantBuilder {
    pub(crate) fn new() -> Self {
        Self {
            port: ANY_FREE_PORT,
            audience: DEFAULT_AUDIENCE.into(),
            client_id: DEFAULT_CLIENT_ID.into(),
            client_secret: DEFAULT_CLIENT_SECRET.into(),
            clock: Arc::new(SystemClock),
        }
    }

    /// Listens on this port of 127.0.0.1; any free one by default.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The identifier of the one API registered with the tenant; `https://api.example.com` by default.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// The one client registered with the tenant; `local-client` with `local-secret` by default.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.client_id = id.into();
        self.client_secret = secret.into();
        self
    }

    /// What tells the tenant the time, for all it issues and checks; the machine's clock by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Starts the tenant on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the port cannot be listened on, usually because it is in use.
    pub async fn start(self) -> io::Result<LocalTenant> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let domain = format!("http://{}", listener.local_addr()?);
        let tenant = Tenant {
            issuer: format!("{domain}/"),
            domain,
            audience: self.audience,
            client_id: self.client_id,
            client_secret: self.client_secret,
            clock: self.clock,
            keys: KeyRing::default(),
            counters: Counters::default(),
            faults: Faults::default(),
            settings: std::sync::Mutex::default(),
        };
        Ok(LocalTenant::serve(Arc::new(tenant), listener))
    }
}

const ANY_FREE_PORT: u16 = 0;
const DEFAULT_AUDIENCE: &str = "https://api.example.com";
const DEFAULT_CLIENT_ID: &str = "local-client";
const DEFAULT_CLIENT_SECRET: &str = "local-secret";
