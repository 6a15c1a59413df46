//! What can be wrong with an issuer: the token's fault above, ours below.

use std::sync::Arc;
use std::time::Duration;

use super::ResolverError;
use crate::http::FetchError;
use crate::jose::JoseError;

/// Why there is no key for a token.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// The token has no `iss`, or one that is not a string.
    #[error("the token names no issuer")]
    IssuerMissing,
    /// The token has no `kid`, and several keys would fit.
    #[error("the token names no key, and several would fit")]
    KeyAmbiguous,
    /// The issuer publishes no key of this `kid` that fits the algorithm.
    #[error("the issuer has no such key")]
    KeyUnknown,
    /// The issuer is not configured.
    #[error("the issuer is not a configured one")]
    NotTrusted {
        /// Whether it is a configured one but for a trailing slash or letter case: a classic mix-up.
        nearly: bool,
    },
    /// The token's header is no good for finding a key.
    #[error(transparent)]
    Header(#[from] JoseError),
    /// The domain resolver has no usable answer: our trouble, not the caller's.
    #[error(transparent)]
    Resolver(#[from] ResolverError),
    /// The issuer's keys cannot be had: our trouble, not the caller's.
    #[error(transparent)]
    Unavailable(#[from] KeysUnavailable),
}

/// Why an issuer's keys cannot be had, and when to try again. All requests that waited for them share it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the keys of {issuer} cannot be fetched")]
#[non_exhaustive]
pub struct KeysUnavailable {
    /// Whose keys.
    pub issuer: Arc<str>,
    /// What went wrong.
    #[source]
    pub cause: Arc<DiscoveryError>,
    /// When it makes sense to come again, counted from the moment that the error was given.
    pub retry_after: Duration,
}

/// What went wrong between an issuer's name and its keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The discovery document cannot be had.
    #[error("the discovery document cannot be had")]
    Discovery(#[source] FetchError),
    /// The discovery document is not the JSON object it should be.
    #[error("the discovery document is malformed")]
    Document,
    /// The task that fetches ended without an answer: the HTTP client panicked, or the runtime is shutting down.
    #[error("the fetch was given up")]
    GivenUp,
    /// The document's `issuer` is not the configured one, byte for byte
    /// ([OpenID Connect Discovery §4.3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation)).
    #[error("the discovery document is that of another issuer")]
    Issuer,
    /// The key set cannot be had.
    #[error("the key set cannot be had")]
    Jwks(#[source] FetchError),
    /// `jwks_uri` is missing, not `https`, or on a host that is not allowed.
    #[error("the jwks_uri is missing, insecure, or on a host that is not allowed")]
    JwksUri,
    /// `token_endpoint` is missing, not `https`, or on another host than the issuer.
    #[error("the token_endpoint is missing, insecure, or on another host")]
    TokenEndpoint,
    /// The key set is no good.
    #[error("the key set is unusable")]
    KeySet(#[source] KeySetError),
    /// Too many issuers were named of whom no token was ever verified
    /// ([`KeyPolicy::newcomers`](crate::KeyPolicy::newcomers)): nothing was fetched.
    #[error("too many issuers are asked for of whom no token was ever verified")]
    Throttled,
}

/// Why a key set is no good as a whole; single bad keys are skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// Not a JSON object with a list `keys`.
    #[error("not a JSON Web Key Set")]
    Malformed,
    /// No key in it can be used.
    #[error("no usable key among {skipped}")]
    NoUsableKey {
        /// How many there were.
        skipped: usize,
    },
    /// More keys than the [`KeyPolicy`](crate::KeyPolicy) reads: 100 by default.
    #[error("more than {max} keys")]
    TooManyKeys {
        /// The bound.
        max: usize,
    },
}

impl DiscoveryError {
    /// What the server asked for, where it asked.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Discovery(FetchError::Status { retry_after, .. })
            | Self::Jwks(FetchError::Status { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }
}
