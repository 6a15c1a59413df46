//! The settings of the store.

use std::fmt;
use std::time::Duration;

use redis::Client;

use crate::connection::Connection;
use crate::outage::{Outage, OutagePolicy};
use crate::store::RedisReplayStore;

/// Builds a [`RedisReplayStore`]. Created by [`RedisReplayStore::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct RedisReplayStoreBuilder {
    client: Result<Client, RedisConfigError>,
    key_prefix: String,
    clock_margin: Duration,
    response_timeout: Duration,
    outage: OutagePolicy,
}

impl RedisReplayStoreBuilder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            client: client(url),
            key_prefix: DEFAULT_KEY_PREFIX.to_owned(),
            clock_margin: DEFAULT_CLOCK_MARGIN,
            response_timeout: DEFAULT_RESPONSE_TIMEOUT,
            outage: OutagePolicy::reject(),
        }
    }

    /// Sets the prefix of every key. Default `auth0-api:replay:`.
    ///
    /// Stores with the same prefix in the same database share their proofs. The replicas of one API must share their
    /// proofs. Different APIs or deployments must not share proofs.
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = prefix.into();
        self
    }

    /// Sets how long Redis remembers a proof after its expiry. Default 30 s; at most a day.
    ///
    /// Without this margin, a replica could accept a proof a second time, after Redis has removed it: the clock of the
    /// replica may be behind, or the request may have waited for an issuer's keys. The margin must be longer than the
    /// sum of that wait and the difference between the replicas' clocks.
    pub fn clock_margin(mut self, margin: Duration) -> Self {
        self.clock_margin = margin;
        self
    }

    /// Sets how long a request waits for Redis, including the time to connect and to retry. Default 500 ms; from 1 ms to
    /// 60 s.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// Sets what happens to requests while Redis is unavailable. Default [`OutagePolicy::reject`].
    pub fn during_outage(mut self, policy: OutagePolicy) -> Self {
        self.outage = policy;
        self
    }

    /// Builds the store. It connects when it is first used.
    ///
    /// # Errors
    ///
    /// The URL is not a valid Redis URL, or it requires TLS and the feature `tls` is not enabled, or a time is out of its
    /// bounds.
    pub fn build(self) -> Result<RedisReplayStore, RedisConfigError> {
        let client = self.client?;
        if self.clock_margin > LONGEST_CLOCK_MARGIN {
            return Err(RedisConfigError::ClockMargin);
        }
        if !(SHORTEST_RESPONSE_TIMEOUT..=LONGEST_RESPONSE_TIMEOUT).contains(&self.response_timeout) {
            return Err(RedisConfigError::ResponseTimeout);
        }
        Ok(RedisReplayStore {
            key_prefix: self.key_prefix,
            clock_margin: self.clock_margin,
            connection: Connection::new(client, self.response_timeout),
            outage: Outage::new(self.outage),
        })
    }
}

impl fmt::Debug for RedisReplayStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL is left out, because it may contain a password.
        f.debug_struct("RedisReplayStoreBuilder")
            .field("key_prefix", &self.key_prefix)
            .field("response_timeout", &self.response_timeout)
            .field("outage", &self.outage)
            .finish_non_exhaustive()
    }
}

/// Why a [`RedisReplayStore`] cannot be built. The error does not contain the URL, because the URL may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedisConfigError {
    /// The clock margin is longer than a day.
    #[error("clock_margin() is at most a day")]
    ClockMargin,
    /// The response timeout is shorter than a millisecond, or longer than 60 s.
    #[error("response_timeout() is from 1 ms to 60 s")]
    ResponseTimeout,
    /// The URL requires TLS, and the feature `tls` is not enabled.
    #[error("the Redis URL requires TLS: enable the feature `tls` of auth0-api-redis")]
    TlsDisabled,
    /// The URL does not have the form `redis://[user[:password]@]host[:port][/database]`.
    #[error("the Redis URL is malformed: it has the form redis://[user[:password]@]host[:port][/database]")]
    UrlMalformed,
}

fn client(url: &str) -> Result<Client, RedisConfigError> {
    let wants_tls = ["rediss:", "valkeys:"].iter().any(|scheme| url.starts_with(scheme));
    if wants_tls {
        provide_tls()?;
    }
    Client::open(url).map_err(|_| RedisConfigError::UrlMalformed)
}

/// Chooses the cryptographic provider of rustls, unless the process has chosen one. If two providers are compiled in
/// and none is chosen, rustls panics at the first connection.
#[cfg(feature = "tls")]
#[expect(clippy::unnecessary_wraps, reason = "the same function for builds without TLS fails")]
fn provide_tls() -> Result<(), RedisConfigError> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread has just chosen a provider. That provider is then used.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
    Ok(())
}

#[cfg(not(feature = "tls"))]
fn provide_tls() -> Result<(), RedisConfigError> {
    Err(RedisConfigError::TlsDisabled)
}

/// Clocks that are synchronised by NTP differ by less than a second, and a request waits for keys for 10 s at most.
const DEFAULT_CLOCK_MARGIN: Duration = Duration::from_secs(30);

const DEFAULT_KEY_PREFIX: &str = "auth0-api:replay:";

/// Redis answers within a millisecond or two. The default is long enough for a new connection, and short enough that
/// users hardly notice the wait.
const DEFAULT_RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);

/// If two clocks differ by more than a day, a clock is wrong. A longer margin would only fill Redis.
const LONGEST_CLOCK_MARGIN: Duration = Duration::from_secs(86_400);

/// The usual time limit of clients and proxies. A longer wait would only collect requests.
const LONGEST_RESPONSE_TIMEOUT: Duration = Duration::from_secs(60);

/// The smallest unit of time that is worth a timer.
const SHORTEST_RESPONSE_TIMEOUT: Duration = Duration::from_millis(1);
