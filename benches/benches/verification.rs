//! Measures the cost of a request, as a ratio to the floor.

use auth0_api_benches::{Effort, actix, compare, scenarios};

fn main() {
    let effort = Effort::from_arguments();
    compare("Bearer, RS256", effort, scenarios::bearer());
    compare("Bearer, RS256, in actix-web", effort, actix::bearer());
    compare("DPoP, RS256 token and ES256 proof, replay store included", effort, scenarios::dpop(effort));
}
