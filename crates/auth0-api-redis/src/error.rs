//! Why a store cannot be built.

use std::fmt;

/// Why a store cannot be built. The error does not contain the URL, because the URL may contain a password.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedisConfigError {
    /// `clock_margin` is out of its bounds.
    #[error("clock_margin: set a day at most")]
    ClockMargin,
    /// The URL does not have the form `redis://[user[:password]@]host[:port][/database]`.
    #[error("the Redis URL is malformed: it has the form redis://[user[:password]@]host[:port][/database]")]
    UrlMalformed,
    /// `response_timeout` is out of its bounds.
    #[error("response_timeout: set 1 ms to 60 s")]
    ResponseTimeout,
    /// The certificates that the system trusts cannot be read.
    #[error("the Redis URL requires TLS, and the system's certificates cannot be read")]
    Tls,
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
