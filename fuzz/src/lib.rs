//! Code that the targets share: a tenant without a network, signing keys, and checks that are independent of the
//! checked code.

pub mod draft;
mod input;
pub mod json;
pub mod judge;
pub mod rejection;
mod sealer;
mod signer;
mod tenant;
pub mod worlds;

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::{Builder, Runtime};

pub use input::{Message, replaced, split_line};
pub use sealer::Sealer;
pub use signer::{Signer, sha256};
pub use tenant::{
    AUDIENCE, ISSUER, LastProof, Stopped, Tenant, bound_token, client, token, token_bound_to_certificate,
};

/// The current time during the whole run, in seconds since the epoch.
pub const NOW: u32 = 1_700_000_000;

/// [`NOW`] as a time.
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW.into())
}

/// Runs a future on the shared runtime of the process.
pub fn run<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_current_thread().enable_time().build().expect("a runtime")).block_on(future)
}
