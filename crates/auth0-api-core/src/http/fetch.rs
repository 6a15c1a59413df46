//! Fetching a document, with a bound on everything.

use std::sync::Arc;
use std::time::Duration;

use super::{HttpClient, HttpError, HttpMethod, HttpRequest, HttpResponse};

/// Fetches an issuer's documents.
#[derive(Clone, Debug)]
pub(crate) struct Fetcher {
    client: Arc<dyn HttpClient>,
    max_bytes: usize,
    timeout: Duration,
}

/// What there is to fetch.
#[derive(Debug)]
pub(crate) enum Document {
    Body {
        bytes: Vec<u8>,
        etag: Option<String>,
    },
    /// Still that of the `ETag` which was sent along.
    NotModified,
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
        /// `Retry-After` of 429 and 503, where it was given in seconds.
        retry_after: Option<Duration>,
    },
}

impl Fetcher {
    pub(crate) fn new(client: Arc<dyn HttpClient>, max_bytes: usize, timeout: Duration) -> Self {
        Self { client, max_bytes, timeout }
    }

    /// Gets a document, or the word that it is still the one of this `ETag`
    /// ([RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2)). Nothing else is an answer: a redirect or an
    /// error page must not become keys.
    pub(crate) async fn get(&self, url: &str, accept: &str, etag: Option<&str>) -> Result<Document, FetchError> {
        let mut headers = vec![("accept".to_owned(), accept.to_owned())];
        headers.extend(etag.map(|etag| ("if-none-match".to_owned(), etag.to_owned())));
        let request = HttpRequest {
            method: HttpMethod::Get,
            url: url.to_owned(),
            headers,
            body: Vec::new(),
            max_response_bytes: self.max_bytes,
            timeout: self.timeout,
        };
        // An injected client may know no time limit, or read more than it was told.
        let answer = tokio::time::timeout(self.timeout, self.client.send(request)).await;
        let response = answer.map_err(|_| HttpError::Timeout)??;
        match response.status {
            200 if response.body.len() > self.max_bytes => Err(HttpError::TooLarge.into()),
            200 => Ok(Document::Body { etag: etag_of(&response), bytes: response.body }),
            304 if etag.is_some() => Ok(Document::NotModified),
            status => {
                let retry_after = response.retry_after().filter(|_| matches!(status, 429 | 503));
                Err(FetchError::Status { status, retry_after })
            }
        }
    }
}

/// The `ETag`, if it is one ([RFC 9110 §8.8.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3)): it is sent back as it is.
fn etag_of(response: &HttpResponse) -> Option<String> {
    let etag = response.header("etag")?;
    let opaque = etag.strip_prefix("W/").unwrap_or(etag).strip_prefix('"')?.strip_suffix('"')?;
    let legal = opaque.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'"');
    (legal && etag.len() <= MAX_ETAG_BYTES).then(|| etag.to_owned())
}

/// A digest in hexadecimal takes 130.
const MAX_ETAG_BYTES: usize = 256;
