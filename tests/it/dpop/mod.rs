//! DPoP-bound tokens: each rejection test changes one thing in an accepted request.

mod binding;
mod client_keys;
mod jwk;
mod listener;
mod nonce;
mod proof;
mod received;
mod replay;
mod some_routes;
mod target;

use crate::world::Rejected;

/// The URL of most requests in these tests.
const URL: &str = "https://api.example.com/orders";

/// Returns the expected rejection of a proof by an API in the default mode.
fn proof_rejected(label: &'static str, challenge: &str) -> Rejected {
    Rejected { status: 401, label, challenges: vec![r#"Bearer realm="api""#.to_owned(), challenge.to_owned()] }
}
