//! Back-channel logout: the tenant tells the API that a user has logged out, and the API rejects the user's access tokens
//! from then on ([OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html)).
//!
//! [The guide](crate::guide::logout) explains how to set it up, and what a logout does and does not end.
//!
//! ```
//! use auth0_api_core::logout::MemoryRevocationStore;
//! use auth0_api_core::{ApiClient, LogoutPolicy};
//!
//! let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
//!     .logout(LogoutPolicy::new(["client-id-of-the-web-site"], MemoryRevocationStore::new()))
//!     .build()?;
//! # _ = api;
//! # Ok::<(), auth0_api_core::BuildError>(())
//! ```
//!
//! What happens to a logout token, in this order:
//!
//! 1. It is verified: its format, its issuer, its signature and its claims ([`LogoutToken`] lists them). The issuers, the
//!    keys and the algorithms are those of access tokens.
//! 2. All access tokens of its subject that were issued up to its `iat` are revoked in the [`RevocationStore`].
//! 3. Its `jti` is recorded, so that it is accepted once.

mod error;
mod memory;
pub(crate) mod policy;
mod receiver;
mod store;
mod subjects;
mod token;

pub use error::LogoutError;
pub use memory::MemoryRevocationStore;
pub(crate) use policy::LogoutPolicy;
pub use store::{RevocationStore, StoreFuture, SubjectId};
pub use subjects::RevokedSubjects;
pub use token::LogoutToken;

pub(crate) use receiver::LogoutReceiver;
