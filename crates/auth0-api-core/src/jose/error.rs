//! What can be wrong with a signed text, its JSON or its key.

use super::Algorithm;

/// Why a text is not a signed message that this crate accepts.
///
/// No variant carries text of the message: what an attacker wrote goes into no log and no header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoseError {
    /// The header's `alg` is missing or not a string ([RFC 7515 §4.1.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.1)).
    #[error("the header has no usable alg")]
    AlgorithmMissing,
    /// The algorithm exists, but the configuration does not list it ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)).
    #[error("the algorithm {algorithm} is not allowed")]
    AlgorithmNotAllowed {
        /// The algorithm of the header.
        algorithm: Algorithm,
    },
    /// `none`, or no algorithm that this crate knows.
    #[error("the algorithm is none or unknown")]
    AlgorithmUnknown,
    /// The header names critical extensions, and none is understood ([RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)).
    #[error("the header demands critical extensions")]
    Critical,
    /// Five segments: a JWE ([RFC 7516 §3.1](https://www.rfc-editor.org/rfc/rfc7516#section-3.1)).
    #[error("the token is encrypted (five segments)")]
    Encrypted,
    /// The header is not one strict JSON object.
    #[error("the header is malformed")]
    Header(#[source] JsonError),
    /// The header's `kid` is not a string, or is longer than 256 bytes.
    #[error("the header's kid is malformed or too long")]
    KeyId,
    /// No dots at all: an opaque token.
    #[error("the token is opaque (no segments)")]
    Opaque,
    /// The payload is not one strict JSON object.
    #[error("the payload is malformed")]
    Payload(#[source] JsonError),
    /// A segment is not canonical base64url without padding ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)).
    #[error("a segment is not canonical base64url")]
    Segment,
    /// Neither one, three nor five segments.
    #[error("a signed message has three segments")]
    SegmentCount,
    /// The signature was not made by the key over this text.
    #[error("the signature does not verify")]
    Signature,
    /// An HMAC: a key that verifies could also sign ([RFC 8725 §2.1](https://www.rfc-editor.org/rfc/rfc8725#section-2.1)).
    #[error("symmetric algorithms are not supported")]
    Symmetric,
    /// The header's `typ` is not a string.
    #[error("the header's typ is not a string")]
    Type,
    /// `b64: false` ([RFC 7797 §7](https://www.rfc-editor.org/rfc/rfc7797#section-7)).
    #[error("the payload is not base64url-encoded")]
    UnencodedPayload,
}

/// Why a text is not strict JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// Two members of one object have the same name.
    #[error("an object has two members of one name")]
    DuplicateMember,
    /// Not a JSON object, or followed by something.
    #[error("not a JSON object")]
    NotAnObject,
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// A member has the name that `serde_json` keeps for its own use.
    #[error("an object has a member of a reserved name")]
    ReservedMember,
    /// Nested more than 32 levels deep.
    #[error("nested too deeply")]
    TooDeep,
}

/// Why a JWK is not a public key that this crate uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwkError {
    /// `use`, `key_ops` or `alg` say that the key is not for checking this signature ([RFC 7517 §4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).
    #[error("the key is not meant for checking this signature")]
    NotForVerification,
    /// Not a strict JSON object, or a member of the wrong type.
    #[error("the key is malformed")]
    Malformed,
    /// The key holds private or secret members ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3) (7)).
    #[error("the key holds private members")]
    Private,
    /// `kty` or `crv` is unknown, or does not fit the algorithm.
    #[error("the key's type or curve is not one that the algorithm uses")]
    Unsupported,
    /// Not on the curve, of small order, of the wrong size, or not canonically encoded.
    #[error("the key's value is invalid or too weak")]
    Value,
}
