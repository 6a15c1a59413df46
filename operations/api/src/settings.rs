//! The configuration: each setting is an environment variable or a flag.

use std::error::Error;
use std::time::Duration;

use auth0_api_axum::ApiClient;
use auth0_api_core::{ClientAuth, KeyPolicy, LogoutPolicy};
use auth0_api_redis::RedisRevocationStore;
use clap::Parser;

use crate::clock::AdjustableClock;
use crate::partner::PartnerSettings;
use crate::proofs::ProofSettings;

/// An API whose traces go to an OTLP collector, and whose metrics Prometheus reads.
#[derive(Debug, Parser)]
pub(crate) struct Settings {
    /// The tenant's domain; `http://127.0.0.1:port` for a local tenant.
    #[arg(long, env = "AUTH0_DOMAIN")]
    domain: String,
    /// The API's identifier, which clients name as the audience.
    #[arg(long, env = "AUTH0_AUDIENCE")]
    audience: String,
    /// The port of the API. With 0, the system chooses a free port, and the program prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub(crate) port: u16,
    /// The port for operators: `/metrics` and `/health/ready`.
    #[arg(long, env = "OPERATORS_PORT", default_value_t = 9464)]
    pub(crate) operators_port: u16,
    /// The collector that takes traces by OTLP over HTTP. Without it, no traces are sent.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub(crate) collector: Option<String>,
    /// The URL that clients call, if a proxy is in front of this server.
    #[arg(long, env = "PUBLIC_URL")]
    public_url: Option<String>,
    #[command(flatten)]
    proofs: ProofSettings,
    #[command(flatten)]
    pub(crate) partner: PartnerSettings,
    /// The client ids whose logouts end the access of their users, separated by commas. Needs Redis.
    #[arg(long, env = "LOGOUT_CLIENTS", value_delimiter = ',', requires = "redis_url")]
    logout_clients: Vec<String>,
    /// Records the subject of each token in the span of its request: personal data.
    #[arg(long, env = "RECORD_SUBJECT")]
    pub(crate) record_subject: bool,
    /// How many seconds the keys of the tenant are fresh.
    #[arg(long, env = "KEYS_FRESH_FOR", default_value_t = 600)]
    keys_fresh_for: u64,
    /// The origins of pages that may call this API, separated by commas.
    #[arg(long, env = "CORS_ORIGINS", value_delimiter = ',')]
    pub(crate) cors_origins: Vec<String>,
    /// For drills only: the port for operators takes `POST /clock`, with the seconds by which the clock is then ahead.
    #[arg(long, env = "ADJUSTABLE_CLOCK")]
    adjustable_clock: bool,
}

impl Settings {
    pub(crate) fn takes_logouts(&self) -> bool {
        !self.logout_clients.is_empty()
    }

    /// `None` if the clock is the system clock.
    pub(crate) fn clock(&self) -> Option<AdjustableClock> {
        self.adjustable_clock.then(AdjustableClock::default)
    }

    pub(crate) fn client(&self, clock: Option<AdjustableClock>) -> Result<ApiClient, Box<dyn Error>> {
        let keys = KeyPolicy::new().fresh_for(Duration::from_secs(self.keys_fresh_for));
        let mut builder = ApiClient::builder(&self.domain, self.audience.as_str()).key_policy(keys);
        if self.domain.starts_with("http://") {
            // Allows http for loopback addresses only; any other http domain is still rejected.
            builder = builder.insecure_http_loopback();
        }
        if let Some(url) = &self.public_url {
            builder = builder.public_url(url);
        }
        if let (Some(id), Some(secret)) = (&self.partner.client_id, &self.partner.client_secret) {
            builder = builder.client_auth(ClientAuth::secret_post(id.as_str(), secret.as_str()));
        }
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        if let (Some(url), true) = (&self.proofs.redis_url, self.takes_logouts()) {
            let clients = self.logout_clients.iter().map(String::as_str);
            builder = builder.logout(LogoutPolicy::new(clients, RedisRevocationStore::new(url)?));
        }
        Ok(builder.dpop(self.proofs.policy()?).build()?)
    }
}
