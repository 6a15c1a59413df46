//! Issuers: whom we trust, and with which keys.
//!
//! An issuer is admitted by its exact name before anything is fetched for it
//! ([RFC 8725 §3.8](https://www.rfc-editor.org/rfc/rfc8725#section-3.8)). Its keys are one immutable [`KeySet`] that is swapped as
//! a whole: while it is fresh, a known `kid` waits for nobody and takes no lock. Everything that talks to the network is in
//! [`state`]; everything that reads what came back is pure.

mod discovery;
mod domain;
mod error;
mod fetch_limit;
mod issuers;
mod key_set;
mod state;
#[cfg(test)]
mod wycheproof_tests;

pub use domain::{Domain, DomainError};
pub use error::{DiscoveryError, IssuerError, KeySetError, KeysUnavailable};

pub(crate) use discovery::{TokenEndpointOf, token_endpoint, url as discovery_url};
pub(crate) use domain::Loopback;
pub(crate) use issuers::Issuers;
pub(crate) use state::IssuerConfig;
