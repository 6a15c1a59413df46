//! The settings of the replay store.

use std::fmt;
use std::time::Duration;

use crate::endpoints::Endpoints;
use crate::error::RedisConfigError;
use crate::outage::{Outage, OutagePolicy};
use crate::replicas::Replicas;
use crate::server::Login;
use crate::settings::Settings;
use crate::store::RedisReplayStore;

/// Builds a [`RedisReplayStore`]. Created by [`RedisReplayStore::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct RedisReplayStoreBuilder {
    settings: Settings,
    key_prefix: String,
    outage: OutagePolicy,
}

impl RedisReplayStoreBuilder {
    pub(crate) fn new(endpoints: Result<Endpoints, RedisConfigError>) -> Self {
        Self {
            settings: Settings::new(endpoints),
            key_prefix: DEFAULT_KEY_PREFIX.to_owned(),
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

    /// Sets how long Redis remembers a proof after its expiry. Default 30 s; a day at most.
    ///
    /// Without this margin, a replica whose clock is behind could accept a proof a second time, after Redis has removed it.
    /// The margin must be longer than the difference between the replicas' clocks. If Redis has several nodes, add the
    /// difference between their clocks. The time that a request waits for an issuer's keys does not count: the client reads
    /// its clock after this wait, and rejects a proof that is too old then.
    ///
    /// A request may also wait for Redis itself. If [`response_timeout`](Self::response_timeout) is longer than its default,
    /// Redis remembers each proof for the difference longer.
    pub fn clock_margin(mut self, margin: Duration) -> Self {
        self.settings.clock_margin = margin;
        self
    }

    /// Sets how long a request waits for Redis, including the time to connect and to retry. Default 500 ms;
    /// 1 ms to 60 s. An attempt to connect ends after 5 s at most. What exceeds the default is added to
    /// [`clock_margin`](Self::clock_margin).
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.settings.response_timeout = timeout;
        self
    }

    /// Sets what happens to requests while Redis is unavailable. Default [`OutagePolicy::reject`].
    pub fn during_outage(mut self, policy: OutagePolicy) -> Self {
        self.outage = policy;
        self
    }

    /// Sets the user and the password at the Redis servers. Default: those of the URL; with
    /// [sentinels](RedisReplayStore::sentinel), none.
    ///
    /// For a server with `requirepass`, the user is `default`.
    pub fn login(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.settings.login = Some(Login { user: user.into(), password: password.into() });
        self
    }

    /// Sets the number of the database. Default: that of the URL; with [sentinels](RedisReplayStore::sentinel), 0.
    pub fn database(mut self, number: u32) -> Self {
        self.settings.database = Some(number);
        self
    }

    /// Accepts a request only when this number of replicas has acknowledged its proof, within this time. Default: no
    /// replica; a request is accepted when the master has recorded its proof.
    ///
    /// Redis replicates to its replicas later. If a master fails, the proofs of the last moment are lost, and each can
    /// be used once more. Name the number of *all* replicas of a master: with fewer, Redis may promote a replica that
    /// does not have the proof yet. When fewer replicas acknowledge, or `WAIT` fails, the request is rejected with 503,
    /// whatever the [`OutagePolicy`]. So an API is unavailable while a replica is.
    ///
    /// An outage is still a matter of the [`OutagePolicy`]. While requests wait for replicas in vain, later ones may get no
    /// answer within the response timeout, and that is an outage. To accept only what the replicas have, keep
    /// [`OutagePolicy::reject`].
    ///
    /// The time is 1 ms or more, and shorter than [`response_timeout`](Self::response_timeout). Each request takes one
    /// round trip from the master to its replicas longer. One connection records one proof at a time then, so each
    /// process records as many proofs a second at each master as there are such round trips in a second.
    ///
    /// [`WAIT`](https://redis.io/docs/latest/commands/wait/) is the command that this uses. A master that is cut off
    /// from its replicas and not replaced yet rejects proofs, too.
    pub fn replicas(mut self, number: u32, within: Duration) -> Self {
        self.settings.replicas = Some(Replicas { number, within });
        self
    }

    /// Builds the store. It connects when it is first used.
    ///
    /// # Errors
    ///
    /// There is no URL, a URL is not a valid Redis URL, the URLs differ in more than host and port, they require TLS and
    /// the feature `tls` is not enabled, the name of the master is empty, a cluster has a database, or a number or time is
    /// out of its bounds.
    pub fn build(self) -> Result<RedisReplayStore, RedisConfigError> {
        Ok(RedisReplayStore {
            key_prefix: self.key_prefix,
            margin: self.settings.margin_of_proofs(),
            replicas: self.settings.replicas,
            connection: self.settings.connection()?,
            outage: Outage::new(self.outage),
        })
    }
}

impl fmt::Debug for RedisReplayStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL and the login are left out, because they contain a password.
        f.debug_struct("RedisReplayStoreBuilder")
            .field("key_prefix", &self.key_prefix)
            .field("response_timeout", &self.settings.response_timeout)
            .field("outage", &self.outage)
            .finish_non_exhaustive()
    }
}

const DEFAULT_KEY_PREFIX: &str = "auth0-api:replay:";
