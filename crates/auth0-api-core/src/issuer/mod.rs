//! Issuers: domains, resolvers, and errors of keys. [`TrustedDomains`] configures them, and
//! [`KeyPolicy`] their keys.

// For readers of the code:
//
// The issuers that a client trusts, and their keys.
//
// The client admits an issuer by its exact name before it fetches anything for that issuer
// ([RFC 8725 §3.8](https://www.rfc-editor.org/rfc/rfc8725#section-3.8)). An issuer's keys are in one immutable
// `KeySet`. A fetch replaces the whole set. While the keys are fresh, a request with a known `kid`
// takes no lock and does not wait.
//
// Which file answers which question:
//
// | question | file |
// |---|---|
// | Which tenants does the configuration or the resolver name? | `trusted`, `domain`, `resolver` |
// | Which keys may have signed this token? | `trust`, the entry point: from `iss` and `kid` to the keys |
// | Is the token's issuer trusted, and where is its state? | `directory` |
// | Which issuers are held in memory, and which issuer is evicted? | `recent` |
// | Which requests wait for keys, and which keys are used meanwhile? | `state` |
// | Who may cause a fetch, when does it begin, and what does its result change? | `fetch`, `pending` |
// | Which limits apply to fetches? | `fetching`, `limits`, `permits`, `unknown_keys` |
// | Which documents are fetched, and what must they contain? | `documents`, `discovery`, `jwks_host` |
// | What does a key set contain, and is the set still current? | `key_set`, `snapshot` |
// | Which limits and times apply? | `policy`, `config` |
// | Which errors are there, and what is logged and counted? | `error`, `report` |
//
// Only `documents` and a `resolver` use the network. Everything that reads a fetched document is a pure function.

mod config;
mod directory;
mod discovery;
mod documents;
mod domain;
mod error;
mod fetch;
#[cfg(all(test, shuttle))]
mod fetch_model_tests;
mod fetching;
mod jwks_host;
mod key_set;
mod limits;
#[cfg(all(test, shuttle))]
mod modelled_tenant_tests;
mod pending;
#[cfg(all(test, shuttle))]
mod permit_model_tests;
mod permits;
pub(crate) mod policy;
mod recent;
mod removed_keys;
mod report;
mod resolver;
mod snapshot;
mod state;
mod trust;
pub(crate) mod trusted;
mod unknown_keys;
#[cfg(test)]
mod wycheproof_tests;

pub use domain::{Domain, DomainError};
pub use error::{
    DiscoveryError, DocumentProblem, FetchLimit, IssuerError, KeyNotLookedFor, KeySetError, KeysUnavailable,
};
pub(crate) use policy::{CheckedKeyPolicy, KeyPolicy};
pub use resolver::{DomainAnswer, DomainContext, DomainFuture, DomainResolver, DomainResolverFailure, ResolverError};
pub(crate) use trusted::TrustedDomains;

pub(crate) use config::IssuerConfig;
pub(crate) use discovery::{TokenEndpointOf, token_endpoint};
pub(crate) use documents::discovery_document;
pub(crate) use domain::Loopback;
pub(crate) use jwks_host::JwksHost;
pub(crate) use snapshot::KeySetVersion;
pub(crate) use trust::{IssuerKeys, Trust};
pub(crate) use trusted::{Trusted, TrustedDomainsProblem};
