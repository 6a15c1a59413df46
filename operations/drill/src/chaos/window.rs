//! The stated windows: which fault lets a good request fail, how, and for how long.

use std::time::Duration;

use super::fault::Fault;
use super::kind::Good;
use super::outcome::Outcome;

/// While a fault is active, and for some seconds after its end, requests of these kinds may have this outcome.
pub(crate) struct Window {
    pub(crate) fault: Fault,
    /// Another fault that has to be active as well. The window then closes some seconds after the end of both.
    pub(crate) with: Option<Fault>,
    /// How many seconds may lie between the end of one fault and the beginning of the other.
    pub(crate) seconds_apart: u64,
    pub(crate) kinds: &'static [Good],
    pub(crate) outcome: Outcome,
    pub(crate) seconds_after: u64,
}

impl Window {
    pub(crate) fn after(&self) -> Duration {
        Duration::from_secs(self.seconds_after)
    }

    pub(crate) fn apart(&self) -> Duration {
        Duration::from_secs(self.seconds_apart)
    }

    pub(crate) fn allows(&self, kind: Good, outcome: Outcome) -> bool {
        self.outcome == outcome && self.kinds.contains(&kind)
    }
}

const fn window(fault: Fault, kinds: &'static [Good], outcome: Outcome, seconds_after: u64) -> Window {
    Window { fault, with: None, seconds_apart: 0, kinds, outcome, seconds_after }
}

/// Two faults at once, after which requests with a token get 503.
const fn both(fault: Fault, with: Fault, seconds_after: u64) -> Window {
    // So long after a fault, not all clients and replicas have noticed it: the next one counts as simultaneous.
    let seconds_apart = 2;
    let outcome = Outcome::Status(503);
    Window { fault, with: Some(with), seconds_apart, kinds: WITH_TOKEN, outcome, seconds_after }
}

/// Faults that are not here let no good request fail.
#[rustfmt::skip]
pub(crate) const WINDOWS: &[Window] = &[
    // A clock that is wrong by less than the life of a token. Only the streams have tokens that live for a few seconds.
    window(Fault::ClockNear, &[Good::Stream], Outcome::Status(401), 2),
    window(Fault::ClockNear, &[Good::Stream], Outcome::Outlived, 10),
    // Tokens have expired, and proofs are too old or come from the future.
    window(Fault::ClockFar, WITH_TOKEN, Outcome::Status(401), 2),
    window(Fault::ClockFar, &[Good::Stream], Outcome::Outlived, 10),
    // A client learns from the rejection that it needs a new token.
    window(Fault::KeyRemoved, WITH_TOKEN, Outcome::Status(401), 2),
    // Proofs cannot be recorded. 503, and never 401: the proof may be good.
    window(Fault::RedisConnectionsCut, &[Good::Dpop], Outcome::Status(503), 2),
    window(Fault::RedisDown, &[Good::Dpop], Outcome::Status(503), 3),
    window(Fault::RedisMasterKilled, &[Good::Dpop], Outcome::Status(503), 3),
    window(Fault::RedisMasterPaused, &[Good::Dpop], Outcome::Status(503), 3),
    window(Fault::RedisPaused, &[Good::Dpop], Outcome::Status(503), 3),
    // The replica has recorded the proof, and nginx repeats the request at the other one.
    window(Fault::ReplicaKilled, &[Good::Dpop], Outcome::Status(401), 0),
    window(Fault::ReplicaKilled, &[Good::Stream], Outcome::NoAnswer, 0),
    // Time limits pass while the replica is paused.
    window(Fault::ReplicaPaused, &[Good::Dpop], Outcome::Status(503), 2),
    window(Fault::ReplicaPaused, &[Good::Exchange], Outcome::Status(503), 2),
    // So does the life of a token that lives for a few seconds.
    window(Fault::ReplicaPaused, &[Good::Stream], Outcome::Status(401), 2),
    // No new token for the other API. The tokens that the replica holds still serve.
    window(Fault::TenantCutOff, &[Good::Exchange], Outcome::Status(503), 2),
    window(Fault::TenantKilled, &[Good::Exchange], Outcome::Status(503), 2),
    window(Fault::TenantPaused, &[Good::Exchange], Outcome::Status(503), 2),
    // A replica that starts without a tenant has no keys until its next attempt.
    both(Fault::ReplicaKilled, Fault::TenantCutOff, 12),
    both(Fault::ReplicaKilled, Fault::TenantKilled, 12),
    both(Fault::ReplicaKilled, Fault::TenantPaused, 12),
    both(Fault::ReplicaRestarted, Fault::TenantCutOff, 12),
    both(Fault::ReplicaRestarted, Fault::TenantKilled, 12),
    both(Fault::ReplicaRestarted, Fault::TenantPaused, 12),
    // The new key is not known, and cannot be fetched.
    both(Fault::KeyRotated, Fault::TenantCutOff, 12),
    // A clock that is set back by less than a minute: what limits the fetches of keys stays for that time longer.
    Window { seconds_apart: 30, ..both(Fault::KeyRotated, Fault::ClockNear, 42) },
];

/// While Redis replaces a master, the proofs of this moment may be lost: it replicates asynchronously. A proof that was used
/// first during such a fault, or in the second before, may be accepted once more.
pub(crate) const LOSES_PROOFS: &[Fault] = &[Fault::RedisMasterKilled, Fault::RedisMasterPaused, Fault::RedisPaused];
pub(crate) const LOST_BEFORE: Duration = Duration::from_secs(1);

/// A replica whose clock is behind accepts tokens for that much longer. No check can notice that.
pub(crate) const ACCEPTS_EXPIRED: Fault = Fault::ClockFar;

const WITH_TOKEN: &[Good] = &[Good::Bearer, Good::Dpop, Good::Exchange, Good::Stream];

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = include_str!("../../../../crates/auth0-api-core/src/guide/operating.md");

    #[test]
    fn the_guide_states_the_windows_of_each_fault() {
        for fault in Fault::ALL {
            let start = format!("| {fault} | ");
            let row = GUIDE.lines().find_map(|line| line.strip_prefix(&start)).expect("the guide has a row");
            let mut windows = WINDOWS.iter().filter(|window| window.fault == fault && window.with.is_none()).peekable();
            assert_eq!(windows.peek().is_none(), row.ends_with("| |"), "{fault}: {row}");
            for window in windows {
                let outcome = match window.outcome {
                    Outcome::Outlived => "treams end that much earlier or later".to_owned(),
                    outcome => outcome.to_string(),
                };
                let time = format!("{} s ", window.seconds_after);
                let has_time = window.seconds_after == 0 || row.contains(&time);
                assert!(row.contains(&outcome) && has_time, "{fault}, {outcome}: {row}");
            }
        }
    }
}
