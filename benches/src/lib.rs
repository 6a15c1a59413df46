//! Measuring so that the figures can be believed: candidates take turns, medians are compared, and every ratio is against a
//! floor of the same run. Absolute times are of one machine on one day.

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::time::Instant;

/// Something to measure: one call is one round of `per_round` operations.
pub struct Candidate<'c> {
    name: &'static str,
    round: Box<dyn FnMut() + 'c>,
    allocations: Option<f64>,
    nanoseconds: Vec<f64>,
}

/// How much to measure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Rounds of each candidate.
    pub rounds: usize,
    /// Operations of each round.
    pub per_round: usize,
}

impl Effort {
    /// Nine rounds under `cargo bench`; under `cargo test` one operation, to see that it works.
    pub fn from_arguments(per_round: usize) -> Self {
        if std::env::args().any(|argument| argument == "--bench") {
            Self { rounds: 9, per_round }
        } else {
            Self { rounds: 1, per_round: 1 }
        }
    }

    /// Operations of one candidate in all, warming up and counting included.
    pub fn operations(self) -> usize {
        (self.rounds + 2) * self.per_round
    }
}

impl<'c> Candidate<'c> {
    /// Measures `operation`, repeated.
    pub fn new(name: &'static str, effort: Effort, mut operation: impl FnMut() + 'c) -> Self {
        let round = move || (0..effort.per_round).for_each(|_| operation());
        Self { name, round: Box::new(round), allocations: None, nanoseconds: Vec::new() }
    }

    fn median(&self) -> f64 {
        let mut sorted = self.nanoseconds.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl std::fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Candidate").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Lets all candidates take turns, then prints each one's median as a ratio to that of the first.
#[expect(clippy::cast_precision_loss, reason = "counts of operations are far below 2^52")]
pub fn compare(title: &str, effort: Effort, mut candidates: Vec<Candidate<'_>>) {
    let operations = effort.per_round as f64;
    for candidate in &mut candidates {
        (candidate.round)();
        let counted = allocation_counter::measure(|| (candidate.round)());
        candidate.allocations = Some(counted.count_total as f64 / operations);
    }
    for _ in 0..effort.rounds {
        for candidate in &mut candidates {
            let start = Instant::now();
            (candidate.round)();
            candidate.nanoseconds.push(start.elapsed().as_nanos() as f64 / operations);
        }
    }
    let floor = candidates.first().map_or(f64::NAN, Candidate::median);
    println!("\n{title} ({} rounds of {})\n", effort.rounds, effort.per_round);
    println!("{:<44} {:>8} {:>10} {:>12}", "", "ratio", "µs", "allocations");
    for candidate in &candidates {
        let (median, allocations) = (candidate.median(), candidate.allocations.unwrap_or(f64::NAN));
        println!("{:<44} {:>8.3} {:>10.2} {allocations:>12.1}", candidate.name, median / floor, median / 1000.0);
    }
}
