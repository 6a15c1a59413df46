//! Outcomes, counted.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::outcome::{Column, Outcome};

/// How many requests had which outcome.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    by_column: BTreeMap<Column, usize>,
    /// How long the slowest answer took. A stream takes its time.
    slowest: Duration,
}

impl Counts {
    pub(crate) fn count(&mut self, outcome: Outcome, took: Duration) {
        *self.by_column.entry(outcome.column()).or_default() += 1;
        self.slowest = self.slowest.max(took);
    }

    pub(crate) fn of(&self, column: Column) -> usize {
        self.by_column.get(&column).copied().unwrap_or(0)
    }

    pub(crate) fn has_failures(&self) -> bool {
        self.by_column.keys().any(|column| *column != Column::Served)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (column, count) in &other.by_column {
            *self.by_column.entry(*column).or_default() += count;
        }
        self.slowest = self.slowest.max(other.slowest);
    }

    /// Writes a line of the table.
    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>, label: &str, kind: &str) -> fmt::Result {
        write!(f, "{label:<26}{kind:<15}")?;
        for column in Column::ALL {
            write!(f, "{:>1$}", self.of(column), column.width())?;
        }
        let slowest = self.slowest.as_secs_f32();
        if slowest > 0.0 { writeln!(f, "{slowest:>5.1}") } else { writeln!(f, "    –") }
    }
}
