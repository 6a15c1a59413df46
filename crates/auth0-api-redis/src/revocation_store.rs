//! The revocation store in Redis.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::logout::{RevocationStore, StoreFuture, SubjectId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::command::NoAnswer;
use crate::connection::Connection;
use crate::endpoints::Endpoints;
use crate::error::RedisConfigError;
use crate::replicas::Replicas;
use crate::revocation_builder::RedisRevocationStoreBuilder;
use crate::revoking::{Reading, Revoking};
use crate::store::milliseconds_left;

/// Remembers in Redis which users have logged out, for all replicas of an API, and for several APIs.
///
/// The tenant sends a logout to one replica, and every replica asks this store on each request with a valid token: one
/// `GET`. No answer is remembered in the replica, so a logout is in force at all replicas at once.
///
/// While Redis is unavailable, requests with a token and logouts are rejected with 503. There is no setting to accept them.
///
/// The [crate's documentation](crate#logouts) describes how to set up Redis.
///
/// # Examples
///
/// ```no_run
/// use auth0_api_core::{ApiClient, LogoutPolicy};
/// use auth0_api_redis::RedisRevocationStore;
///
/// # fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let store = RedisRevocationStore::new("redis://redis.internal:6379")?;
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .logout(LogoutPolicy::new(["client-id-of-the-web-site"], store))
///     .build()?;
/// # drop(api);
/// # Ok(())
/// # }
/// ```
pub struct RedisRevocationStore {
    pub(crate) key_prefix: String,
    pub(crate) clock_margin: Duration,
    pub(crate) replicas: Option<Replicas>,
    pub(crate) connection: Arc<Connection>,
    /// A logout that waits for replicas must not delay the requests that read, so it has a connection of its own.
    pub(crate) waiting: Option<Connection>,
}

impl RedisRevocationStore {
    /// Creates a store with the Redis at this URL and the default settings. It does not connect yet.
    ///
    /// # Errors
    ///
    /// The URL is not a valid Redis URL, or it requires TLS and the feature `tls` is not enabled.
    pub fn new(url: &str) -> Result<Self, RedisConfigError> {
        Self::builder(url).build()
    }

    /// Creates a builder for a store with the Redis at this URL, as
    /// [`RedisReplayStore::builder`](crate::RedisReplayStore::builder).
    pub fn builder(url: &str) -> RedisRevocationStoreBuilder {
        RedisRevocationStoreBuilder::new(Endpoints::single(url))
    }

    /// Creates a builder for a store with the Redis Cluster whose nodes are at these URLs, as
    /// [`RedisReplayStore::cluster`](crate::RedisReplayStore::cluster).
    pub fn cluster<U: AsRef<str>>(urls: impl IntoIterator<Item = U>) -> RedisRevocationStoreBuilder {
        RedisRevocationStoreBuilder::new(Endpoints::cluster(urls))
    }

    /// Creates a builder for a store with the master that the sentinels at these URLs know by this name, as
    /// [`RedisReplayStore::sentinel`](crate::RedisReplayStore::sentinel).
    pub fn sentinel<U: AsRef<str>>(
        urls: impl IntoIterator<Item = U>,
        master_name: impl Into<String>,
    ) -> RedisRevocationStoreBuilder {
        RedisRevocationStoreBuilder::new(Endpoints::sentinel(urls, master_name.into()))
    }

    fn key(&self, subject: &SubjectId) -> String {
        self.key_prefix.clone() + &URL_SAFE_NO_PAD.encode(subject.as_bytes())
    }
}

impl RevocationStore for RedisRevocationStore {
    fn revoke<'a>(
        &'a self,
        subject: &'a SubjectId,
        issued_up_to: SystemTime,
        now: SystemTime,
        expires_at: SystemTime,
    ) -> StoreFuture<'a, ()> {
        let revoking = Revoking {
            key: self.key(subject),
            issued_up_to: rounded_up(issued_up_to),
            time_to_live: milliseconds_left(now, expires_at + self.clock_margin),
            replicas: self.replicas,
        };
        let connection = self.waiting.as_ref().unwrap_or(&self.connection);
        Box::pin(async move { connection.run(&revoking).await.map_err(Into::into) })
    }

    fn revoked_up_to<'a>(&'a self, subject: &'a SubjectId) -> StoreFuture<'a, Option<SystemTime>> {
        let reading = Reading { key: self.key(subject) };
        Box::pin(async move {
            let Some(seconds) = self.connection.run(&reading).await? else { return Ok(None) };
            let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
            time.map(Some).ok_or_else(|| "the stored time is not a time".into())
        })
    }
}

impl fmt::Debug for RedisRevocationStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The connections are left out, because their URL may contain a password.
        f.debug_struct("RedisRevocationStore").field("key_prefix", &self.key_prefix).finish_non_exhaustive()
    }
}

impl From<NoAnswer> for Box<dyn std::error::Error + Send + Sync> {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::Full => "Redis has no memory left".into(),
            NoAnswer::InDoubt(cause) | NoAnswer::Unavailable(cause) => cause,
        }
    }
}

fn rounded_up(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs().saturating_add(u64::from(since.subsec_nanos() > 0))
}
