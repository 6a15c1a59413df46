//! A local Auth0 tenant, and everything a test needs to be its clients: tokens, proofs, keys and a clock.
//!
//! [`LocalTenant`] is an authorization server on a loopback port. It serves what a tenant serves an API (discovery, signing
//! keys, tokens), so that an API under test is configured as in production: with a domain and an audience.
//!
//! ```
//! use auth0_api_testing::{LocalTenant, ManualClock, ProofKey};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let clock = ManualClock::new();
//! let tenant = LocalTenant::builder().clock(clock.clone()).start().await?;
//!
//! // Configure the API with `tenant.domain()` and `tenant.audience()`, then call it with:
//! let token = tenant.mint().subject("auth0|ada").scope("read:orders").sign();
//!
//! // A sender-constrained token (RFC 9449) and the proof for one request:
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
//! | what is registered with it | [`Api`], [`Application`], [`Credential`], [`User`], [`LinkedAccount`] |
//! | exchange profiles and their Actions | [`LocalTenantBuilder::exchange_profile`], [`ExchangeRequest`], [`Exchanged`] |
//! | any access token, well-formed or not | [`LocalTenant::mint`], [`TokenBuilder`] |
//! | keys of your own | [`SigningKey`], [`SigningAlgorithm`] |
//! | DPoP clients | [`ProofKey`], [`ProofBuilder`] |
//! | time that stands still | [`ManualClock`] |
//! | outages | [`LocalTenant::misbehave`], [`Endpoint`], [`Misbehaviour`] |
//! | an adapter for a web framework that keeps its promises | [`contract::adapter`](fn@contract::adapter) |
//! | a replay store that keeps its promises | [`contract::replay_store`] |
//! | a real Redis | [`RedisServer`] |
//! | "was it cached?" | [`LocalTenant::requests`], [`RequestCounts`] |
//! | "what was sent?" | [`LocalTenant::token_requests`], [`RecordedRequest`] |
//!
//! # Not for production
//!
//! The tenant gives tokens to anyone who knows its client secret, which is in this documentation. It serves plain HTTP on
//! 127.0.0.1, its keys live as long as its process, and nothing here was hardened against an attacker. Use it as a
//! `[dev-dependencies]` entry, and as a server to develop against.
//!
//! Whatever needs randomness panics where the machine has none: a test could not go on without it.

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

// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
