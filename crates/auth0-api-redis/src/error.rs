//! Why a store cannot be built.

use std::fmt;

/// Why a store cannot be built. The error does not contain the URL, because the URL may contain a password.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedisConfigError {
    /// `clock_margin` is out of its bounds.
    #[error("clock_margin: set a day at most")]
    ClockMargin,
    /// The URL of a cluster names a database. A cluster has only the database 0.
    #[error("the Redis URL names a database, and a cluster has none: leave out the path of the URL")]
    ClusterDatabase,
    /// The name of the master is empty.
    #[error("the name of the master is empty: set the name that `sentinel monitor` gives it")]
    MasterName,
    /// There is no URL.
    #[error("no Redis URL: name one node at least, and better all")]
    NoUrl,
    /// `replicas` is out of its bounds.
    #[error("replicas: set 1 replica or more, and a time of 1 ms or more that is shorter than response_timeout")]
    Replicas,
    /// The URL does not have the form `redis://[user[:password]@]host[:port][/database]`.
    #[error("the Redis URL is malformed: it has the form redis://[user[:password]@]host[:port][/database]")]
    UrlMalformed,
    /// `response_timeout` is out of its bounds.
    #[error("response_timeout: set 1 ms to 60 s")]
    ResponseTimeout,
    /// The certificates that the system trusts cannot be read.
    #[error("the Redis URL requires TLS, and the system's certificates cannot be read")]
    Tls,
    /// The URLs of a cluster or of sentinels differ in more than host and port.
    #[error("the Redis URLs differ in more than host and port: use one scheme, user, password and database for all")]
    UrlsDiffer,
    /// The URL requires TLS, and the feature `tls` is not enabled.
    #[error("the Redis URL requires TLS: enable the feature `tls` of auth0-api-redis")]
    TlsDisabled,
}

impl fmt::Debug for RedisConfigError {
    /// Writes the same text as `Display`. If `main` returns this error, Rust prints its `Debug` output, and the
    /// operator reads that text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
