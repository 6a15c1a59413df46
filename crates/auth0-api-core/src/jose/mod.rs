//! Signatures: from compact text to a payload that some key has signed. Pure; knows neither access tokens nor proofs.
//!
//! [`Jws`] is what was presented, [`VerifiedJws`] what a key has signed, and only [`Jws::verify`] makes the one of the other.
//! The rules, in the order in which [`Jws::parse`] applies them:
//!
//! 1. three segments of canonical, unpadded base64url ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2));
//! 2. a header that is one JSON object without duplicate members ([RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4));
//! 3. no `crit`, no unencoded payload ([RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11));
//! 4. an algorithm from the caller's list ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)).
//!
//! Keys come from a key set or, for a proof, from the header's `jwk`; `jku`, `x5u` and `x5c` are never read. [`PrivateKey`] signs
//! what this API says itself.

mod algorithm;
mod compact;
mod ecdsa_signature;
mod ed25519;
mod error;
mod header;
mod jwk;
mod pem;
mod private_jwk;
mod public_key;
mod sign;
mod strict_json;
mod thumbprint;
#[cfg(test)]
mod wycheproof_tests;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use error::{JoseError, JsonError, JwkError};
pub use sign::{PrivateKey, PrivateKeyError};
pub use thumbprint::Thumbprint;

pub(crate) use algorithm::AlgorithmSet;
pub(crate) use compact::{Jws, TextHash, VerifiedJws};
pub(crate) use header::Header;
pub(crate) use jwk::Jwk;
pub(crate) use public_key::VerificationKey;
pub(crate) use sign::random_id;
pub(crate) use strict_json::{Object, Text};
