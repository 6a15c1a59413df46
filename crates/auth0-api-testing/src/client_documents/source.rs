//! Which HTTP client fetches the documents.

use std::io;
use std::sync::Arc;

use auth0_api_core::http::HttpClient;

/// Whether the tenant takes documents, and the HTTP client that fetches them.
#[derive(Clone, Debug, Default)]
pub(crate) enum DocumentSource {
    #[default]
    Off,
    #[cfg(feature = "reqwest")]
    Default,
    Own(Arc<dyn HttpClient>),
}

impl DocumentSource {
    /// Returns the HTTP client; `None` if the tenant takes no documents.
    pub(crate) fn http(&self) -> io::Result<Option<Arc<dyn HttpClient>>> {
        match self {
            Self::Off => Ok(None),
            #[cfg(feature = "reqwest")]
            Self::Default => {
                let client = auth0_api_core::http::ReqwestClient::new().map_err(io::Error::other)?;
                Ok(Some(Arc::new(client)))
            }
            Self::Own(http) => Ok(Some(Arc::clone(http))),
        }
    }
}
