//! Counts of what the clients saw, by fault and kind.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::time::{Duration, Instant};

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

#[derive(Clone, Debug, Default)]
struct Counts {
    by_column: BTreeMap<Column, usize>,
    /// How long after the end of the fault the last request began that failed.
    longest_after: Duration,
}

/// The table of a run.
#[derive(Default)]
pub(crate) struct Tally {
    good: BTreeMap<Row, BTreeMap<Good, Counts>>,
    bad: BTreeMap<Bad, Counts>,
    times: BTreeMap<Fault, usize>,
    /// How many used proofs a fail-over has let through.
    pub(crate) lost_proofs: usize,
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
        let active = timeline.during(record.began, record.ended);
        let (row, after) = match (judge::good(record, timeline), active.as_slice()) {
            (Verdict::Stated(occurrence), _) => {
                let ended = occurrence.ended.unwrap_or(record.began);
                (Row::Fault(occurrence.fault), record.began.saturating_duration_since(ended))
            }
            (_, []) => (Row::Nothing, Duration::ZERO),
            (_, [one]) => (Row::Fault(one.fault), Duration::ZERO),
            (_, _) => (Row::Several, Duration::ZERO),
        };
        if matches!(judge::good(record, timeline), Verdict::Violation) {
            self.violations.push(violation(record, timeline, start));
        }
        let counts = self.good.entry(row).or_default().entry(record.kind).or_default();
        *counts.by_column.entry(record.outcome.column()).or_default() += 1;
        counts.longest_after = counts.longest_after.max(after);
    }

    fn count_bad(&mut self, record: &Record<Bad>, timeline: &Timeline, start: Instant) {
        match judge::bad(record, timeline) {
            Verdict::Right => {}
            Verdict::Stated(_) => self.lost_proofs += 1,
            Verdict::Violation => self.violations.push(violation(record, timeline, start)),
        }
        let counts = self.bad.entry(record.kind).or_default();
        *counts.by_column.entry(record.outcome.column()).or_default() += 1;
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

impl Counts {
    fn of(&self, column: Column) -> usize {
        self.by_column.get(&column).copied().unwrap_or(0)
    }

    fn has_failures(&self) -> bool {
        self.by_column.keys().any(|column| *column != Column::Served)
    }

    fn add(&mut self, other: &Self) {
        for (column, count) in &other.by_column {
            *self.by_column.entry(*column).or_default() += count;
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, label: &str, kind: &str) -> fmt::Result {
        write!(f, "{label:<27}{kind:<15}")?;
        for column in Column::ALL {
            write!(f, "{:>6}", self.of(column))?;
        }
        let after = self.longest_after.as_secs_f32();
        if after > 0.0 { writeln!(f, " {after:.1}") } else { writeln!(f) }
    }
}

impl Display for Tally {
    /// Kinds of which all requests were served share a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<27}{:<15}", "good requests during", "")?;
        Column::ALL.iter().try_for_each(|column| write!(f, "{:>6}", column.name()))?;
        writeln!(f, " s*")?;
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
        write!(f, "* how long after the end of the fault the last failed request began")
    }
}
