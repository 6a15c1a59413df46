//! Issuers: whom we trust, and with which keys.
//!
//! An issuer is admitted by its exact name before anything is fetched for it
//! ([RFC 8725 §3.8](https://www.rfc-editor.org/rfc/rfc8725#section-3.8)). Its keys are one immutable [`KeySet`] that is swapped as
//! a whole: while it is fresh, a known `kid` waits for nobody and takes no lock. Everything that talks to the network is in
//! [`documents`], and who waits for it in [`state`]; everything that reads what came back is pure.

mod back_off;
mod directory;
mod discovery;
mod documents;
mod domain;
mod error;
mod fetching;
mod jwks_host;
mod key_set;
mod permits;
mod policy;
mod report;
mod resolver;
mod snapshot;
mod state;
mod trust;
mod trusted;
mod unknown_keys;
#[cfg(test)]
mod wycheproof_tests;

pub use domain::{Domain, DomainError};
pub use error::{DiscoveryError, IssuerError, KeySetError, KeysUnavailable};
pub use policy::KeyPolicy;
pub use resolver::{DomainContext, DomainFuture, DomainResolver, DomainResolverFailure, ResolverError};
pub use trusted::TrustedDomains;

pub(crate) use discovery::{TokenEndpointOf, token_endpoint, url as discovery_url};
pub(crate) use domain::Loopback;
pub(crate) use jwks_host::JwksHost;
pub(crate) use snapshot::KeySetVersion;
pub(crate) use state::IssuerConfig;
pub(crate) use trust::Trust;
pub(crate) use trusted::{Trusted, TrustedDomainsProblem};
