//! What all clients saw.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::kind::{Bad, Good};
use super::outcome::Outcome;

/// A request of a client, with its answer.
#[derive(Clone, Debug)]
pub(crate) struct Record<K> {
    pub(crate) kind: K,
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    pub(crate) outcome: Outcome,
    /// For a used proof: when the request that used it began.
    pub(crate) first_used: Option<Instant>,
    /// What the API said, for a report.
    pub(crate) detail: String,
}

/// All requests of a run, or of a part of it.
#[derive(Debug, Default)]
pub(crate) struct Records {
    good: Mutex<Vec<Record<Good>>>,
    bad: Mutex<Vec<Record<Bad>>>,
}

impl Records {
    pub(crate) fn add_good(&self, record: Record<Good>) {
        self.good.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }

    pub(crate) fn add_bad(&self, record: Record<Bad>) {
        self.bad.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }

    /// Takes all records out.
    pub(crate) fn take(&self) -> (Vec<Record<Good>>, Vec<Record<Bad>>) {
        let take_good = std::mem::take(&mut *self.good.lock().unwrap_or_else(PoisonError::into_inner));
        let take_bad = std::mem::take(&mut *self.bad.lock().unwrap_or_else(PoisonError::into_inner));
        (take_good, take_bad)
    }
}
