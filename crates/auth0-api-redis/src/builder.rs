//! The store's settings.

use std::fmt;
use std::time::Duration;

use redis::Client;

use crate::connection::Connection;
use crate::outage::{Outage, OutagePolicy};
use crate::store::RedisReplayStore;

/// Makes a [`RedisReplayStore`]; begun with [`RedisReplayStore::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct RedisReplayStoreBuilder {
    client: Result<Client, RedisUrlError>,
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

    /// Sets what every key begins with. Default `auth0-api:replay:`.
    ///
    /// Stores with the same prefix in the same database share their proofs; replicas of one API must, others must not.
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = prefix.into();
        self
    }

    /// Sets how much longer than a proof lives Redis remembers it. Default 30 s.
    ///
    /// By as much may the replicas' clocks differ, and a request wait for keys, before a replica would still take a proof that
    /// Redis has forgotten.
    pub fn clock_margin(mut self, margin: Duration) -> Self {
        self.clock_margin = margin;
        self
    }

    /// Sets how long a request waits for Redis in all, connecting and a second try included. Default 500 ms.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// Sets what happens to requests while Redis cannot be reached. Default [`OutagePolicy::reject`].
    pub fn during_outage(mut self, policy: OutagePolicy) -> Self {
        self.outage = policy;
        self
    }

    /// Makes the store. It connects when it is first used.
    ///
    /// # Errors
    ///
    /// The URL is not one of Redis.
    pub fn build(self) -> Result<RedisReplayStore, RedisUrlError> {
        Ok(RedisReplayStore {
            key_prefix: self.key_prefix,
            clock_margin: self.clock_margin,
            connection: Connection::new(self.client?, self.response_timeout),
            outage: Outage::new(self.outage),
        })
    }
}

impl fmt::Debug for RedisReplayStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a password.
        f.debug_struct("RedisReplayStoreBuilder")
            .field("key_prefix", &self.key_prefix)
            .field("response_timeout", &self.response_timeout)
            .field("outage", &self.outage)
            .finish_non_exhaustive()
    }
}

/// Why a text is no URL of a Redis. The text itself is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedisUrlError {
    /// It does not have the form `redis://[user[:password]@]host[:port][/database]`.
    #[error("the Redis URL is malformed: it has the form redis://[user[:password]@]host[:port][/database]")]
    Malformed,
    /// It asks for TLS, which is not compiled in.
    #[error("the Redis URL asks for TLS: enable the feature `tls` of auth0-api-redis")]
    TlsDisabled,
}

fn client(url: &str) -> Result<Client, RedisUrlError> {
    let wants_tls = ["rediss:", "valkeys:"].iter().any(|scheme| url.starts_with(scheme));
    if wants_tls {
        provide_tls()?;
    }
    Client::open(url).map_err(|_| RedisUrlError::Malformed)
}

/// Settles which cryptography rustls uses, if the process has not: with two compiled in, it would panic at the first
/// connection.
#[cfg(feature = "tls")]
#[expect(clippy::unnecessary_wraps, reason = "its twin for builds without TLS fails")]
fn provide_tls() -> Result<(), RedisUrlError> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error says that another thread was faster, which serves as well.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
    Ok(())
}

#[cfg(not(feature = "tls"))]
fn provide_tls() -> Result<(), RedisUrlError> {
    Err(RedisUrlError::TlsDisabled)
}

/// Clocks that NTP keeps differ by less than a second; a request waits for keys 10 s at most.
const DEFAULT_CLOCK_MARGIN: Duration = Duration::from_secs(30);

const DEFAULT_KEY_PREFIX: &str = "auth0-api:replay:";

/// Redis answers within a millisecond or two; this leaves time for a new connection, and is as long as an API's caller
/// is likely to wait without noticing an outage.
const DEFAULT_RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);
