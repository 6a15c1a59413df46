//! The keys of issuers: how the client fetches them, how long it uses them, and what happens while they are
//! unavailable.

mod ahead;
mod attack;
mod documents;
mod fetching;
mod foreign_server;
mod injected;
mod outage;
mod policy;
mod published;
mod retry_after;
mod rotation;

use auth0_api_testing::TestWorld;

use crate::world::Rejected;

/// Returns the number of requests that the tenant received: for discovery, and for keys.
fn fetched(world: &TestWorld) -> (usize, usize) {
    (world.tenant.requests().discovery, world.tenant.requests().jwks)
}

/// The expected rejection while no keys are available.
fn unavailable() -> Rejected {
    Rejected { status: 503, label: "keys_unavailable", challenges: vec![] }
}
