//! Runs candidates under callgrind, which counts their instructions. The counts do not depend on the load of the machine:
//!
//! ```sh
//! cargo bench -p auth0-api-benches --bench one --no-run
//! valgrind --tool=callgrind --toggle-collect=one::measured --dump-after=one::measured PROGRAM 100
//! ```
//!
//! Each candidate runs as often as the argument says, and once by default. callgrind writes one profile for each
//! candidate, in the order in which this program prints them.

#![expect(clippy::print_stdout, reason = "a program for a profiler tells what it runs")]

use auth0_api_benches::{Candidate, actix, routed, scenarios};

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let times = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(1);
    let candidates = scenarios::bearer().into_iter().chain(routed::bearer()).chain(actix::bearer());
    for (number, mut candidate) in (1..).zip(candidates) {
        candidate.run(10);
        measured(&mut candidate, times);
        println!("{number}: {times} times {}", candidate.name());
    }
}

/// What callgrind measures. It would not find an inlined function.
#[inline(never)]
fn measured(candidate: &mut Candidate, times: usize) {
    candidate.run(times);
}
