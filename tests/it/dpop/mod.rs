//! Sender-constrained tokens: each rejection changes one thing in a request that is accepted.

mod binding;
mod client_keys;
mod jwk;
mod nonce;
mod proof;
mod received;
mod replay;
mod target;

use crate::world::Rejected;

/// What most of these requests ask for.
const URL: &str = "https://api.example.com/orders";

/// A rejection of the proof, in the default mode.
fn proof_rejected(label: &'static str, challenge: &str) -> Rejected {
    Rejected { status: 401, label, challenges: vec![r#"Bearer realm="api""#.to_owned(), challenge.to_owned()] }
}
