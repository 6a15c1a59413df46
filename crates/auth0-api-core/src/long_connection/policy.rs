//! The settings for connections that stay open.

use std::ops::RangeInclusive;
use std::time::Duration;

/// How often the revocation list is asked about the token of an open connection, and for how long it may be unavailable:
/// for [`long_connections`](crate::ApiClientBuilder::long_connections).
///
/// Without a [`RevocationList`](crate::revocation::RevocationList), these settings have no effect: a connection then
/// ends at the expiry of its token.
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::ApiClient;
/// use auth0_api_core::long_connection::LongConnectionPolicy;
///
/// let policy = LongConnectionPolicy::new().revocation_interval(Duration::from_secs(30));
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .long_connections(policy)
///     .build();
/// assert!(api.is_ok());
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct LongConnectionPolicy {
    pub(super) revocation_interval: Duration,
    pub(super) outage_limit: Duration,
}

impl LongConnectionPolicy {
    /// Starts with the defaults.
    pub const fn new() -> Self {
        Self { revocation_interval: REVOCATION_INTERVAL, outage_limit: OUTAGE_LIMIT }
    }

    /// Sets how often the list is asked about the token of a connection. A connection whose token is revoked ends within
    /// this time, and the time that the list takes to answer. Default: 10 s; 1 s to 1 hour.
    ///
    /// The first question comes at a random moment of the first interval, so that connections that were opened together
    /// do not ask together.
    pub const fn revocation_interval(mut self, interval: Duration) -> Self {
        self.revocation_interval = interval;
        self
    }

    /// Sets how long a connection remains open while the list is unavailable, counted from the first question without an
    /// answer. An answer ends the count. Default: 60 s; 0 s to 1 hour. With 0, the first failure ends the connection.
    ///
    /// A new request is rejected at once if the list is unavailable. But if a failure of a second ended all open
    /// connections, their clients would all connect again at the same time. While the list is unavailable, it is asked
    /// every 10 s, or once per [`revocation_interval`](Self::revocation_interval) if that is shorter.
    pub const fn outage_limit(mut self, limit: Duration) -> Self {
        self.outage_limit = limit;
        self
    }

    /// Returns what is wrong with each setting that is out of its bounds.
    pub(crate) fn check(self) -> Result<Self, Vec<&'static str>> {
        let mut problems = Vec::new();
        if !INTERVALS.contains(&self.revocation_interval) {
            problems.push("revocation_interval: set 1 s to 1 hour");
        }
        if self.outage_limit > LONGEST_OUTAGE {
            problems.push("outage_limit: at most 1 hour");
        }
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }

    /// The time from a question without an answer to the next question.
    pub(super) fn retry_interval(&self) -> Duration {
        self.revocation_interval.min(REVOCATION_INTERVAL)
    }
}

impl Default for LongConnectionPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// A user who logs out expects the end within seconds. With a thousand connections, a list answers a hundred questions a
/// second, which is a small part of what a store in the same network can do.
const REVOCATION_INTERVAL: Duration = Duration::from_secs(10);
/// A failover of a store takes less than this. It is the longest time for which a revocation may go unnoticed, beside
/// the interval.
const OUTAGE_LIMIT: Duration = Duration::from_secs(60);
/// A shorter interval would ask more often than clients send requests. After an hour, most tokens have expired anyway.
const INTERVALS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(3600);
/// Beyond an hour, a list that never answers would look like no list.
const LONGEST_OUTAGE: Duration = Duration::from_secs(3600);
