//! Measures candidates in turn.

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::fmt;
use std::time::{Duration, Instant};

/// An operation to measure.
pub struct Candidate {
    name: &'static str,
    round: Box<dyn FnMut(usize) -> Duration>,
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
    /// Returns many short rounds for `cargo bench`. Returns one round of one operation for `cargo test`, which only
    /// checks that the benchmark works.
    pub fn from_arguments() -> Self {
        if std::env::args().any(|argument| argument == "--bench") {
            Self { rounds: 501, per_round: 10 }
        } else {
            Self { rounds: 1, per_round: 1 }
        }
    }

    /// Returns the number of all operations of one candidate, including the warm-up.
    pub fn operations(self) -> usize {
        (self.rounds + 1) * self.per_round
    }
}

impl Candidate {
    /// Measures a repeated operation.
    pub fn new(name: &'static str, mut operation: impl FnMut() + 'static) -> Self {
        Self::fed(name, || (), move |()| operation())
    }

    /// Measures a repeated operation. The time to make its inputs is not measured.
    pub fn fed<I>(
        name: &'static str,
        mut input: impl FnMut() -> I + 'static,
        mut operation: impl FnMut(I) + 'static,
    ) -> Self {
        let round = move |times| {
            let inputs: Vec<I> = (0..times).map(|_| input()).collect();
            let start = Instant::now();
            inputs.into_iter().for_each(&mut operation);
            start.elapsed()
        };
        Self { name, round: Box::new(round), nanoseconds: Vec::new() }
    }

    /// The name in the table.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs the operation `times` times, and returns the total time.
    pub fn run(&mut self, times: usize) -> Duration {
        (self.round)(times)
    }

    /// Returns the median of the ratios to the floor, one ratio for each round. Both times in a ratio are from the same
    /// round, so a slow phase of the machine affects both times.
    fn ratio_to(&self, floor: &[f64]) -> f64 {
        median(self.nanoseconds.iter().zip(floor).map(|(own, floor)| own / floor).collect())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Runs all candidates in turn, then prints each candidate's median time and the median of its ratios to the first
/// candidate.
#[expect(clippy::cast_precision_loss, reason = "counts of operations are far below 2^52")]
pub fn compare(title: &str, effort: Effort, mut candidates: Vec<Candidate>) {
    for candidate in &mut candidates {
        candidate.run(effort.per_round);
    }
    for _ in 0..effort.rounds {
        for candidate in &mut candidates {
            let elapsed = candidate.run(effort.per_round);
            candidate.nanoseconds.push(elapsed.as_nanos() as f64 / effort.per_round as f64);
        }
    }
    let floor = candidates.first().map(|first| first.nanoseconds.clone()).unwrap_or_default();
    println!("\n{title} ({} rounds of {})\n", effort.rounds, effort.per_round);
    println!("{:<44} {:>8} {:>10}", "", "ratio", "µs");
    for candidate in &candidates {
        let (ratio, median) = (candidate.ratio_to(&floor), median(candidate.nanoseconds.clone()));
        println!("{:<44} {:>8.3} {:>10.2}", candidate.name, ratio, median / 1000.0);
    }
}
