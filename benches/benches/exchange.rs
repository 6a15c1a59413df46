//! Measures the cost of a cached exchange.

use auth0_api_benches::{Effort, compare, exchange};

fn main() {
    compare("On-behalf-of, cached", Effort::from_arguments(), exchange::cached());
}
