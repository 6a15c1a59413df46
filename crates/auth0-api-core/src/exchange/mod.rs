//! Exchanging a token for another one: what an API does with the token that it has verified.
//!
//! [`Grant`] says what to ask for, and each flow is one: [`ExchangeProfile`], [`OnBehalfOf`], [`Connection`]. What they have in
//! common is the way of every request, in this order:
//!
//! 1. **Input**: what cannot be meant is rejected before anything is sent.
//! 2. **Cache**: the same question of the same subject has one answer while that lives. [`cache`] has the rules.
//! 3. **Endpoint**: the discovery document of the configured domain names it, on the issuer's own host.
//! 4. **Request**: authenticated by [`ClientAuth`], proven by a [`ProofKey`] if there is one. [`sender`] says what is tried again.
//! 5. **Answer**: read strictly; a rejection of the tenant is a [`ServerError`] that says who can do something about it.

mod assertion;
mod cache;
mod cache_key;
mod client_auth;
mod endpoint;
mod error;
mod exchanger;
mod extra;
mod grant;
mod id_token;
mod on_behalf_of;
mod organization;
mod prepared;
mod profile;
mod proof_key;
mod report;
mod response;
mod sender;
mod server_error;
mod single_flight;
mod subject;
mod telemetry;
mod token_set;
mod token_vault;
mod wire;

pub use cache::ExchangeCache;
pub use client_auth::ClientAuth;
pub use error::{EndpointError, EndpointUnavailable, ExchangeError, InputError, ResponseError};
pub use grant::{Grant, GrantRequest};
pub use on_behalf_of::OnBehalfOf;
pub use organization::OrganizationError;
pub use profile::ExchangeProfile;
pub use proof_key::{ProofKey, ProofOfPossession, ProofSigningError};
pub use server_error::{ServerError, ServerErrorKind};
pub use subject::{SubjectToken, TokenTextError};
pub use token_set::{IssuedToken, TokenSet, TokenType};
pub use token_vault::{Connection, VaultSubject};

pub(crate) use exchanger::{ExchangeConfig, Exchanger};
