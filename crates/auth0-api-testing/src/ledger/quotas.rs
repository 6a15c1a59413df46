//! How many tokens each client has received in its hour.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

/// The use of a quota.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) tokens: u32,
    /// How long until the hour ends.
    pub(crate) resets_in: Duration,
}

/// The number of tokens by client id, and the start of each client's hour.
#[derive(Debug, Default)]
pub(crate) struct Quotas(HashMap<String, (u32, SystemTime)>);

impl Quotas {
    /// Returns how much of its quota a client has used. An hour begins with the first request after the last hour.
    pub(crate) fn used(&mut self, client_id: &str, now: SystemTime) -> Used {
        let (tokens, started_at) = self.0.entry(client_id.to_owned()).or_insert((0, now));
        if *started_at + HOUR <= now {
            (*tokens, *started_at) = (0, now);
        }
        let resets_in = (*started_at + HOUR).duration_since(now).unwrap_or_default();
        Used { tokens: *tokens, resets_in }
    }

    /// Counts a token for the client.
    pub(crate) fn count(&mut self, client_id: &str) {
        if let Some((tokens, _)) = self.0.get_mut(client_id) {
            *tokens += 1;
        }
    }
}

const HOUR: Duration = Duration::from_secs(3600);
