//! Counts the allocations of a request. This is a separate program, because counting allocations takes time.

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

use auth0_api_benches::{Candidate, Effort, actix, exchange, routed, scenarios};

fn main() {
    let effort = Effort { rounds: 1, per_round: 10 };
    println!("\nallocations for each operation\n");
    let verifying = scenarios::bearer().into_iter().chain(routed::bearer()).chain(actix::bearer());
    verifying.chain(scenarios::dpop(effort)).chain(exchange::cached()).for_each(count);
}

fn count(mut candidate: Candidate) {
    const TIMES: u64 = 10;
    candidate.run(10);
    let counted = allocation_counter::measure(|| {
        candidate.run(10);
    });
    println!("{:<44} {:>6}", candidate.name(), counted.count_total / TIMES);
}
