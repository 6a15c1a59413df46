//! Runs candidates under callgrind, which counts their instructions. The counts do not depend on the load of the machine:
//!
//! ```sh
//! cargo bench -p auth0-api-benches --bench instructions --no-run
//! valgrind --tool=callgrind '--toggle-collect=instructions::measured*' \
//!     '--dump-after=instructions::measured*' PROGRAM 100 "axum layer"
//! ```
//!
//! Each candidate whose name contains the text runs as often as the number says: by default, every candidate once.
//! callgrind writes one profile for each candidate, in the order in which this program prints them.

#![expect(clippy::print_stdout, reason = "a program for a profiler tells what it runs")]

use std::hint::black_box;

use auth0_api_benches::{Candidate, Effort, actix, routed, scenarios};

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let operations = arguments.next().and_then(|number| number.parse().ok()).unwrap_or(1);
    let text = arguments.next().unwrap_or_default();
    let dpop = scenarios::dpop(Effort { rounds: 1, per_round: operations });
    let candidates = scenarios::bearer().into_iter().chain(routed::bearer()).chain(actix::bearer()).chain(dpop);
    let chosen = candidates.filter(|candidate| candidate.name().contains(&text));
    for (number, mut candidate) in (1..).zip(chosen) {
        // The first operations fill caches, tables and lazily computed values.
        candidate.run(operations);
        measured(&mut candidate, operations);
        println!("{number}: {operations} times {}", candidate.name());
    }
}

/// What callgrind measures. It would not find an inlined function.
#[inline(never)]
fn measured(candidate: &mut Candidate, operations: usize) {
    black_box(candidate.run(black_box(operations)));
}
