//! Numbers that look random and are the same in each run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A linear congruential generator with the constants of Knuth's MMIX.
#[derive(Debug)]
pub(super) struct Random(AtomicU64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Returns a number below `end`.
    pub(super) fn below(&self, end: usize) -> usize {
        let step = |state: u64| state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let state = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| Some(step(state))).unwrap();
        // The high bits are the better ones.
        usize::try_from(state >> 33).unwrap() % end
    }

    /// Returns up to this many milliseconds.
    pub(super) fn milliseconds(&self, most: usize) -> Duration {
        Duration::from_millis(u64::try_from(self.below(most + 1)).unwrap())
    }
}
