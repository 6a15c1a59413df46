//! Verifies [Auth0](https://auth0.com) access tokens, Bearer and `DPoP`, for APIs in any Rust framework.
//!
//! An [`ApiClient`] reads the credentials from a request's headers, checks them step by step, and returns a
//! [`VerifiedToken`]. If a check fails, it returns an [`Error`]. Only [`ApiClient::reject`] turns an error into an HTTP
//! response.
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
//! # Find your way
//!
//! | to | use | read |
//! |---|---|---|
//! | protect a route in axum, tower or tonic | [`auth0-api-axum`](https://docs.rs/auth0-api-axum) | its first page |
//! | protect a route in actix-web | [`auth0-api-actix`](https://docs.rs/auth0-api-actix) | its first page |
//! | protect a route in another server | [`adapter::Gate`], [`ApiClient::verify_request`] | [`adapter`] |
//! | protect an MCP server | [`auth0-api-mcp`](https://docs.rs/auth0-api-mcp) | [MCP servers](guide::mcp) |
//! | require a scope | [`Requirement::scope`] | [authorization](guide::authorization) |
//! | require DPoP, which is accepted by default | [`DpopPolicy::require`] | [DPoP](guide::dpop) |
//! | run behind a proxy | [`public_url`](ApiClientBuilder::public_url) | [proxies](guide::proxies) |
//! | call another API for the user | [`get_token_on_behalf_of`](ApiClient::get_token_on_behalf_of) | [exchange](guide::exchange) |
//! | test without an account | [`auth0-api-testing`](https://docs.rs/auth0-api-testing) | its first page |
//! | configure it by environment variables or a file | [`Settings`], [`ApiClient::from_env`] | [settings](guide::settings) |
//! | see all defaults | [`ApiClientBuilder`] | [defaults](guide::defaults) |
//! | do anything else | | [the guide](guide), with an [index by question](guide#how-do-i-build) |
//!
//! # What is checked
//!
//! The checks run in this order. The first check that fails determines the response.
//!
//! ```text
//!   request
//! ─────┬──────────────────────────────────────────────────────────── rejected with ───
//!      │ 1 credentials    one header, well-formed, an offered scheme    400 401
//!      │ 2 decryption     only tokens that the tenant encrypts              401       503
//!      │ 3 format         a JWS, strict JSON, a configured algorithm        401
//!      │ 4 issuer         trusted; its keys are known                       401   500 503
//!      │ 5 signature      by a key of this issuer                           401
//!      │ 6 claims         typ aud exp nbf iat                               401
//!      │ 7 revocation     only with a list                                  401       503
//!      │ 8 binding        certificate; proof, used for the first time   400 401   429 503
//!      ▼
//! VerifiedToken
//!      │   requirement    of the route: scope, user, login …            401 403   500
//!      ▼
//!   handler
//! ```
//!
//! 500 is a mistake or a failure of the API, such as a domain resolver that fails. 503 and 429 say with `Retry-After`
//! when to repeat the request.
//!
//! 1. **Credentials**: the request has one `Authorization` header with a well-formed token, and the [`DpopPolicy`]
//!    accepts the scheme of this header ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
//! 2. **Decryption**: if the tenant encrypts the tokens of this API, one of the
//!    [`decryption_keys`](ApiClientBuilder::decryption_keys) decrypts the token
//!    ([RFC 7516 §5.2](https://www.rfc-editor.org/rfc/rfc7516#section-5.2)). The signed token inside must pass the same
//!    checks as a token that is not encrypted.
//! 3. **Format**: the token is a compact JWS in canonical base64url. Its header and its payload are strict JSON. The
//!    algorithm in the header is a configured one, and the header has no critical extensions
//!    ([RFC 7515 §5.2](https://www.rfc-editor.org/rfc/rfc7515#section-5.2),
//!    [RFC 8725 §3](https://www.rfc-editor.org/rfc/rfc8725#section-3)).
//! 4. **Issuer**: `iss` is equal, byte for byte, to an issuer of the [`TrustedDomains`]. The client looks up the
//!    issuer's keys, and fetches them if necessary, only after this check.
//! 5. **Signature**: a key of this issuer verifies the signature. The key must match the `kid` and the algorithm of the
//!    token.
//! 6. **Claims**: `typ`, `aud`, `exp`, `nbf`, `iat`, and the claims that the configuration requires
//!    ([RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).
//! 7. **Revocation**: if a [`RevocationList`](revocation::RevocationList) is configured, the list does not report the token as revoked.
//! 8. **Binding**: if `cnf` names a certificate, the caller's TLS connection must use this certificate
//!    ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)). If `cnf` names a key, the caller must send a
//!    `DPoP` proof that was made with this key, for this request, and was not used before
//!    ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)).
//!
//! [`Error::check`] returns the check that failed. `auth0-api check`, of the crate `auth0-api-cli`, explains a rejected
//! token with it: see [the guide](guide::operating#why-was-this-token-rejected).
//!
//! If a [`TokenCache`] is configured, a token that has passed the checks 2 to 6 skips most of these checks on later
//! requests.
//!
//! # Exchanging tokens
//!
//! An API can exchange a verified token for a token for another API, or for a service of another company. See
//! [`guide::exchange`].
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `http` | off | translations for the types of the crate [`http`](https://docs.rs/http): see [`adapter`] |
//! | `metrics` | off | metrics for [`metrics`](https://docs.rs/metrics) recorders: see [the guide](guide::operating) |
//! | `reqwest` | on | `ReqwestClient`, the default [`HttpClient`](http::HttpClient) |
//! | `stream` | off | [`EndsWithToken`](long_connection), a stream that ends with a token; the adapters switch it on |
//!
//! # Events
//!
//! `tracing` events have the target `auth0_api` and a stable field `event`. [The guide](guide::operating) lists the
//! events with their fields, and the metrics. No event contains a token, a proof or a secret.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod adapter;
mod back_off;
mod base64url;
pub mod binding;
mod build_error;
mod builder;
pub mod called_url;
mod certificate;
mod challenge;
mod check;
pub mod ciba;
mod client;
mod clock;
pub mod connected_accounts;
pub mod credentials;
pub mod decryption;
mod digest;
mod downstream;
pub mod dpop;
mod error;
pub mod exchange;
pub mod extract;
mod flight;
pub mod guide;
mod hint;
pub mod http;
pub mod issuer;
pub mod jose;
mod known_settings;
pub mod logout;
pub mod long_connection;
pub mod metadata;
mod meter;
pub mod mtls;
mod place;
mod printable;
mod random;
mod readable;
mod rejected_bodies;
mod rejection;
mod rejection_log;
mod reloadable;
mod request;
pub mod requirement;
pub mod revocation;
#[cfg(test)]
mod rfc_tests;
mod settings;
mod sync;
pub mod token;
mod token_cache;
mod verify;
mod waiting;
mod with_sources;

// rustdoc shows the methods of a type in the order of the modules: `Requirement::check` comes after the constructors.
mod authorization;

pub use build_error::{BuildError, ConfigProblem};
pub use builder::ApiClientBuilder;
pub use called_url::proxies::TrustedProxies;
pub use certificate::{CertificateThumbprint, ClientCertificate};
pub use challenge::Challenge;
pub use check::{Check, Stage};
pub use client::{ApiClient, ReloadError, Summary};
pub use clock::{Clock, Sleep, SystemClock};
pub use credentials::Scheme;
pub use downstream::DownstreamError;
pub use dpop::policy::DpopPolicy;
pub use error::{Error, Reason};
pub use exchange::client_auth::ClientAuth;
pub use exchange::error::ExchangeError;
pub use exchange::on_behalf_of::OnBehalfOf;
pub use exchange::profile::ExchangeProfile;
pub use exchange::subject::SubjectToken;
pub use exchange::token_set::TokenSet;
pub use exchange::token_vault::Connection;
pub use issuer::policy::KeyPolicy;
pub use issuer::trusted::TrustedDomains;
pub use jose::algorithm::Algorithm;
pub use known_settings::{SettingError, SettingWarning};
pub use logout::policy::LogoutPolicy;
pub use metadata::resource::ProtectedResource;
pub use mtls::policy::CertificateSource;
pub use rejected_bodies::RejectedBodies;
pub use rejection::{ChallengeParams, Rejection};
pub use reloadable::Reloadable;
pub use request::{HeaderSource, ListenerScheme, ReceivedTarget, TokenRequest};
pub use requirement::conjunction::{Guard, Requirement};
pub use requirement::scope_hierarchy::ScopeHierarchy;
pub use requirement::step_up::StepUp;
pub use settings::{CorsOrigins, CorsOriginsError, Settings};
pub use token::actor::Actor;
pub use token::binding::Binding;
pub use token::caller::Caller;
pub use token::organization::Organization;
pub use token::verified::{AccessToken, VerifiedToken};
pub use token_cache::TokenCache;

// Compiles the examples of the README.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
mod readme {}
