//! What the fuzz target of this workspace sees of a response.

use auth0_api_core::Scheme;
use http::HeaderMap;

use crate::challenge::Demand;

/// The error and the scope that a response demands of a request with this scheme.
#[derive(Debug, PartialEq, Eq)]
pub struct Demanded {
    /// The `error` of the challenge.
    pub error: Option<Box<str>>,
    /// The `scope` of the challenge.
    pub scope: Option<Box<str>>,
}

/// Reads the `WWW-Authenticate` headers of a response, as a fetcher does.
pub fn demanded(headers: &HeaderMap, used: Scheme) -> Demanded {
    let Demand { error, scope } = Demand::read(headers, used);
    Demanded { error, scope }
}
