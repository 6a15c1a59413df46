//! Counts of what the clients saw, by fault and kind.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::time::{Duration, Instant};

use super::counts::Counts;
use super::fault::Fault;
use super::judge::{self, Verdict};
use super::kind::{Bad, Good};
use super::outcome::Column;
use super::record::Record;
use super::timeline::Timeline;

/// A line of the table. Each request is counted in one line: that of the fault that explains its failure, or else of the
/// faults that were active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    Nothing,
    Fault(Fault),
    Several,
}

/// The table of a run.
#[derive(Default)]
pub(crate) struct Tally {
    good: BTreeMap<Row, BTreeMap<Good, Counts>>,
    bad: BTreeMap<Bad, Counts>,
    times: BTreeMap<Fault, usize>,
    /// How many proofs were sent again that a fail-over may have lost, and how many of them were accepted.
    pub(crate) exposed_proofs: usize,
    pub(crate) lost_proofs: usize,
    /// How many expired tokens a replica with a wrong clock has accepted.
    pub(crate) expired_accepted: usize,
    /// One line for each.
    pub(crate) violations: Vec<String>,
}

impl Tally {
    pub(crate) fn new(good: &[Record<Good>], bad: &[Record<Bad>], timeline: &Timeline, start: Instant) -> Self {
        let mut tally = Self::default();
        for fault in Fault::ALL {
            tally.times.insert(fault, timeline.of(fault).count());
        }
        for record in good {
            tally.count_good(record, timeline, start);
        }
        for record in bad {
            tally.count_bad(record, timeline, start);
        }
        tally
    }

    /// Whether every kind of good request was served, and every kind of bad one was sent; tokens of a removed key only if one
    /// was removed.
    pub(crate) fn is_complete(&self) -> bool {
        let served = |kind| {
            let counts = self.good.values().filter_map(|kinds: &BTreeMap<Good, Counts>| kinds.get(kind));
            counts.map(|counts| counts.of(Column::Served)).sum::<usize>()
        };
        let was_removed = self.times.get(&Fault::KeyRemoved).is_some_and(|times| *times > 0);
        let sent = |kind: &Bad| self.bad.contains_key(kind) || *kind == Bad::RemovedKey && !was_removed;
        Good::ALL.iter().all(|kind| served(kind) > 0) && Bad::ALL.iter().all(sent)
    }

    fn count_good(&mut self, record: &Record<Good>, timeline: &Timeline, start: Instant) {
        let verdict = judge::good(record, timeline);
        let row = match (verdict, timeline.during(record.began, record.ended).as_slice()) {
            (Verdict::Stated(occurrence), _) => Row::Fault(occurrence.fault),
            (Verdict::StatedTogether, _) => Row::Several,
            (_, []) => Row::Nothing,
            (_, [one]) => Row::Fault(one.fault),
            (_, _) => Row::Several,
        };
        if matches!(verdict, Verdict::Violation) {
            self.violations.push(violation(record, timeline, start));
        }
        let took = if record.kind == Good::Stream { Duration::ZERO } else { record.ended - record.began };
        self.good.entry(row).or_default().entry(record.kind).or_default().count(record.outcome, took);
    }

    fn count_bad(&mut self, record: &Record<Bad>, timeline: &Timeline, start: Instant) {
        if judge::may_be_lost(record, timeline).is_some() {
            self.exposed_proofs += 1;
        }
        match (judge::bad(record, timeline), record.kind) {
            (Verdict::Right, _) => {}
            (Verdict::Stated(_), Bad::Expired) => self.expired_accepted += 1,
            (Verdict::Stated(_) | Verdict::StatedTogether, _) => self.lost_proofs += 1,
            (Verdict::Violation, _) => self.violations.push(violation(record, timeline, start)),
        }
        self.bad.entry(record.kind).or_default().count(record.outcome, record.ended - record.began);
    }

    fn label(&self, row: Row) -> String {
        match row {
            Row::Nothing => "nothing".to_owned(),
            Row::Fault(fault) => format!("{fault}, {}×", self.times.get(&fault).copied().unwrap_or(0)),
            Row::Several => "several at once".to_owned(),
        }
    }
}

fn violation<K: Display>(record: &Record<K>, timeline: &Timeline, start: Instant) -> String {
    let active = timeline.during(record.began, record.ended);
    let active: Vec<_> = active.iter().map(|occurrence| occurrence.fault.to_string()).collect();
    let [from, to] = [record.began, record.ended].map(|time| time.saturating_duration_since(start));
    let active = if active.is_empty() { "nothing".to_owned() } else { active.join(", ") };
    let Record { kind, outcome, detail, .. } = record;
    format!("{kind}: {outcome}, from {from:.1?} to {to:.1?}, during: {active}; {}", detail.trim())
}

impl Display for Tally {
    /// Kinds of which all requests were served share a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<26}{:<15}", "good requests during", "")?;
        Column::ALL.iter().try_for_each(|column| write!(f, "{:>1$}", column.name(), column.width()))?;
        writeln!(f, " s *")?;
        for (row, kinds) in &self.good {
            let (failed, served): (Vec<_>, Vec<_>) = kinds.iter().partition(|(_, counts)| counts.has_failures());
            let mut label = self.label(*row);
            for (kind, counts) in &failed {
                counts.write(f, &std::mem::take(&mut label), &kind.to_string())?;
            }
            let mut sum = Counts::default();
            served.iter().for_each(|(_, counts)| sum.add(counts));
            if !served.is_empty() {
                sum.write(f, &label, if failed.is_empty() { "all" } else { "all others" })?;
            }
        }
        writeln!(f, "bad requests")?;
        self.bad.iter().try_for_each(|(kind, counts)| counts.write(f, "", &kind.to_string()))?;
        write!(f, "* how long the slowest answer took, in seconds; streams take their time")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chaos::outcome::Outcome;

    /// So many requests of each kind that failed, and were served.
    fn records<K: Copy>(kinds: &[K], outcome: Outcome, count: usize, at: Instant) -> Vec<Record<K>> {
        let record = |kind: &K| Record {
            kind: *kind,
            began: at,
            ended: at,
            outcome,
            first_used: None,
            detail: "a reason".to_owned(),
        };
        kinds.iter().flat_map(|kind| vec![record(kind); count]).collect()
    }

    #[test]
    fn every_line_fits_into_eighty_columns() {
        let (mut timeline, start) = (Timeline::default(), Instant::now());
        for fault in Fault::ALL.repeat(12) {
            timeline.begin(fault);
            timeline.end(fault);
        }
        let mut good = records(&Good::ALL, Outcome::Served, 20_000, start);
        good.extend(records(&Good::ALL, Outcome::Status(503), 1000, Instant::now()));
        let bad = records(&Bad::ALL, Outcome::Status(401), 1000, start);
        let text = Tally::new(&good, &bad, &timeline, start).to_string();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn a_failure_without_a_fault_is_a_violation_and_so_is_a_bad_request_that_is_served() {
        let (timeline, start) = (Timeline::default(), Instant::now());
        let good = records(&[Good::Bearer], Outcome::Status(503), 1, start);
        let bad = records(&[Bad::Expired], Outcome::Served, 1, start);
        let tally = Tally::new(&good, &bad, &timeline, start);
        let starts = ["Bearer: 503, from 0.0ns to 0.0ns, during: nothing; a reason", "expired token: served, from"];
        assert_eq!(tally.violations.len(), 2);
        for (violation, start) in tally.violations.iter().zip(starts) {
            assert!(violation.starts_with(start), "{violation}");
        }
        assert!(!tally.is_complete());
    }
}
