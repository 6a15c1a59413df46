//! Helpers for operations that must succeed: `must` panics if an operation fails.

use std::fmt::Debug;

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Returns the value of a result, or panics with a message that contains `what` and the error.
///
/// Use this function for operations that fail only if the machine is broken (keys, random numbers), or if the server
/// under test is not reachable.
#[expect(clippy::panic, reason = "a test cannot continue without keys, and should not need code for that case")]
pub(crate) fn must<T>(outcome: Result<T, impl Debug>, what: &str) -> T {
    outcome.unwrap_or_else(|error| panic!("{what} failed: {error:?}"))
}

/// Returns 128 random bits as 22 characters of base64url, for key ids, `jti`, nonces, codes and tokens.
pub(crate) fn random_text() -> String {
    let mut bytes = [0_u8; 16];
    must(rand::fill(&mut bytes), "filling a buffer with random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}
