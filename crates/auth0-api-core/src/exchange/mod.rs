//! Token exchange: an API sends a token to the tenant's token endpoint and gets another token.
//!
//! A [`Grant`] says what to ask for. Three flows are built in: [`ExchangeProfile`], [`OnBehalfOf`] and [`Connection`].
//! Every exchange takes the same steps, in this order:
//!
//! 1. **Input**: invalid input is an [`InputError`]; nothing is sent.
//! 2. **Cache**: if the request is cacheable, a cached answer to an equal request is used. [`cache`] has the rules.
//! 3. **Endpoint**: the discovery document of the configured domain gives the URL. Its host must be the issuer's, or
//!    below it for a client that authenticates with a certificate.
//! 4. **Request**: [`ClientAuth`] authenticates it, and a [`ProofKey`], if there is one, signs a DPoP proof for it.
//!    [`sender`] says which failures are retried.
//! 5. **Answer**: it is read strictly. If the tenant rejects the request, the [`ServerError`] says what kind of
//!    rejection it is.

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
