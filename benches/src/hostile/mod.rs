//! What inputs cost that anybody can send without a valid signature, or with a token of their own.

mod certificates;
mod documents;
mod encrypted;
mod json;
mod proofs;
mod tokens;
mod world;

use std::fmt::Debug;

use self::world::World;
use crate::{Candidate, Effort, compare};

/// Measures the most expensive inputs of each parser, as ratios to the check of an RS256 signature. Encrypted tokens are
/// compared with one operation of the private key.
///
/// # Panics
///
/// If the set-up fails, or if an input is accepted that must be rejected.
pub fn run(effort: Effort) {
    let world = World::new();
    for (title, candidates) in [
        ("Token of 16 KiB", tokens::tokens(&world)),
        ("Authorization header", tokens::headers(&world)),
        ("DPoP proof of 8 KiB", proofs::proofs(&world)),
        ("Received target of 8 KiB", proofs::targets(&world)),
        ("Forwarding headers of 8 KiB", proofs::forwarded(&world)),
        ("X-Forwarded-Client-Cert of 16 KiB", certificates::envoy(&world)),
        ("PEM certificate of 16 KiB", certificates::pem(&world)),
    ] {
        compare(title, effort, with_floor(&world, candidates));
    }
    // One operation takes a millisecond, so fewer rounds are enough.
    let fewer = Effort { rounds: effort.rounds.div_ceil(5), per_round: effort.per_round };
    compare("Encrypted token, compared with the unwrapping of one key", fewer, encrypted::tokens(&world));
    // These documents come from the tenant, and strangers cannot write them.
    let effort = Effort { rounds: effort.rounds.div_ceil(10), per_round: effort.per_round.div_ceil(10) };
    compare("Discovery document of 512 KiB", effort, with_floor(&world, documents::discovery(&world)));
    compare("Key set of 512 KiB", effort, with_floor(&world, documents::key_sets(&world)));
}

fn with_floor(world: &World, candidates: Vec<Candidate>) -> Vec<Candidate> {
    std::iter::once(world.floor()).chain(candidates).collect()
}

#[expect(clippy::panic, reason = "a panic shows where the benchmark failed")]
#[track_caller]
fn must<T, E: Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error:?}"))
}
