//! Errors about a token's issuer and its keys. [`IssuerError`] includes faults of the token; the other types are faults
//! of the issuer, the network or this API.

use std::sync::Arc;
use std::time::Duration;

use super::ResolverError;
use crate::http::FetchError;
use crate::jose::Algorithm;

/// Why there is no key to verify a token with.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// The token has no `iss`, or its `iss` is empty or not a string.
    #[error("the token names no issuer")]
    IssuerMissing,
    /// The token has no `kid`, and several keys fit its algorithm.
    #[error("the token has no kid, and several keys fit its algorithm")]
    KeyAmbiguous,
    /// No key was looked for, because the permitted fetches are used up. So this client does not know whether the
    /// token's key exists. This is not the caller's fault.
    #[error(transparent)]
    KeyNotLookedFor(#[from] KeyNotLookedFor),
    /// The issuer publishes the token's key for another algorithm
    /// ([RFC 7517 §4.4](https://www.rfc-editor.org/rfc/rfc7517#section-4.4)).
    #[error("the issuer publishes the token's key for {}, and the token is signed with {algorithm}",
        published.as_deref().unwrap_or("another kind of key"))]
    KeyOfOtherAlgorithm {
        /// The algorithm of the token.
        algorithm: Algorithm,
        /// The key's `alg`; `None` if it has none, and is of another kind (`kty` or `crv`).
        published: Option<Box<str>>,
    },
    /// The issuer publishes no key that fits the token's `kid` and algorithm: a fetch after the request, or in the 30 s
    /// before it, did not return one. For a key that the issuer has removed, these 30 s double up to two minutes.
    #[error("the issuer has no key that fits the token's kid and algorithm")]
    KeyUnknown,
    /// The domain resolver answered that it trusts nobody for this request
    /// ([`DomainAnswer::Nobody`](super::DomainAnswer::Nobody)).
    #[error("no issuer is trusted for this request")]
    NobodyTrusted,
    /// Neither the configuration nor the domain resolver names the issuer.
    #[error("the issuer is not trusted")]
    NotTrusted {
        /// Whether the issuer differs from a trusted issuer only in trailing slashes or letter case: a common mistake.
        nearly: bool,
    },
    /// The domain resolver gave no usable answer. This is a fault of the API, not of the caller.
    #[error(transparent)]
    Resolver(#[from] ResolverError),
    /// The issuer's keys are unavailable. This is not the caller's fault.
    #[error(transparent)]
    Unavailable(#[from] KeysUnavailable),
}

/// Why an issuer's keys are unavailable, and when to try again. All requests that waited for the keys get the same
/// error.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the keys of {issuer} are unavailable")]
#[non_exhaustive]
pub struct KeysUnavailable {
    /// The issuer.
    pub issuer: Arc<str>,
    /// What went wrong.
    #[source]
    pub cause: Arc<DiscoveryError>,
    /// How long to wait before trying again, counted from the time when the error was returned.
    pub retry_after: Duration,
}

/// No key was looked for, because the permitted fetches are used up, and when to try again.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no key of {issuer} was looked for: {limit}")]
#[non_exhaustive]
pub struct KeyNotLookedFor {
    /// The issuer.
    pub issuer: Arc<str>,
    /// The limit that is reached.
    pub limit: FetchLimit,
    /// The time until the next permit. It is a second or longer, because a request waits for a permit that comes
    /// earlier; it is shorter only if too many requests wait already.
    pub retry_after: Duration,
}

/// A limit on the fetches that tokens cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchLimit {
    /// Fetches for issuers without a verified token: [`KeyPolicy::newcomers`](crate::KeyPolicy::newcomers).
    #[error("tokens name too many issuers that have no verified token so far")]
    Newcomers,
    /// Fetches for key ids that the issuer does not have:
    /// [`KeyPolicy::unknown_key_fetches`](crate::KeyPolicy::unknown_key_fetches).
    #[error("tokens name too many unknown keys of this issuer")]
    UnknownKeys,
}

