//! Measures the cost of a call of a tool behind the layer for MCP servers.

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

use auth0_api_benches::{Effort, compare, mcp};

fn main() {
    let effort = Effort::from_arguments();
    compare("A tools/call of 1 KiB, token verified", effort, mcp::candidates(false));
    compare("A tools/call of 1 KiB, token remembered", effort, mcp::candidates(true));
    println!("\nallocations of one request, token remembered, with those that make the request\n");
    for (name, count) in mcp::allocations() {
        println!("{name:<44} {count:>8}");
    }
}
