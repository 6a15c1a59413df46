//! Measures what users notice of floods of strangers' tokens.

use std::time::Duration;

use auth0_api_benches::flood;

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    if is_bench {
        flood::run(&[500, 10_000], Duration::from_secs(10));
    } else {
        flood::run(&[200], Duration::from_secs(1));
    }
}
