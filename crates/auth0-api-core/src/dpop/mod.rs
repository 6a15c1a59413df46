//! Proofs of possession ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)): replay stores, nonces and errors.
//! [`DpopPolicy`] configures them.

// For readers of the code:
//
// `DPoP` proofs: [RFC 9449](https://www.rfc-editor.org/rfc/rfc9449) at the resource server.
//
// 1. `policy`: which schemes and which proofs the API accepts.
// 2. `proof`: the checks of a proof, in the order of
//    [RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3). The checks are pure functions, except that
//    they use the cache of keys.
// 3. `client_key_cache`: the keys of clients, so that a key is not parsed again with each proof.
// 4. `nonce`: the nonces with which the server limits the age of a proof.
// 5. `replay` and `memory`: the store of used proofs, so that a proof is accepted once.

mod client_key_cache;
mod error;
mod memory;
mod nonce;
pub(crate) mod policy;
mod proof;
mod replay;

pub use error::{DpopPolicyError, ProofError};
pub use memory::MemoryReplayStore;
pub use nonce::{NonceSecretError, RotatingNonce};
pub(crate) use policy::DpopPolicy;
pub use replay::{Insertion, ProofId, ReplayFuture, ReplayStore, ReplayStoreError};

pub(crate) use nonce::NonceAge;
pub(crate) use policy::{CheckedDpopPolicy, Mode};
pub(crate) use proof::{Expected, HoldingProof, check as check_proof};
