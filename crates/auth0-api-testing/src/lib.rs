//! A local Auth0 tenant for tests, and the tokens, proofs, keys and clock that a test needs to act as a client of the
//! tenant.
//!
//! [`LocalTenant`] is an authorization server on a loopback port. It serves the endpoints of an Auth0 tenant
//! (discovery, signing keys, tokens). You configure the API under test as in production: with a domain and an audience.
//!
//! ```
//! use auth0_api_testing::{LocalTenant, ManualClock, ProofKey};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let clock = ManualClock::new();
//! let tenant = LocalTenant::builder().clock(clock.clone()).start().await?;
//!
//! // Configure the API with `tenant.domain()` and `tenant.audience()`, then call it with this token:
//! let token = tenant.mint().subject("auth0|ada").scope("read:orders").sign();
//!
//! // A sender-constrained token (RFC 9449), and a proof for one request:
//! let key = ProofKey::generate().with_clock(clock);
//! let bound = tenant.mint().bound_to(&key).sign();
//! let proof = key.proof("GET", "https://api.example.com/orders").access_token(&bound).sign();
//! # assert_eq!(token.split('.').count() + proof.split('.').count(), 6);
//! # Ok(())
//! # }
//! ```
//!
//! # What is here
//!
//! | for | use |
//! |---|---|
//! | an authorization server | [`LocalTenant`], [`LocalTenantBuilder`], or the binary `local-tenant` |
//! | the registered APIs, clients and users | [`Api`], [`Application`], [`Credential`], [`User`], [`LinkedAccount`] |
//! | exchange profiles and their Actions | [`LocalTenantBuilder::exchange_profile`], [`ExchangeRequest`], [`Exchanged`] |
//! | any access token, well-formed or not | [`LocalTenant::mint`], [`TokenBuilder`] |
//! | keys that the test generates | [`SigningKey`], [`SigningAlgorithm`] |
//! | DPoP clients | [`ProofKey`], [`ProofBuilder`] |
//! | a clock that the test moves | [`ManualClock`] |
//! | outages | [`LocalTenant::misbehave`], [`Endpoint`], [`Misbehaviour`] |
//! | a test suite for adapters for web frameworks | [`contract::adapter`](fn@contract::adapter) |
//! | a test suite for a replay store | [`contract::replay_store`] |
//! | a real Redis | [`RedisServer`] |
//! | the number of requests, to test caching | [`LocalTenant::requests`], [`RequestCounts`] |
//! | the requests that the client sent | [`LocalTenant::token_requests`], [`RecordedRequest`] |
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

mod algorithm;
mod builder;
mod clock;
pub mod contract;
mod counts;
mod endpoints;
mod jws;
mod jwt;
mod key;
mod key_ring;
mod ledger;
mod mint;
mod misbehaviour;
mod must;
mod own_token;
mod proof;
mod proof_check;
mod public_key;
mod recorded;
mod redis_server;
mod registry;
mod server;
mod state;
mod tenant;

pub use algorithm::SigningAlgorithm;
pub use builder::LocalTenantBuilder;
pub use clock::ManualClock;
pub use counts::RequestCounts;
pub use key::SigningKey;
pub use mint::TokenBuilder;
pub use misbehaviour::{Endpoint, Misbehaviour};
pub use proof::{ProofBuilder, ProofKey};
pub use recorded::RecordedRequest;
pub use redis_server::RedisServer;
pub use registry::{
    Api, Application, Credential, ExchangeRejection, ExchangeRequest, Exchanged, GrantType, LinkedAccount, User,
};
pub use tenant::LocalTenant;

// Compiles the README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
