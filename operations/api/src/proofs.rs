//! How proofs are checked: where all replicas record used proofs, and whether proofs need a nonce.

use std::error::Error;
use std::time::Duration;

use auth0_api_core::DpopPolicy;
use auth0_api_core::dpop::RotatingNonce;
use auth0_api_redis::RedisReplayStore;
use clap::Args;

/// Where used proofs are recorded, and whether proofs need a nonce.
#[derive(Debug, Args)]
pub(crate) struct ProofSettings {
    /// The Redis server in which all replicas record used proofs and logouts.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    pub(crate) redis_url: Option<String>,
    /// The nodes of a Redis Cluster, in place of one server, separated by commas. They record used proofs only.
    #[arg(long, env = "REDIS_CLUSTER", value_delimiter = ',', hide_env_values = true, conflicts_with = "redis_url")]
    redis_cluster: Vec<String>,
    /// How many milliseconds a request waits for Redis.
    #[arg(long, env = "REDIS_RESPONSE_TIMEOUT", default_value_t = 500)]
    redis_response_timeout: u64,
    /// A secret of at least 32 bytes, the same for all replicas. With it, each proof needs a nonce.
    #[arg(long, env = "NONCE_SECRET", hide_env_values = true)]
    nonce_secret: Option<String>,
}

impl ProofSettings {
    pub(crate) fn policy(&self) -> Result<DpopPolicy, Box<dyn Error>> {
        let policy = DpopPolicy::accept();
        let policy = match &self.nonce_secret {
            Some(secret) => policy.nonce(RotatingNonce::new([secret])?),
            None => policy,
        };
        let Some(store) = self.store()? else { return Ok(policy) };
        Ok(policy.replay_store(store))
    }

    fn store(&self) -> Result<Option<RedisReplayStore>, Box<dyn Error>> {
        let builder = match &self.redis_url {
            Some(url) => RedisReplayStore::builder(url),
            None if self.redis_cluster.is_empty() => return Ok(None),
            None => RedisReplayStore::cluster(&self.redis_cluster),
        };
        Ok(Some(builder.response_timeout(Duration::from_millis(self.redis_response_timeout)).build()?))
    }
}
