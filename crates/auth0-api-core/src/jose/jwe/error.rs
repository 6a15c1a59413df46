//! The errors of encrypted tokens, and of the keys that decrypt them.

use crate::jose::JsonError;

/// Why an encrypted token is not accepted.
///
/// No variant contains text of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JweError {
    /// The header's `alg` is not RSA-OAEP-256, RSA-OAEP-384 or RSA-OAEP-512, or its `enc` is not A256GCM.
    #[error("the algorithms of the encryption are not supported")]
    Algorithm,
    /// The decrypted text is not a compact JWS. For example, it is encrypted again.
    #[error("the encrypted content is not a signed JWT")]
    Content,
    /// The header's `cty` names something other than a JWT
    /// ([RFC 7519 §5.2](https://www.rfc-editor.org/rfc/rfc7519#section-5.2)).
    #[error("the header says that the content is not a JWT")]
    ContentType,
    /// No key decrypts the token: the content key cannot be unwrapped, the content does not match its tag, or no key
    /// has the length or the algorithm. The error does not say which
    /// ([RFC 7516 §11.5](https://www.rfc-editor.org/rfc/rfc7516#section-11.5)).
    #[error("the token cannot be decrypted")]
    Decryption,
    /// The header has `crit` or `zip`: extensions or compression, which this crate does not support
    /// ([RFC 7516 §4.1](https://www.rfc-editor.org/rfc/rfc7516#section-4.1)).
    #[error("the header demands extensions or compression")]
    Extension,
    /// The header is not one strict JSON object.
    #[error("the header is malformed")]
    Header(#[source] JsonError),
    /// A member of the header does not have its type, or is too long.
    #[error("the member {member} of the header is malformed")]
    HeaderMember {
        /// The name of the member.
        member: &'static str,
    },
    /// The header has a `kid`, and no configured key has this `kid`.
    #[error("no decryption key has the kid of the token")]
    KeyUnknown,
    /// A part is not canonical base64url without padding, or has a length that it cannot have.
    #[error("the {part} is malformed")]
    Part {
        /// The name of the part, as in [RFC 7516 §3.1](https://www.rfc-editor.org/rfc/rfc7516#section-3.1).
        part: &'static str,
    },
}

/// Why a text is not a key that decrypts tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecryptionKeyError {
    /// The text is neither PEM with an unencrypted private key nor a private JWK.
    #[error("not an unencrypted private key in PEM or JWK form")]
    Encoding,
    /// The JWK's `use` or `key_ops` does not allow decryption
    /// ([RFC 7517 §4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).
    #[error("the key's use or key_ops does not allow decryption")]
    NotForDecryption,
    /// The key is not an RSA key of 2048 to 8192 bits, or the JWK's `alg` is not RSA-OAEP-256, RSA-OAEP-384 or
    /// RSA-OAEP-512.
    #[error("not an RSA key of 2048 to 8192 bits for RSA-OAEP-256, RSA-OAEP-384 or RSA-OAEP-512")]
    Unsupported,
    /// The numbers of the JWK do not belong together, or the key is too small or too large.
    #[error("the values of the key are invalid")]
    Value,
}
