//! Signatures, encryption, keys and thumbprints ([RFC 7515](https://www.rfc-editor.org/rfc/rfc7515),
//! [RFC 7516](https://www.rfc-editor.org/rfc/rfc7516), [RFC 7517](https://www.rfc-editor.org/rfc/rfc7517),
//! [RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)), and their errors.

// For readers of the code:
//
// Signatures: parses compact JWS texts and verifies them. There is no I/O, and nothing here is specific to access
// tokens or DPoP proofs.
//
// A `Jws` is a parsed text that is not verified. A `VerifiedJws` is a text whose signature was verified. Only
// `Jws::verify` creates a `VerifiedJws`. `Jws::parse` requires, in this order:
//
// 1. three segments, separated by dots ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)), each in
//    canonical base64url without padding ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2));
// 2. a header that is one JSON object without duplicate members
//    ([RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4));
// 3. an algorithm from the caller's list ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1));
// 4. no `crit`, and no unencoded payload ([RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11));
// 5. a payload that is one JSON object without duplicate members.
//
// The header is checked completely before the payload and the signature are decoded.
//
// A token is verified with a key of a key set, and a proof with the `jwk` of its header. The header members `jku`,
// `x5u` and `x5c` are never read. A `PrivateKey` signs the JWTs that this API sends itself: client assertions and
// proofs. `jwe/` decrypts tokens that are encrypted for this API; what it returns is parsed as a `Jws` like any other
// token.

pub(crate) mod algorithm;
mod compact;
mod curve;
mod der;
mod ed25519;
mod error;
mod header;
pub(crate) mod jwe;
mod jwk;
mod key_pair;
mod known_headers;
mod material;
mod pem;
mod private_jwk;
mod private_key;
mod public_key;
pub(crate) mod strict_json;
mod thumbprint;
#[cfg(test)]
mod wycheproof_tests;

pub(crate) use algorithm::Algorithm;
pub use algorithm::UnknownAlgorithm;
pub use error::{JoseError, JsonError, JwkError, PrivateKeyError};
pub use jwe::{DecryptionKey, DecryptionKeyError, JweError};
pub use private_key::PrivateKey;
pub use thumbprint::Thumbprint;

pub(crate) use algorithm::AlgorithmSet;
pub(crate) use compact::{Hash, Jws, TextHash, VerifiedJws, header_text};
pub(crate) use header::Header;
pub(crate) use jwk::Jwk;
pub(crate) use known_headers::{HeaderTable, KnownHeader};
pub(crate) use private_key::random_id;
pub(crate) use public_key::VerificationKey;
pub(crate) use strict_json::{Object, Text, WrongType};
