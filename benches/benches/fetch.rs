//! Measures the cost of a request with a fetcher over one with bare reqwest, on loopback.

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

use auth0_api_benches::{Effort, compare, fetch};

fn main() {
    compare("A request to another API, token cached", Effort::from_arguments(), fetch::candidates());
    println!("\nallocations of one request, without those of the server\n");
    for (name, count) in fetch::allocations() {
        println!("{name:<44} {count:>8}");
    }
}
