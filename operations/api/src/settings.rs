//! The configuration: each setting is an environment variable or a flag.

use std::error::Error;
use std::time::Duration;

use auth0_api_axum::ApiClient;
use auth0_api_core::{DpopPolicy, KeyPolicy, LogoutPolicy};
use auth0_api_redis::{RedisReplayStore, RedisRevocationStore};
use clap::Parser;

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
    /// The Redis server in which all replicas record used proofs and logouts.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,
    /// The client ids whose logouts end the access of their users, separated by commas. Needs Redis.
    #[arg(long, env = "LOGOUT_CLIENTS", value_delimiter = ',', requires = "redis_url")]
    logout_clients: Vec<String>,
    /// Records the subject of each token in the span of its request: personal data.
    #[arg(long, env = "RECORD_SUBJECT")]
    pub(crate) record_subject: bool,
    /// How many seconds the keys of the tenant are fresh.
    #[arg(long, env = "KEYS_FRESH_FOR", default_value_t = 600)]
    keys_fresh_for: u64,
}

impl Settings {
    pub(crate) fn takes_logouts(&self) -> bool {
        !self.logout_clients.is_empty()
    }

    pub(crate) fn client(&self) -> Result<ApiClient, Box<dyn Error>> {
        let keys = KeyPolicy::new().fresh_for(Duration::from_secs(self.keys_fresh_for));
        let mut builder = ApiClient::builder(&self.domain, self.audience.as_str()).key_policy(keys);
        if self.domain.starts_with("http://") {
            // Allows http for loopback addresses only; any other http domain is still rejected.
            builder = builder.insecure_http_loopback();
        }
        if let Some(url) = &self.public_url {
            builder = builder.public_url(url);
        }
        if let Some(url) = &self.redis_url {
            builder = builder.dpop(DpopPolicy::accept().replay_store(RedisReplayStore::new(url)?));
            if self.takes_logouts() {
                let clients = self.logout_clients.iter().map(String::as_str);
                builder = builder.logout(LogoutPolicy::new(clients, RedisRevocationStore::new(url)?));
            }
        }
        Ok(builder.build()?)
    }
}
