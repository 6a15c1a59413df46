//! Encrypted tokens: a JWE in its compact form ([RFC 7516](https://www.rfc-editor.org/rfc/rfc7516)) around a signed JWT
//! ([RFC 7519 §5.2](https://www.rfc-editor.org/rfc/rfc7519#section-5.2)).
//!
//! Anyone can encrypt a text with the public key of an API. So a decrypted text is as untrusted as a text that was
//! never encrypted, and the caller verifies it in the same way.
//!
//! 1. [`Jwe::read`] checks the form of the text: the header, and the length of every other part.
//! 2. [`HeldKeys::find`] chooses at most [`MOST_ATTEMPTS`](held_keys::MOST_ATTEMPTS) keys.
//! 3. [`Sealed::decrypt`](sealed::Sealed::decrypt) does the work with the private keys. Nothing that can be checked without a key is left to it.
//! 4. An [`OpenedToken`] has the text that was presented and the signed JWT.

mod algorithm;
mod compact;
mod error;
mod header;
mod held_keys;
mod key;
mod opened;
mod sealed;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof_tests;

pub use error::{DecryptionKeyError, JweError};
pub use key::DecryptionKey;

pub(crate) use compact::Jwe;
pub(crate) use held_keys::{HeldKeys, HeldKeysProblem};
pub(crate) use opened::OpenedToken;
