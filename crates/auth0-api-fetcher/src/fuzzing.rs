//! What the fuzz targets of this workspace see of a response, and of a URL.

use auth0_api_core::Scheme;
use http::HeaderMap;

use crate::challenge::Demand;
use crate::fence::Fence;

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

/// Returns the URL that a fetcher with this base URL calls for a reference. `None` if it calls none.
pub fn resolved(base: &str, further_origin: &str, reference: &str) -> Option<String> {
    let fence = Fence::new(base, &[further_origin.to_owned()], false).ok()?;
    Some(fence.resolve(reference).ok()?.url.to_string())
}
