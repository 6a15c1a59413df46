//! Runs one kind of verification many times, for a profiler that counts instructions.
//!
//! The number of instructions does not depend on the load of the machine. `benches/README.md` says how to count.

#![expect(clippy::print_stdout, reason = "a program's result is what it prints")]

use std::hint::black_box;

use auth0_api_benches::{Candidate, Effort, scenarios};

/// What one run measures, and the place of its candidate in the scenarios.
const KINDS: [(&str, Scenario, usize); 6] = [
    ("bearer-floor", Scenario::Bearer, 0),
    ("bearer", Scenario::Bearer, 1),
    ("remembered", Scenario::Bearer, 2),
    ("dpop-floor", Scenario::Dpop, 0),
    ("dpop", Scenario::Dpop, 1),
    ("first-proof", Scenario::Dpop, 2),
];

#[derive(Clone, Copy)]
enum Scenario {
    Bearer,
    Dpop,
}

fn main() {
    let named = std::env::args().nth(1).and_then(|name| KINDS.into_iter().find(|(kind, ..)| *kind == name));
    match named {
        Some((_, scenario, place)) => run(scenario, place, OPERATIONS),
        // `cargo bench` and `cargo test` name no kind: the program checks that each works.
        None => KINDS.into_iter().for_each(|(_, scenario, place)| run(scenario, place, 1)),
    }
}

fn run(scenario: Scenario, place: usize, operations: usize) {
    let effort = Effort { rounds: 1, per_round: operations };
    let candidates = match scenario {
        Scenario::Bearer => scenarios::bearer(),
        Scenario::Dpop => scenarios::dpop(effort),
    };
    let Some(mut candidate) = candidates.into_iter().nth(place) else { return };
    // The first operations fill caches, tables and lazily computed values.
    candidate.run(operations);
    measured(&mut candidate, operations);
    println!("{}: {operations} operations", candidate.name());
}

/// The profiler counts only inside of this function, so it must stay a function of its own.
#[inline(never)]
fn measured(candidate: &mut Candidate, operations: usize) {
    black_box(candidate.run(black_box(operations)));
}

/// Enough that rare work, such as the growth of a table, hardly counts.
const OPERATIONS: usize = 100;
