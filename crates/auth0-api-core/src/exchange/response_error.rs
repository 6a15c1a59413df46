//! Why an answer of the token endpoint cannot be used.

/// Why an answer with tokens cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// The body is neither a token response nor an OAuth error
    /// ([RFC 6749 §5](https://www.rfc-editor.org/rfc/rfc6749#section-5)).
    #[error("the token endpoint answered {status} without a token response or an OAuth error")]
    Body {
        /// The status.
        status: u16,
    },
    /// The ID token is not for this client, not from this issuer, expired or malformed
    /// ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
    #[error("the ID token in the token response is not valid")]
    IdToken,
    /// A member is missing, or its type or value is invalid.
    #[error("{member} in the token response is missing or malformed")]
    Member {
        /// The member's name.
        member: &'static str,
    },
    /// The request asked for a bound token, but the token in the answer is not bound
    /// ([RFC 9449 §5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
    #[error("the token is not bound to the key of the request")]
    NotBound,
}
