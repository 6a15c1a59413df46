//! DPoP-bound tokens: each rejection test changes one thing in an accepted request.

mod binding;
mod client_keys;
mod jwk;
mod nonce;
mod proof;
mod received;
mod replay;
mod target;

use crate::world::Rejected;

/// The URL of most of these requests.
const URL: &str = "https://api.example.com/orders";

/// The expected rejection of a proof, by a client in the default mode.
fn proof_rejected(label: &'static str, challenge: &str) -> Rejected {
    Rejected { status: 401, label, challenges: vec![r#"Bearer realm="api""#.to_owned(), challenge.to_owned()] }
}
