//! The configuration that all servers of one run share.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The issuer, the API and the keys, as the main process passes them to the process of a server. Node reads it too.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Site {
    /// The issuer's address, without a slash at the end.
    pub(crate) domain: String,
    /// The `iss` of the tokens.
    pub(crate) issuer: String,
    pub(crate) jwks_uri: String,
    /// The API's identifier.
    pub(crate) audience: String,
    /// The origin in the `htu` of the proofs.
    pub(crate) public_url: String,
    pub(crate) scheme: Scheme,
    /// The public keys of the tokens and of the proofs, for the server that checks only signatures.
    pub(crate) signing_key: Value,
    pub(crate) proof_key: Value,
}

/// The credentials that a server receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Scheme {
    /// The same token in each request.
    Bearer,
    /// A bound token, and a new proof in each request.
    Dpop,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        })
    }
}

/// The origin in the `htu` of the proofs.
pub(crate) const PUBLIC_URL: &str = "https://api.example.com";
