//! The replay store in Redis.

use std::fmt;
use std::time::{Duration, SystemTime};

use auth0_api_core::dpop::{Insertion, ProofId, ReplayFuture, ReplayStore, ReplayStoreError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::builder::RedisReplayStoreBuilder;
use crate::command::NoAnswer;
use crate::connection::Connection;
use crate::endpoints::Endpoints;
use crate::error::RedisConfigError;
use crate::outage::Outage;
use crate::recording::Recording;
use crate::replicas::Replicas;

/// Remembers used proofs in Redis, for all replicas of an API.
///
/// The [crate's documentation](crate) describes what this store does and how to set up Redis.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use auth0_api_redis::RedisReplayStore;
///
/// let store = RedisReplayStore::builder("redis://replay:password@redis.internal:6379/2")
///     .key_prefix("orders-api:replay:")
///     .response_timeout(Duration::from_millis(250))
///     .build()?;
///
/// assert!(RedisReplayStore::new("redis.internal").is_err());
/// # drop(store);
/// # Ok::<(), auth0_api_redis::RedisConfigError>(())
/// ```
pub struct RedisReplayStore {
    pub(crate) key_prefix: String,
    /// How long Redis remembers a proof after its expiry.
    pub(crate) margin: Duration,
    pub(crate) replicas: Option<Replicas>,
    pub(crate) connection: Connection,
    pub(crate) outage: Outage,
}

impl RedisReplayStore {
    /// Creates a store with the Redis at this URL and the default settings. It does not connect yet.
    ///
    /// # Errors
    ///
    /// The URL is not a valid Redis URL, or it requires TLS and the feature `tls` is not enabled.
    pub fn new(url: &str) -> Result<Self, RedisConfigError> {
        Self::builder(url).build()
    }

    /// Creates a builder for a store with the Redis at this URL: `redis://[user[:password]@]host[:port][/database]`.
    ///
    /// `rediss://` is Redis over TLS and needs the feature `tls`. The server's certificate must be one that the system
    /// trusts; on Linux, `SSL_CERT_FILE` names others in place of them.
    pub fn builder(url: &str) -> RedisReplayStoreBuilder {
        RedisReplayStoreBuilder::new(Endpoints::single(url))
    }

    /// Creates a builder for a store with the Redis Cluster whose nodes are at these URLs:
    /// `redis://[user[:password]@]host[:port]`.
    ///
    /// One node is enough to find the others. Name several, so that the store can start while one is down. The URLs
    /// differ only in host and port: the store logs in at all nodes with the same user and password, and uses TLS for
    /// all or none.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth0_api_redis::RedisReplayStore;
    ///
    /// let store =
    ///     RedisReplayStore::cluster(["redis://node-1.internal", "redis://node-2.internal"])
    ///         .build()?;
    /// # drop(store);
    /// # Ok::<(), auth0_api_redis::RedisConfigError>(())
    /// ```
    pub fn cluster<U: AsRef<str>>(urls: impl IntoIterator<Item = U>) -> RedisReplayStoreBuilder {
        RedisReplayStoreBuilder::new(Endpoints::cluster(urls))
    }

    /// Creates a builder for a store with the master that the sentinels at these URLs know by this name:
    /// `redis://[user[:password]@]host[:port]`. The port of a sentinel is usually 26379.
    ///
    /// The user and the password in the URLs are those of the sentinels; set those of the master and its replicas with
    /// [`login`](RedisReplayStoreBuilder::login). The URLs differ only in host and port. With `rediss://`, sentinels,
    /// master and replicas all use TLS.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth0_api_redis::RedisReplayStore;
    ///
    /// let sentinels =
    ///     ["redis://sentinel-1:26379", "redis://sentinel-2:26379", "redis://sentinel-3:26379"];
    /// let store = RedisReplayStore::sentinel(sentinels, "mymaster")
    ///     .login("replay", "password")
    ///     .build()?;
    /// # drop(store);
    /// # Ok::<(), auth0_api_redis::RedisConfigError>(())
    /// ```
    pub fn sentinel<U: AsRef<str>>(
        urls: impl IntoIterator<Item = U>,
        master_name: impl Into<String>,
    ) -> RedisReplayStoreBuilder {
        RedisReplayStoreBuilder::new(Endpoints::sentinel(urls, master_name.into()))
    }

    fn recording(&self, proof: &ProofId, now: SystemTime, expires_at: SystemTime) -> Recording {
        Recording {
            key: self.key_prefix.clone() + &URL_SAFE_NO_PAD.encode(proof.as_bytes()),
            time_to_live: milliseconds_left(now, expires_at + self.margin),
            replicas: self.replicas,
        }
    }
}

impl ReplayStore for RedisReplayStore {
    fn insert<'a>(&'a self, proof: &'a ProofId, now: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a> {
        Box::pin(async move {
            let answer: Result<Insertion, _> = self.connection.run(&self.recording(proof, now, expires_at)).await;
            match answer {
                Ok(insertion) => {
                    self.outage.end();
                    Ok(insertion)
                }
                Err(NoAnswer::Full) => {
                    self.outage.end();
                    Err(ReplayStoreError::Full)
                }
                // Redis knows the proof. The fallback store may not: it would accept a replay, or a proof that a failover
                // loses although the setting `replicas` prevents that.
                Err(NoAnswer::InDoubt(cause)) => Err(ReplayStoreError::Unavailable(cause)),
                Err(NoAnswer::Unavailable(cause)) => self.outage.insert(cause, proof, now, expires_at).await,
            }
        })
    }

    fn problem(&self) -> Option<&'static str> {
        self.outage.problem()
    }
}

impl fmt::Debug for RedisReplayStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The connection is left out, because its URL may contain a password.
        f.debug_struct("RedisReplayStore")
            .field("key_prefix", &self.key_prefix)
            .field("outage", &self.outage)
            .finish_non_exhaustive()
    }
}

/// The time until `expires_at` in milliseconds. It is rounded up, so that Redis does not forget an entry too early, and
/// it is at least 1, because Redis rejects 0.
pub(crate) fn milliseconds_left(now: SystemTime, expires_at: SystemTime) -> u64 {
    let left = expires_at.duration_since(now).unwrap_or_default().as_nanos().div_ceil(1_000_000);
    u64::try_from(left).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn time_to_live_is_rounded_up_and_never_zero() {
        let left = |nanoseconds| milliseconds_left(UNIX_EPOCH, UNIX_EPOCH + Duration::from_nanos(nanoseconds));
        assert_eq!(left(301_000_000_000), 301_000);
        assert_eq!(left(301_000_000_001), 301_001);
        assert_eq!(left(1), 1);
        assert_eq!(left(0), 1);
        assert_eq!(milliseconds_left(UNIX_EPOCH + Duration::from_secs(9), UNIX_EPOCH), 1);
    }
}