/// Why fetching an issuer's keys, or its token endpoint, failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The discovery document is unavailable.
    #[error("the discovery document is unavailable")]
    Discovery(#[source] FetchError),
    /// The discovery document is not a JSON object with the members that are needed.
    #[error("the discovery document is malformed: {0}")]
    Document(DocumentProblem),
    /// The fetch ended without a result: the HTTP client panicked, or the runtime is shutting down.
    #[error("the fetch ended without a result")]
    GivenUp,
    /// The document's `issuer` differs from the configured issuer. They must be equal, byte for byte ([OpenID Connect
    /// Discovery §4.3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation)).
    #[error("the discovery document names the issuer {found:?}, and {expected:?} is configured")]
    Issuer {
        /// The issuer of the configured domain.
        expected: Arc<str>,
        /// The `issuer` of the document, cut after 200 characters.
        found: Box<str>,
    },
    /// The key set is unavailable.
    #[error("the key set is unavailable")]
    Jwks(#[source] FetchError),
    /// `jwks_uri` is missing or not a valid URL, has another scheme than the issuer, or is on a host or port that is
    /// not allowed.
    #[error("the jwks_uri is missing, insecure, or on a host that is not allowed")]
    JwksUri,
    /// `token_endpoint` is missing or not a valid URL, has another scheme than the issuer, or is on another host or
    /// port.
    #[error("the token_endpoint is missing, insecure, or on another host")]
    TokenEndpoint,
    /// The key set is unusable.
    #[error("the key set is unusable")]
    KeySet(#[source] KeySetError),
}

/// Why a discovery document is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentProblem {
    /// The document is compressed, although this client did not ask for compression.
    #[error("it is compressed, although no compression was requested")]
    Compressed,
    /// The document begins with a byte order mark, which JSON does not allow
    /// ([RFC 8259 §8.1](https://www.rfc-editor.org/rfc/rfc8259#section-8.1)).
    #[error("it begins with a byte order mark")]
    ByteOrderMark,
    /// The document contains octets that are not UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// The document is not a JSON object.
    #[error("it is not a JSON object (line {line}, column {column})")]
    NotAnObject {
        /// The line of the problem, from 1.
        line: usize,
        /// The column in that line, from 1.
        column: usize,
    },
    /// A member that is needed is not a string.
    #[error("its {name} is missing or not a string")]
    Member {
        /// The name of the member.
        name: &'static str,
    },
}

/// Why a whole key set is unusable. A single unusable key is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// The document is not a JSON object with a list `keys`.
    #[error("the document is not a JSON Web Key Set")]
    Malformed,
    /// The set has no usable key.
    #[error("none of the {skipped} keys is usable")]
    NoUsableKey {
        /// The number of keys in the set.
        skipped: usize,
    },
    /// The set has more keys than [`KeyPolicy::max_keys`](crate::KeyPolicy::max_keys): 100 by default.
    #[error("the set has more than {max} keys")]
    TooManyKeys {
        /// The limit.
        max: usize,
    },
}

impl DiscoveryError {
    /// The server's `Retry-After`, if the response had one.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Discovery(FetchError::Status { retry_after, .. })
            | Self::Jwks(FetchError::Status { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }

    /// Whether the server of the key set answered that this client must try later: with 429, or with 503 and a `Retry-After`,
    /// which is read with these two only. Without one, perhaps the key set has moved, and the discovery document says where.
    pub(super) fn postpones_the_key_set(&self) -> bool {
        let Self::Jwks(FetchError::Status { status, retry_after }) = self else { return false };
        *status == 429 || retry_after.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_set_is_postponed_by_429_and_by_503_with_a_time() {
        let wait = Some(Duration::from_secs(30));
        for (status, retry_after, expected) in [
            (429, None, true),
            (429, wait, true),
            (503, wait, true),
            (503, None, false),
            (500, None, false),
            (404, None, false),
        ] {
            let error = || FetchError::Status { status, retry_after };
            assert_eq!(DiscoveryError::Jwks(error()).postpones_the_key_set(), expected, "{status} {retry_after:?}");
            assert!(!DiscoveryError::Discovery(error()).postpones_the_key_set());
        }
        assert!(!DiscoveryError::GivenUp.postpones_the_key_set());
    }
}
