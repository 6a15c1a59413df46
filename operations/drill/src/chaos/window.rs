//! The stated windows: which fault lets a good request fail, how, and for how long.

use std::time::Duration;

use super::fault::Fault;
use super::kind::Good;
use super::outcome::Outcome;

/// While all these faults are active, and for some seconds after the last of them has ended, requests of these kinds may
/// have this outcome.
pub(crate) struct Window {
    pub(crate) faults: &'static [Fault],
    pub(crate) kinds: &'static [Good],
    pub(crate) outcome: Outcome,
    pub(crate) seconds_after: u64,
}

impl Window {
    pub(crate) fn after(&self) -> Duration {
        Duration::from_secs(self.seconds_after)
    }

    pub(crate) fn allows(&self, kind: Good, outcome: Outcome) -> bool {
        self.outcome == outcome && self.kinds.contains(&kind)
    }
}

const fn window(faults: &'static [Fault], kinds: &'static [Good], outcome: Outcome, seconds_after: u64) -> Window {
    Window { faults, kinds, outcome, seconds_after }
}

/// Faults that are not here let no good request fail.
#[rustfmt::skip]
pub(crate) const WINDOWS: &[Window] = &[
    // A clock that is wrong by less than the life of a token. Only the streams have tokens that live for a few seconds.
    window(&[Fault::ClockNear], &[Good::Stream], Outcome::Status(401), 2),
    window(&[Fault::ClockNear], &[Good::Stream], Outcome::Outlived, 10),
    // Tokens have expired, and proofs are too old or come from the future.
    window(&[Fault::ClockFar], WITH_TOKEN, Outcome::Status(401), 2),
    window(&[Fault::ClockFar], &[Good::Stream], Outcome::Outlived, 10),
    // A client learns from the rejection that it needs a new token.
    window(&[Fault::KeyRemoved], WITH_TOKEN, Outcome::Status(401), 2),
    // Proofs cannot be recorded. 503, and never 401: the proof may be good.
    window(&[Fault::RedisConnectionsCut], &[Good::Dpop], Outcome::Status(503), 2),
    window(&[Fault::RedisDown], &[Good::Dpop], Outcome::Status(503), 3),
    window(&[Fault::RedisMasterKilled], &[Good::Dpop], Outcome::Status(503), 3),
    window(&[Fault::RedisMasterPaused], &[Good::Dpop], Outcome::Status(503), 3),
    window(&[Fault::RedisPaused], &[Good::Dpop], Outcome::Status(503), 3),
    // The replica has recorded the proof, and nginx repeats the request at the other one.
    window(&[Fault::ReplicaKilled], &[Good::Dpop], Outcome::Status(401), 0),
    window(&[Fault::ReplicaKilled], &[Good::Stream], Outcome::NoAnswer, 0),
    // Time limits pass while the replica is paused.
    window(&[Fault::ReplicaPaused], &[Good::Dpop], Outcome::Status(503), 2),
    window(&[Fault::ReplicaPaused], &[Good::Exchange], Outcome::Status(503), 2),
    // No new token for the other API. The tokens that the replica holds still serve.
    window(&[Fault::TenantCutOff], &[Good::Exchange], Outcome::Status(503), 2),
    window(&[Fault::TenantKilled], &[Good::Exchange], Outcome::Status(503), 2),
    window(&[Fault::TenantPaused], &[Good::Exchange], Outcome::Status(503), 2),
    // A replica that starts without a tenant has no keys until its next attempt.
    window(&[Fault::ReplicaKilled, Fault::TenantCutOff], WITH_TOKEN, Outcome::Status(503), 12),
    window(&[Fault::ReplicaKilled, Fault::TenantKilled], WITH_TOKEN, Outcome::Status(503), 12),
    window(&[Fault::ReplicaKilled, Fault::TenantPaused], WITH_TOKEN, Outcome::Status(503), 12),
    window(&[Fault::ReplicaRestarted, Fault::TenantCutOff], WITH_TOKEN, Outcome::Status(503), 12),
    window(&[Fault::ReplicaRestarted, Fault::TenantKilled], WITH_TOKEN, Outcome::Status(503), 12),
    window(&[Fault::ReplicaRestarted, Fault::TenantPaused], WITH_TOKEN, Outcome::Status(503), 12),
    // The new key is not known, and cannot be fetched.
    window(&[Fault::KeyRotated, Fault::TenantCutOff], WITH_TOKEN, Outcome::Status(503), 12),
];

/// While Redis replaces a master, the proofs of this moment may be lost: it replicates asynchronously. A proof that was used
/// first during such a fault, or in the second before, may be accepted once more.
pub(crate) const LOSES_PROOFS: &[Fault] = &[Fault::RedisMasterKilled, Fault::RedisMasterPaused, Fault::RedisPaused];
pub(crate) const LOST_BEFORE: Duration = Duration::from_secs(1);

/// A replica whose clock is behind accepts tokens for that much longer. No check can notice that.
pub(crate) const ACCEPTS_EXPIRED: Fault = Fault::ClockFar;

const WITH_TOKEN: &[Good] = &[Good::Bearer, Good::Dpop, Good::Exchange, Good::Stream];
