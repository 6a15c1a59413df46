//! How long the requests of a store wait for a server.

use std::time::Duration;

/// How long the requests of a store wait for a server. All times follow from the response timeout, within bounds.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    /// How long one server may take to answer a question before the next server is asked, too.
    pub(crate) next_server: Duration,
    /// How long a server may be silent. A request that is given up later than that discards the connection.
    pub(crate) silence: Duration,
    /// How long it may take to connect and to log in, with all attempts.
    pub(crate) connecting: Duration,
}

impl Times {
    pub(crate) fn of(response_timeout: Duration) -> Self {
        Self {
            next_server: (response_timeout / SHARE_OF_ONE_SERVER).min(LONGEST_SHARE),
            silence: (response_timeout / 2).min(LONGEST_SILENCE),
            connecting: response_timeout.clamp(SHORTEST_CONNECTING, LONGEST_CONNECTING),
        }
    }
}

/// A server may take an eighth of the response timeout to answer before the next one is asked. So a request survives
/// several servers that are silent, and has time left for its command.
const SHARE_OF_ONE_SERVER: u32 = 8;

/// A server in the same network answers much sooner.
const LONGEST_SHARE: Duration = Duration::from_millis(250);

/// The caller of a store may have a shorter time limit than the store: the API client waits for the list of logouts for 2 s
/// at most.
const LONGEST_SILENCE: Duration = Duration::from_secs(1);

/// To connect may take longer than a command: a name is resolved, and TLS begins. The request that needs the connection
/// may be given up meanwhile, and the next requests use it.
const SHORTEST_CONNECTING: Duration = Duration::from_millis(500);

/// All requests share an attempt. If it hangs, because a server has vanished, the next attempt may find the server that
/// replaces it.
const LONGEST_CONNECTING: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_follow_from_the_response_timeout_within_bounds() {
        let milliseconds = |response_timeout| {
            let times = Times::of(Duration::from_millis(response_timeout));
            [times.next_server, times.silence, times.connecting].map(|time| time.as_millis())
        };
        assert_eq!(milliseconds(8), [1, 4, 500]);
        assert_eq!(milliseconds(500), [62, 250, 500]);
        assert_eq!(milliseconds(1_600), [200, 800, 1_600]);
        assert_eq!(milliseconds(60_000), [250, 1_000, 5_000]);
    }
}
