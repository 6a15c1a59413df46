//! The configuration that all issuers of a client share.

use std::sync::Arc;

use super::CheckedKeyPolicy;
use super::jwks_host::JwksHost;
use crate::clock::Clock;
use crate::http::BoundedClient;
use crate::jose::AlgorithmSet;

/// The configuration that all issuers of a client share.
#[derive(Clone, Debug)]
pub(crate) struct IssuerConfig {
    pub(crate) algorithms: AlgorithmSet,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) http: BoundedClient,
    pub(crate) jwks_hosts: Vec<JwksHost>,
    pub(crate) policy: CheckedKeyPolicy,
}
