//! Where keys come from, how long they serve, and what happens while they cannot be had.

mod ahead;
mod attack;
mod documents;
mod fetching;
mod foreign_server;
mod gated;
mod injected;
mod outage;
mod policy;
mod published;
mod retry_after;
mod rotation;

use crate::world::{Rejected, World};

/// Requests that the tenant has seen: for discovery, and for keys.
fn fetched(world: &World) -> (usize, usize) {
    (world.tenant.requests().discovery, world.tenant.requests().jwks)
}

/// The rejection while there are no keys.
fn unavailable() -> Rejected {
    Rejected { status: 503, label: "keys_unavailable", challenges: vec![] }
}
