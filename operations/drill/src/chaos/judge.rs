//! Compares what the clients saw with the stated windows.

use super::kind::{Bad, Good};
use super::outcome::Outcome;
use super::record::Record;
use super::timeline::{Occurrence, Timeline};
use super::window::{ACCEPTS_EXPIRED, LOSES_PROOFS, LOST_BEFORE, WINDOWS};

/// What an outcome means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verdict<'t> {
    /// As without any fault.
    Right,
    /// Within a stated window of this fault.
    Stated(&'t Occurrence),
    /// Within a stated window of two faults at once.
    StatedTogether,
    Violation,
}

/// A good request is served, or fails within a stated window.
pub(crate) fn good<'t>(record: &Record<Good>, timeline: &'t Timeline) -> Verdict<'t> {
    if record.outcome == Outcome::Served {
        return Verdict::Right;
    }
    let windows = WINDOWS.iter().filter(|window| window.allows(record.kind, record.outcome));
    let explained = windows.filter_map(|window| {
        let occurrence = timeline.explains(window, record.began, record.ended)?;
        Some((window.with, occurrence))
    });
    let (together, alone): (Vec<_>, Vec<_>) = explained.partition(|(with, _)| with.is_some());
    match alone.into_iter().max_by_key(|(_, occurrence)| occurrence.began) {
        Some((_, occurrence)) => Verdict::Stated(occurrence),
        None if together.is_empty() => Verdict::Violation,
        None => Verdict::StatedTogether,
    }
}

/// A bad request is never served, with two exceptions: a proof that a fail-over may have lost, and an expired token while the
/// clock of a replica is wrong.
pub(crate) fn bad<'t>(record: &Record<Bad>, timeline: &'t Timeline) -> Verdict<'t> {
    if record.outcome != Outcome::Served {
        return Verdict::Right;
    }
    let exception = match record.kind {
        Bad::Expired => {
            let active = timeline.during(record.began, record.ended);
            active.into_iter().find(|occurrence| occurrence.fault == ACCEPTS_EXPIRED)
        }
        Bad::UsedProof => may_be_lost(record, timeline),
        Bad::NoToken | Bad::OtherAudience | Bad::RemovedKey => None,
    };
    exception.map_or(Verdict::Violation, Verdict::Stated)
}

/// Returns the fail-over during which the proof was used first, if it is sent again after that.
pub(crate) fn may_be_lost<'t>(record: &Record<Bad>, timeline: &'t Timeline) -> Option<&'t Occurrence> {
    let first_used = record.first_used?;
    let was_used_in = |occurrence: &&Occurrence| {
        let began = first_used + LOST_BEFORE >= occurrence.began && record.ended >= occurrence.began;
        began && occurrence.ended.is_none_or(|ended| first_used <= ended)
    };
    LOSES_PROOFS.iter().find_map(|fault| timeline.of(*fault).find(was_used_in))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::chaos::fault::Fault;

    fn record<K>(kind: K, outcome: Outcome, first_used: Option<Instant>) -> Record<K> {
        let now = Instant::now();
        Record { kind, began: now, ended: now, outcome, first_used, detail: String::new() }
    }

    fn broken(fault: Fault) -> Timeline {
        let mut timeline = Timeline::default();
        timeline.begin(fault);
        timeline
    }

    #[test]
    fn without_redis_a_proof_is_503_and_neither_401_nor_another_kind_fails() {
        let timeline = broken(Fault::RedisDown);
        let is_stated = |kind, outcome| matches!(good(&record(kind, outcome, None), &timeline), Verdict::Stated(_));
        assert!(is_stated(Good::Dpop, Outcome::Status(503)));
        for (kind, outcome) in [
            (Good::Dpop, Outcome::Status(401)),
            (Good::Dpop, Outcome::NoAnswer),
            (Good::Bearer, Outcome::Status(503)),
            (Good::Stream, Outcome::NoAnswer),
        ] {
            assert!(matches!(good(&record(kind, outcome, None), &timeline), Verdict::Violation), "{kind} {outcome}");
        }
        let nothing = Timeline::default();
        assert!(matches!(good(&record(Good::Dpop, Outcome::Status(503), None), &nothing), Verdict::Violation));
        assert!(matches!(good(&record(Good::Dpop, Outcome::Served, None), &nothing), Verdict::Right));
    }

    #[test]
    fn only_a_proof_of_a_failover_may_be_accepted_again() {
        let [timeline, down, clock] = [Fault::RedisMasterKilled, Fault::RedisDown, Fault::ClockFar].map(broken);
        let now = Instant::now();
        let verdict = |kind, used, timeline| bad(&record(kind, Outcome::Served, used), timeline);
        assert!(matches!(verdict(Bad::UsedProof, Some(now), &timeline), Verdict::Stated(_)));
        let long_before = now.checked_sub(Duration::from_secs(3));
        assert!(matches!(verdict(Bad::UsedProof, long_before, &timeline), Verdict::Violation));
        assert!(matches!(verdict(Bad::UsedProof, Some(now), &down), Verdict::Violation));
        assert!(matches!(verdict(Bad::Expired, None, &timeline), Verdict::Violation));
        assert!(matches!(verdict(Bad::Expired, None, &clock), Verdict::Stated(_)));
        assert!(matches!(verdict(Bad::OtherAudience, None, &clock), Verdict::Violation));
    }
}
