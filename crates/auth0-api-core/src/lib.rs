//! Verifies [Auth0](https://auth0.com) access tokens, Bearer and `DPoP`, for APIs in any Rust framework.
//!
//! > A request's headers become credentials, credentials become evidence, evidence becomes a [`VerifiedToken`]. Anything else
//! > becomes an [`Error`], and exactly one place turns that into HTTP: [`ApiClient::reject`].
//!
//! ```no_run
//! use auth0_api_core::{ApiClient, Requirement};
//!
//! # async fn run(raw_token: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?;
//!
//! let token = api.verify_access_token(raw_token).await?;
//! Requirement::scope("read:messages").check(&token)?;
//! println!("hello, {:?}", token.subject());
//! # Ok(())
//! # }
//! ```
//!
//! With a framework, use its adapter: `auth0-api-axum` has a tower layer and extractors on top of this crate. Without one,
//! describe the request with [`TokenRequest`] and call [`ApiClient::verify_request`].
//!
//! # What is checked
//!
//! In this order; the first rejection is the answer.
//!
//! 1. **Credentials**: one `Authorization` header with a well-formed token, by a scheme that the [`DpopPolicy`] offers
//!    ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
//! 2. **Shape**: a compact JWS in its one spelling, strict JSON, an algorithm of the list, no critical extensions
//!    ([RFC 7515 §5.2](https://www.rfc-editor.org/rfc/rfc7515#section-5.2), [RFC 8725 §3](https://www.rfc-editor.org/rfc/rfc8725#section-3)).
//! 3. **Issuer**: `iss` is one of those that [`TrustedDomains`] trusts, byte for byte. Only then are keys looked for, and perhaps fetched.
//! 4. **Signature**, with a key of that issuer that fits `kid` and algorithm.
//! 5. **Claims**: `typ`, `aud`, `exp`, `nbf`, `iat` and what the configuration requires
//!    ([RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).
//! 6. **Revocation**, if the client has a [`RevocationList`].
//! 7. **Binding**: what `cnf` names must be proven, a certificate by the connection
//!    ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)), a key by a proof for this request that has not been used
//!    before ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)).
//!
//! With a [`TokenCache`], a token that has passed 2 to 5 before is not checked from the start.
//!
//! # Exchanging tokens
//!
//! What a verified token is good for beyond this API: a token for the next one, or of another company's. See
//! [`guide::exchange`].
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `metrics` | off | figures for [`metrics`](https://docs.rs/metrics) recorders: see [the guide](guide::operating) |
//! | `reqwest` | on | `ReqwestClient`, the default [`HttpClient`] |
//!
//! # Events
//!
//! `tracing` events have the target `auth0_api` and a stable field `event`; [the guide](guide::operating) lists them with their
//! fields, and the figures. No event holds a token, a proof or a secret.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod base64url;
mod build_error;
mod builder;
mod called_url;
mod certificate;
mod challenge;
mod client;
mod clock;
mod credentials;
mod dpop;
mod error;
mod exchange;
mod extract;
pub mod guide;
mod hint;
mod http;
mod issuer;
mod jose;
mod metadata;
mod meter;
mod mtls;
mod random;
mod rejection;
mod request;
mod requirement;
mod revocation;
#[cfg(test)]
mod rfc_tests;
mod token;
mod token_cache;
mod verify;
mod with_sources;

pub use build_error::{BuildError, ConfigProblem};
pub use builder::ApiClientBuilder;
pub use called_url::{TargetError, TargetUrl, TrustedProxies, TrustedProxiesError, UrlPart};
pub use certificate::{CertificateThumbprint, ClientCertificate};
pub use challenge::Challenge;
pub use client::ApiClient;
pub use clock::{Clock, SystemClock};
pub use credentials::{CredentialsError, Scheme};
pub use dpop::{
    ConfirmationError, DpopError, DpopPolicy, Insertion, MemoryReplayStore, NonceSecretError, ProofError, ProofId,
    ReplayFuture, ReplayStore, ReplayStoreError, RotatingNonce,
};
pub use error::{Error, Reason};
pub use exchange::{
    ClientAuth, Connection, EndpointError, EndpointUnavailable, ExchangeCache, ExchangeError, ExchangeProfile, Grant,
    GrantRequest, InputError, IssuedToken, OnBehalfOf, OrganizationError, ProofKey, ProofOfPossession,
    ProofSigningError, ResponseError, ServerError, ServerErrorKind, SubjectToken, TokenSet, TokenTextError, TokenType,
    VaultSubject,
};
pub use extract::{ExtractedToken, extract_token};
#[cfg(feature = "reqwest")]
pub use http::ReqwestClient;
pub use http::{FetchError, HttpClient, HttpError, HttpFuture, HttpMethod, HttpRequest, HttpResponse};
pub use issuer::{
    DiscoveryError, Domain, DomainContext, DomainError, DomainFuture, DomainResolver, DomainResolverFailure,
    IssuerError, KeyPolicy, KeySetError, KeysUnavailable, ResolverError, TrustedDomains,
};
pub use jose::{Algorithm, JoseError, JsonError, JwkError, PrivateKey, PrivateKeyError, Thumbprint, UnknownAlgorithm};
pub use metadata::{
    BearerMethod, MetadataEndpoint, MetadataError, MetadataResponse, ProtectedResource, ResourceMetadata,
};
pub use mtls::{CertificateError, CertificateSource};
pub use rejection::{ChallengeParams, Rejection};
pub use request::{HeaderSource, ReceivedTarget, TokenRequest};
pub use requirement::{Guard, Requirement, RequirementError, StepUp};
pub use revocation::{RevocationError, RevocationFuture, RevocationList, TokenIdentity, TokenStatus};
pub use token::{AccessToken, ActorError, Binding, ClaimsError, Organization, TokenError, VerifiedToken};
pub use token_cache::TokenCache;
