//! Sender-constrained tokens: [RFC 9449](https://www.rfc-editor.org/rfc/rfc9449) at the resource server.
//!
//! 1. [`policy`]: which schemes are taken, which proofs, how strictly.
//! 2. [`confirmation`]: what the token says it is bound to (`cnf`).
//! 3. [`proof`]: whether a proof holds, in the order of
//!    [RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3); pure.
//! 4. [`client_keys`]: keys that come again are parsed once.
//! 5. [`binding`]: brings the three together; [`nonce`] and [`replay`] say whether the proof is fresh and new.

mod binding;
mod client_key_cache;
mod confirmation;
mod error;
mod memory;
mod nonce;
mod policy;
mod proof;
mod replay;

pub use error::{ConfirmationError, DpopError, ProofError};
pub use memory::MemoryReplayStore;
pub use nonce::{NonceSecretError, RotatingNonce};
pub use policy::DpopPolicy;
pub use replay::{Insertion, ProofId, ReplayFuture, ReplayStore, ReplayStoreError};

pub(crate) use binding::Dpop;
#[cfg(test)]
pub(crate) use client_key_cache::ClientKeyCache;
#[cfg(test)]
pub(crate) use policy::ProofPolicy;
#[cfg(test)]
pub(crate) use proof::{Expected, HoldingProof, check as check_proof};
