//! The one place where this crate gives up.

use std::fmt::Debug;

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Unwraps what cannot fail on a machine that works: key generation, signing with such a key, random numbers.
#[expect(clippy::panic, reason = "a test cannot go on without keys, and should not have to handle their absence")]
pub(crate) fn must<T>(outcome: Result<T, impl Debug>, what: &str) -> T {
    outcome.unwrap_or_else(|error| panic!("{what} failed: {error:?}"))
}

/// 128 random bits as 22 characters of base64url: key ids, `jti`, nonces.
pub(crate) fn random_text() -> String {
    let mut bytes = [0_u8; 16];
    must(rand::fill(&mut bytes), "filling a buffer with random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}
