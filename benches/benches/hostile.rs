//! Measures what expensive inputs cost before a signature is checked.

use auth0_api_benches::{Effort, hostile};

fn main() {
    let all = Effort::from_arguments();
    hostile::run(Effort { rounds: all.rounds.div_ceil(5), ..all });
}
