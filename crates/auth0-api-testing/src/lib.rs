//! A local Auth0 tenant for tests, and the tokens, proofs, keys and clock that a test needs to act as a client of the
//! tenant.
//!
//! [`LocalTenant`] is an authorization server on a loopback port. It serves the endpoints of an Auth0 tenant
//! (discovery, signing keys, tokens). You configure the API under test as in production, with a domain and an audience, and
//! with `insecure_http_loopback()`, because the tenant has no TLS unless you switch it on.
//!
//! ```
//! use auth0_api_testing::{LocalTenant, ManualClock, DpopClient};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let clock = ManualClock::new();
//! let tenant = LocalTenant::builder().clock(clock.clone()).start().await?;
//!
//! // Configure the API with `tenant.domain()`, `tenant.audience()` and the clock, as
//! // `TestWorld` does, then call it with this token:
//! let token = tenant.mint().subject("auth0|ada").scope("read:orders").sign();
//!
//! // A sender-constrained token (RFC 9449), and a proof for one request:
//! let client = DpopClient::generate().with_clock(clock);
//! let bound = tenant.mint().bound_to(&client).sign();
//! let proof =
//!     client.proof("GET", "https://api.example.com/orders").access_token(&bound).sign();
//! # assert_eq!(token.split('.').count() + proof.split('.').count(), 6);
//! # Ok(())
//! # }
//! ```
//!
//! # Find your way
//!
//! | to test | use |
//! |---|---|
//! | a handler, without a socket | [`OfflineTenant::token`]: see [below](#test-a-handler-without-a-tenant) |
//! | an API from end to end | [`LocalTenant`], [`TestWorld`] |
//! | a token that has expired, or lacks a scope | [`LocalTenant::mint`], [`ManualClock`] |
//! | DPoP | [`DpopClient`], [`TokenHolder`] |
//! | a token exchange | [`LocalTenantBuilder::exchange_profile`], [`LocalTenant::token_requests`] |
//! | an outage of the tenant | [`LocalTenant::misbehave`] |
//! | by hand, with `curl` or a page | the program `local-tenant` |
//!
//! # What is here
//!
//! | for | use |
//! |---|---|
//! | an authorization server | [`LocalTenant`], [`LocalTenantBuilder`], or the binary `local-tenant` |
//! | the registered APIs, clients and users | [`Api`], [`Application`], [`Credential`], [`User`], [`LinkedAccount`] |
//! | exchange profiles and their Actions | [`LocalTenantBuilder::exchange_profile`], [`ExchangeRequest`], [`Exchanged`] |
//! | any access token, well-formed or not | [`LocalTenant::mint`], [`TokenBuilder`] |
//! | a tenant, a clock and an `ApiClient` in one value | [`TestWorld`], [`status_and_label`] |
//! | a verified token, or a tenant without a socket | [`OfflineTenant`] |
//! | an HTTP client with scripted answers | [`ScriptedHttp`], [`ScriptedRoute`], [`HttpAnswer`] |
//! | encrypted access tokens | [`Api::token_encryption`], [`TokenBuilder::encrypt`], [`EncryptionKey`] |
//! | keys that the test generates | [`SigningKey`] |
//! | DPoP clients | [`DpopClient`], [`ProofBuilder`], [`TokenHolder`] |
//! | a clock that the test moves | [`ManualClock`] |
//! | outages | [`LocalTenant::misbehave`], [`Endpoint`], [`Misbehaviour`] |
//! | a test suite for adapters for web frameworks | `contract::adapter`, with the feature `contract` |
//! | a test suite for a replay store | `contract::replay_store`, with the feature `contract` |
//! | a real Redis | `RedisServer`, with the feature `contract` |
//! | an address for a server that is another program, such as a proxy | [`free_address()`] |
//! | the number of requests, to test caching | [`LocalTenant::requests`], [`RequestCounts`] |
//! | one line for each request, while developing | [`LocalTenantBuilder::request_log`], [`LoggedRequest`] |
//! | the requests that the client sent | [`LocalTenant::token_requests`], [`RecordedRequest`] |
//!
//! # Test a handler without a tenant
//!
//! [`OfflineTenant::token`] returns a `VerifiedToken` that was verified for real, without a socket and without an async
//! runtime:
//!
//! ```
//! use auth0_api_core::VerifiedToken;
//! use auth0_api_testing::OfflineTenant;
//!
//! fn orders(token: &VerifiedToken) -> String {
//!     format!("the orders of {}", token.subject().unwrap_or("an unknown user"))
//! }
//!
//! let ada =
//!     OfflineTenant::new().token(|token| token.subject("auth0|ada").scope("read:orders"));
//! assert_eq!(orders(&ada), "the orders of auth0|ada");
//! ```
//!
//! # Not for production
//!
//! The tenant issues tokens to anyone who knows the secret of a client, and this documentation contains the default
//! secrets. The tenant serves plain HTTP on 127.0.0.1 and keeps its keys only in the memory of its process. The code is
//! not hardened against attackers. Use this crate as a `[dev-dependencies]` entry, and use the binary as a server
//! during development.
//!
//! Functions that need random numbers panic if the machine cannot provide any, because a test cannot continue without
//! random numbers.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod actor_claim;
mod address;
mod back_channel;
mod builder;
mod ciba;
#[cfg(feature = "cli")]
pub mod cli;
mod client_documents;
mod clock;
#[cfg(feature = "contract")]
pub mod contract;
mod counts;
mod dpop_client;
mod encryption;
mod endpoints;
mod free_address;
mod http_answer;
mod jws;
mod jwt;
mod key;
mod key_ring;
mod ledger;
mod listening;
mod mint;
mod mint_callers;
mod misbehaviour;
mod must;
mod nonces;
mod offline_tenant;
mod own_token;
mod pages;
mod proof_check;
mod public_key;
mod public_url;
mod recorded;
#[cfg(feature = "contract")]
mod redis_server;
mod registry;
mod request_log;
mod resource_parameter;
mod scripted_http;
mod server;
mod shell;
mod sign_in;
mod state;
mod tenant;
mod test_world;
mod timestamp;
#[cfg(feature = "tls")]
mod tls;
mod token_holder;

pub use actor_claim::ActorClaim;
pub use back_channel::LogoutDelivery;
pub use builder::LocalTenantBuilder;
pub use ciba::{CibaRequests, OpenApproval};
pub use clock::ManualClock;
pub use counts::RequestCounts;
pub use dpop_client::{DpopClient, ProofBuilder};
pub use encryption::{EncryptionAlgorithm, EncryptionKey, TokenEncryption};
pub use free_address::free_address;
pub use http_answer::HttpAnswer;
pub use key::SigningKey;
pub use mint::TokenBuilder;
pub use misbehaviour::{Endpoint, Misbehaviour};
pub use offline_tenant::OfflineTenant;
pub use recorded::RecordedRequest;
#[cfg(feature = "contract")]
pub use redis_server::RedisServer;
pub use registry::{
    Api, Application, Connection, Credential, ExchangeRejection, ExchangeRequest, Exchanged, GrantType, LinkedAccount,
    RefreshTokenPolicy, User,
};
pub use request_log::LoggedRequest;
pub use resource_parameter::ResourceParameterProfile;
pub use scripted_http::{ScriptedHttp, ScriptedRoute};
pub use sign_in::SignIn;
pub use tenant::LocalTenant;
pub use test_world::{TestWorld, status_and_label};
pub use token_holder::TokenHolder;

// Compiles the README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
