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

/// Returns a random UUID ([RFC 9562 §5.4](https://www.rfc-editor.org/rfc/rfc9562#section-5.4)).
pub(crate) fn random_uuid() -> String {
    let mut bytes = [0_u8; 16];
    must(rand::fill(&mut bytes), "filling a buffer with random bytes");
    let (version, variant) = ((0xf000_u128 << 64, 0x4000_u128 << 64), (0xc000_u128 << 48, 0x8000_u128 << 48));
    let random = u128::from_be_bytes(bytes);
    let digits = format!("{:032x}", (random & !version.0 & !variant.0) | version.1 | variant.1);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| digits.get(group).unwrap_or_default());
    groups.join("-")
}

/// Returns 128 random bits as 22 characters of base64url, for key ids, `jti`, nonces, codes and tokens.
pub(crate) fn random_text() -> String {
    let mut bytes = [0_u8; 16];
    must(rand::fill(&mut bytes), "filling a buffer with random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}
