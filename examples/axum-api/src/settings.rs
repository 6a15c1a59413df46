//! The configuration: one variable, or flag, for each thing.

use std::error::Error;

use auth0_api_core::{ApiClient, DpopPolicy, RotatingNonce, TrustedProxies};
use auth0_api_redis::RedisReplayStore;
use clap::{Parser, ValueEnum};

/// A protected API for a real tenant, or the local one.
#[derive(Debug, Parser)]
pub(crate) struct Settings {
    /// The tenant's domain; `http://127.0.0.1:port` for the local tenant.
    #[arg(long, env = "AUTH0_DOMAIN")]
    domain: String,
    /// The API's identifier: what clients name as audience.
    #[arg(long, env = "AUTH0_AUDIENCE")]
    audience: String,
    /// The port to listen on; 0 takes a free one and prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    port: u16,
    /// The URL that clients call, where a proxy stands between.
    #[arg(long, env = "PUBLIC_URL")]
    public_url: Option<String>,
    /// Proxies whose forwarded headers are believed: a number of hops, or networks separated by commas.
    #[arg(long, env = "TRUSTED_PROXIES")]
    trusted_proxies: Option<TrustedProxies>,
    /// Whether bound tokens are taken, demanded, or rejected.
    #[arg(long, env = "DPOP", value_enum, default_value_t = Dpop::Accept)]
    dpop: Dpop,
    /// Whether proofs need a nonce of this process.
    #[arg(long, env = "DPOP_NONCE", value_enum, default_value_t = Switch::Off)]
    dpop_nonce: Switch,
    /// Where replicas remember used proofs together; without it, each remembers its own.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Dpop {
    Accept,
    Ignore,
    Require,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Switch {
    Off,
    On,
}

impl Settings {
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn client(&self) -> Result<ApiClient, Box<dyn Error>> {
        let mut builder = ApiClient::builder(&self.domain, self.audience.as_str()).dpop(self.dpop_policy()?);
        if self.domain.starts_with("http://") {
            // Holds for loopback addresses only; any other http domain is still rejected.
            builder = builder.insecure_http_loopback();
        }
        if let Some(url) = &self.public_url {
            builder = builder.public_url(url);
        }
        if let Some(proxies) = &self.trusted_proxies {
            builder = builder.trusted_proxies(proxies.clone());
        }
        Ok(builder.build()?)
    }

    fn dpop_policy(&self) -> Result<DpopPolicy, Box<dyn Error>> {
        let mut policy = match self.dpop {
            Dpop::Accept => DpopPolicy::accept(),
            Dpop::Ignore => DpopPolicy::ignore(),
            Dpop::Require => DpopPolicy::require(),
        };
        if self.dpop_nonce == Switch::On {
            policy = policy.nonce(RotatingNonce::generate()?);
        }
        if let Some(url) = &self.redis_url {
            policy = policy.replay_store(RedisReplayStore::new(url)?);
        }
        Ok(policy)
    }
}
