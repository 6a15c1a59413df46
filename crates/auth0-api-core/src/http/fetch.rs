//! Fetching a document, with a bound on everything.

use std::sync::Arc;
use std::time::Duration;

use super::{HttpClient, HttpError, HttpMethod, HttpRequest};

/// Fetches an issuer's documents.
#[derive(Clone, Debug)]
pub(crate) struct Fetcher {
    client: Arc<dyn HttpClient>,
}

/// Why a document cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No response.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A response that is not 200.
    #[error("the status is {status}")]
    Status {
        /// The status.
        status: u16,
        /// `Retry-After`, where it was given in seconds.
        retry_after: Option<Duration>,
    },
}

impl Fetcher {
    pub(crate) fn new(client: Arc<dyn HttpClient>) -> Self {
        Self { client }
    }

    /// Gets a document. Only 200 is an answer: a redirect or an error page must not become keys.
    pub(crate) async fn get(&self, url: &str, accept: &str) -> Result<Vec<u8>, FetchError> {
        let request = HttpRequest {
            method: HttpMethod::Get,
            url: url.to_owned(),
            headers: vec![("accept".to_owned(), accept.to_owned())],
            body: Vec::new(),
            max_response_bytes: MAX_DOCUMENT_BYTES,
            timeout: TIMEOUT,
        };
        // An injected client may know no time limit, or read more than it was told.
        let answer = tokio::time::timeout(TIMEOUT, self.client.send(request)).await;
        let response = answer.map_err(|_| HttpError::Timeout)??;
        match response.status {
            200 if response.body.len() > MAX_DOCUMENT_BYTES => Err(HttpError::TooLarge.into()),
            200 => Ok(response.body),
            status => {
                let seconds = response.header("retry-after").and_then(|value| value.trim().parse().ok());
                Err(FetchError::Status { status, retry_after: seconds.map(Duration::from_secs) })
            }
        }
    }
}

/// A hundred RSA keys with certificates take about 300 KiB; Auth0 publishes two.
const MAX_DOCUMENT_BYTES: usize = 512 * 1024;
/// A document takes milliseconds. A request without any keys waits for two of them: 10 s at most.
const TIMEOUT: Duration = Duration::from_secs(5);
