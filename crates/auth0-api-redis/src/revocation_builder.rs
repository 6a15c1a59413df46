//! The settings of the revocation store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::endpoints::Endpoints;
use crate::error::RedisConfigError;
use crate::replicas::Replicas;
use crate::revocation_store::RedisRevocationStore;
use crate::server::Login;
use crate::settings::Settings;

/// Builds a [`RedisRevocationStore`]. Created by [`RedisRevocationStore::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct RedisRevocationStoreBuilder {
    settings: Settings,
    key_prefix: String,
}

impl RedisRevocationStoreBuilder {
    pub(crate) fn new(endpoints: Result<Endpoints, RedisConfigError>) -> Self {
        Self { settings: Settings::new(endpoints), key_prefix: DEFAULT_KEY_PREFIX.to_owned() }
    }

    /// Sets the prefix of every key. Default `auth0-api:revoked:`.
    ///
    /// Stores with the same prefix in the same database share their revocations. The replicas of one API must share them,
    /// and several APIs of one tenant may.
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = prefix.into();
        self
    }

    /// Sets how long Redis remembers a revocation after its expiry, because the clocks of replicas differ. Default 30 s; a
    /// day at most.
    pub fn clock_margin(mut self, margin: Duration) -> Self {
        self.settings.clock_margin = margin;
        self
    }

    /// Sets how long a request waits for Redis, including the time to connect and to retry. Default 500 ms;
    /// 1 ms to 60 s. The API client waits for 2 s at most. An attempt to connect ends after 5 s at most.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.settings.response_timeout = timeout;
        self
    }

    /// Sets the user and the password at the Redis servers. Default: those of the URL; with
    /// [sentinels](RedisRevocationStore::sentinel), none.
    pub fn login(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.settings.login = Some(Login { user: user.into(), password: password.into() });
        self
    }

    /// Sets the number of the database. Default: that of the URL; with [sentinels](RedisRevocationStore::sentinel), 0.
    pub fn database(mut self, number: u32) -> Self {
        self.settings.database = Some(number);
        self
    }

    /// Answers a logout with 200 only when this number of replicas has acknowledged its revocation, within this time.
    /// Default: no replica.
    ///
    /// Redis replicates to its replicas later. If a master fails, the logouts of the last moment are lost, and the tokens
    /// of these users are accepted again. Name the number of *all* replicas of a master. When fewer replicas acknowledge,
    /// the logout is answered with 503. The time is 1 ms or more, and shorter than
    /// [`response_timeout`](Self::response_timeout). Only logouts wait for the replicas, one after
    /// the other: they have a connection of their own.
    pub fn replicas(mut self, number: u32, within: Duration) -> Self {
        self.settings.replicas = Some(Replicas { number, within });
        self
    }

    /// Builds the store. It connects when it is first used.
    ///
    /// # Errors
    ///
    /// As [`RedisReplayStoreBuilder::build`](crate::RedisReplayStoreBuilder::build).
    pub fn build(self) -> Result<RedisRevocationStore, RedisConfigError> {
        let connection = Arc::new(self.settings.connection()?);
        let waiting = match self.settings.replicas {
            Some(_) => Some(self.settings.connection()?.with_sibling(Arc::clone(&connection))),
            None => None,
        };
        Ok(RedisRevocationStore {
            key_prefix: self.key_prefix,
            clock_margin: self.settings.clock_margin,
            replicas: self.settings.replicas,
            connection,
            waiting,
        })
    }
}

impl fmt::Debug for RedisRevocationStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL and the login are left out, because they contain a password.
        f.debug_struct("RedisRevocationStoreBuilder")
            .field("key_prefix", &self.key_prefix)
            .field("response_timeout", &self.settings.response_timeout)
            .finish_non_exhaustive()
    }
}

const DEFAULT_KEY_PREFIX: &str = "auth0-api:revoked:";
