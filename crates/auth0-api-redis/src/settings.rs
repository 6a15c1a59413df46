//! The settings that all stores have: where Redis is, and how to reach it.

use std::time::Duration;

use crate::connection::Connection;
use crate::endpoints::Endpoints;
use crate::error::RedisConfigError;
use crate::replicas::Replicas;
use crate::server::Login;

/// Where Redis is, and how to reach it.
pub(crate) struct Settings {
    endpoints: Result<Endpoints, RedisConfigError>,
    pub(crate) login: Option<Login>,
    pub(crate) database: Option<u32>,
    pub(crate) replicas: Option<Replicas>,
    pub(crate) response_timeout: Duration,
    pub(crate) clock_margin: Duration,
}

impl Settings {
    pub(crate) fn new(endpoints: Result<Endpoints, RedisConfigError>) -> Self {
        Self {
            endpoints,
            login: None,
            database: None,
            replicas: None,
            response_timeout: DEFAULT_RESPONSE_TIMEOUT,
            clock_margin: DEFAULT_CLOCK_MARGIN,
        }
    }

    /// How much longer than it is accepted a proof is kept. The clock margin counts the default response timeout. With a longer
    /// one, a request may wait for Redis that much longer, and then Redis must still have the proof.
    pub(crate) fn margin_of_proofs(&self) -> Duration {
        self.clock_margin.saturating_add(self.response_timeout.saturating_sub(DEFAULT_RESPONSE_TIMEOUT))
    }

    /// Checks the settings, and does not connect yet.
    pub(crate) fn connection(&self) -> Result<Connection, RedisConfigError> {
        if self.clock_margin > LONGEST_CLOCK_MARGIN {
            return Err(RedisConfigError::ClockMargin);
        }
        if !(SHORTEST_RESPONSE_TIMEOUT..=LONGEST_RESPONSE_TIMEOUT).contains(&self.response_timeout) {
            return Err(RedisConfigError::ResponseTimeout);
        }
        if self.replicas.is_some_and(|replicas| !replicas.are_possible(self.response_timeout)) {
            return Err(RedisConfigError::Replicas);
        }
        let deployment =
            self.endpoints.clone()?.deployment(self.login.as_ref(), self.database, self.response_timeout)?;
        Ok(Connection { deployment, timeout: self.response_timeout, sibling: None })
    }
}

/// Clocks that are synchronised by NTP differ by less than a second. A request that has read its clock for the proof waits
/// only for Redis, for the response timeout, which is half a second. Clocks that are not synchronised often differ by more.
const DEFAULT_CLOCK_MARGIN: Duration = Duration::from_secs(30);

/// The clocks of replicas that differ by more than a day are wrong.
const LONGEST_CLOCK_MARGIN: Duration = Duration::from_secs(86_400);

/// Redis answers within a millisecond or two. The default is long enough for a new connection, and short enough that
/// users hardly notice the wait.
const DEFAULT_RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);

/// No Redis answers faster than this over a network.
const SHORTEST_RESPONSE_TIMEOUT: Duration = Duration::from_millis(1);

/// Callers and proxies do not wait longer than this for the response of an API.
const LONGEST_RESPONSE_TIMEOUT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_kept_as_much_longer_as_a_request_may_wait_longer_for_redis() {
        let margin = |clock_margin, response_timeout| {
            let settings = Settings::new(Endpoints::single("redis://redis.internal"));
            Settings { response_timeout, clock_margin, ..settings }.margin_of_proofs()
        };
        let milliseconds = Duration::from_millis;
        for (clock_margin, response_timeout, expected) in [
            (30_000, 500, 30_000),
            (30_000, 1, 30_000),
            (30_000, 501, 30_001),
            (30_000, 60_000, 89_500),
            (0, 500, 0),
            (0, 60_000, 59_500),
        ] {
            let margin = margin(milliseconds(clock_margin), milliseconds(response_timeout));
            assert_eq!(margin, milliseconds(expected), "{clock_margin} {response_timeout}");
        }
        assert_eq!(Settings::new(Endpoints::single("redis://redis.internal")).margin_of_proofs(), milliseconds(30_000));
        assert_eq!(margin(Duration::MAX, Duration::MAX), Duration::MAX, "rejected later");
    }
}
