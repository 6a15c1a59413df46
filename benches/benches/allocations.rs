//! Counts the allocations of a request, and fails if there are more than the budget permits. This is a separate program,
//! because counting allocations takes time.

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

use std::collections::BTreeMap;

use auth0_api_benches::{Candidate, Effort, actix, exchange, routed, scenarios};

fn main() {
    let effort = Effort { rounds: 1, per_round: 10 };
    println!("\nallocations for each operation\n");
    let verifying = scenarios::bearer().into_iter().chain(routed::bearer()).chain(actix::bearer());
    let candidates = verifying.chain(scenarios::dpop(effort)).chain(exchange::cached());
    let counts: BTreeMap<String, u64> = candidates.map(count).collect();
    for (name, without, budget) in BUDGETS {
        let counted = |name: &str| counts.get(name).copied().unwrap_or_else(|| unreachable!("{name} is measured"));
        let allocations = counted(name) - without.map_or(0, counted);
        assert!(allocations <= budget, "{name}: {allocations} allocations, and the budget is {budget}");
    }
}

fn count(mut candidate: Candidate) -> (String, u64) {
    const TIMES: u64 = 10;
    candidate.run(10);
    let counted = allocation_counter::measure(|| {
        candidate.run(10);
    });
    let (name, allocations) = (candidate.name().to_owned(), counted.count_total / TIMES);
    println!("{name:<44} {allocations:>6}");
    (name, allocations)
}

/// An operation, the same without the library, and how many allocations it may add to that.
const BUDGETS: [(&str, Option<&str>, u64); 8] = [
    ("verify_access_token, warm", None, 4),
    ("verify_access_token, remembered", None, 0),
    ("service behind the axum layer", Some("service without the layer"), 9),
    ("service behind the axum layer, remembered", Some("service without the layer"), 5),
    ("service behind the middleware", Some("service without the middleware"), 10),
    ("service behind the middleware, remembered", Some("service without the middleware"), 6),
    ("verify_request, warm", None, 9),
    ("verify_request, remembered token", None, 5),
];
