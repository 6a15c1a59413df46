//! The errors of signed texts, of their JSON, and of keys.

use super::Algorithm;

/// Why a text is not a signed message that this crate accepts.
///
/// No variant contains text of the message. So text that an attacker wrote cannot appear in a log or in a response
/// header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoseError {
    /// The header's `alg` is missing or not a string
    /// ([RFC 7515 §4.1.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.1)).
    #[error("the header has no usable alg")]
    AlgorithmMissing,
    /// The algorithm exists, but the configuration does not list it
    /// ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)).
    #[error("the algorithm {algorithm} is not allowed")]
    AlgorithmNotAllowed {
        /// The algorithm of the header.
        algorithm: Algorithm,
    },
    /// The algorithm is `none`, or this crate does not support the algorithm.
    #[error("the algorithm is \"none\" or unknown")]
    AlgorithmUnknown,
    /// The header has `crit`: critical extensions, which this crate does not support
    /// ([RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)).
    #[error("the header requires critical extensions")]
    Critical,
    /// The text has five segments: it is a JWE ([RFC 7516 §3.1](https://www.rfc-editor.org/rfc/rfc7516#section-3.1)).
    #[error("the token is encrypted (five segments)")]
    Encrypted,
    /// The header is not one strict JSON object.
    #[error("the header is malformed")]
    Header(#[source] JsonError),
    /// The header's `kid` is not a string, or is longer than 256 bytes.
    #[error("the header's kid is malformed or too long")]
    KeyId,
    /// The text has no dots: it is an opaque token.
    #[error("the token is opaque (no segments)")]
    Opaque {
        /// Whether the text is `undefined`, `null` or `NaN`, which programs print for a variable without a value.
        is_placeholder: bool,
    },
    /// The payload is not one strict JSON object.
    #[error("the payload is malformed")]
    Payload(#[source] JsonError),
    /// A segment is not canonical base64url without padding
    /// ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)).
    #[error("a segment is not canonical base64url")]
    Segment,
    /// The number of segments is not one, three or five.
    #[error("a signed message has three segments")]
    SegmentCount,
    /// None of the keys verifies the signature of this text.
    #[error("the signature does not verify")]
    Signature,
    /// The algorithm is an HMAC: a key that can verify signatures can also create them
    /// ([RFC 8725 §2.1](https://www.rfc-editor.org/rfc/rfc8725#section-2.1)).
    #[error("symmetric algorithms are not supported")]
    Symmetric,
    /// The header's `typ` is not a string.
    #[error("the header's typ is not a string")]
    Type,
    /// The header has `b64` with a value other than `true`
    /// ([RFC 7797 §7](https://www.rfc-editor.org/rfc/rfc7797#section-7)).
    #[error("the payload is not base64url-encoded")]
    UnencodedPayload,
}

/// Why a text is not strict JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// Two members of one object have the same name.
    #[error("an object has two members with the same name")]
    DuplicateMember,
    /// The text is not one JSON object, or other text follows the object.
    #[error("not a JSON object")]
    NotAnObject,
    /// The text is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// A member has a name that `serde_json` reserves for internal use.
    #[error("an object has a member with a reserved name")]
    ReservedMember,
    /// The JSON is nested more than 32 levels deep.
    #[error("nested too deeply")]
    TooDeep,
}

/// Why a JWK is not a public key that this crate can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwkError {
    /// The key's `use`, `key_ops` or `alg` does not allow it to verify this signature
    /// ([RFC 7517 §4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).
    #[error("the key's use, key_ops or alg does not allow verifying this signature")]
    NotForVerification,
    /// The key is not a strict JSON object, or a member is missing or has the wrong type.
    #[error("the key is malformed")]
    Malformed,
    /// The key has private or secret members ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3) (7)).
    #[error("the key has private members")]
    Private,
    /// `kty` or `crv` is unknown, or does not fit the algorithm.
    #[error("the key's type or curve is unknown or does not fit the algorithm")]
    Unsupported,
    /// The point is not on its curve or has a small order, or the key has a wrong size, or its encoding is not
    /// canonical.
    #[error("the key's value is invalid or too weak")]
    Value,
}

/// Why a text is not a private key that this crate can use, or why a key cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateKeyError {
    /// The key cannot sign with this algorithm.
    #[error("the key cannot sign with {algorithm}")]
    Algorithm {
        /// The requested algorithm.
        algorithm: Algorithm,
    },
    /// The text is neither PEM with an unencrypted private key nor a private JWK.
    #[error("not an unencrypted private key in PEM or JWK form")]
    Encoding,
    /// The system provides no random numbers, or the cryptographic operation failed.
    #[error("signing failed")]
    Signing,
    /// The type of key, its curve, or the JWK's `alg` is not supported.
    #[error("not an RSA, P-256, P-384, P-521 or Ed25519 key")]
    Unsupported,
    /// The key's values are invalid. For example, a value is too small, or the public half is from another key.
    #[error("the values of the key are invalid")]
    Value,
}
