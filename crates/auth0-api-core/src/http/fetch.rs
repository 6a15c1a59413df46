//! Fetches a document, with a size limit and a time limit.

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

/// A fetched document, or the information that it has not changed.
#[derive(Debug)]
pub(crate) enum Document {
    Body {
        bytes: Vec<u8>,
        etag: Option<String>,
    },
    /// The document still has the `ETag` that was sent.
    NotModified,
}

/// Why a document is unavailable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// There was no usable response.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The response has a status other than 200. After a request with an `ETag`, 304 is no error.
    #[error("the response has status {status}")]
    Status {
        /// The status code.
        status: u16,
        /// The delay from the `Retry-After` header of a 429 or 503 response. The header contains seconds or an HTTP
        /// date.
        retry_after: Option<Duration>,
    },
}

impl Fetcher {
    pub(crate) fn new(client: Arc<dyn HttpClient>, max_bytes: usize, timeout: Duration) -> Self {
        Self { client, max_bytes, timeout }
    }

    /// Gets a document, or the information that the document still has this `ETag`
    /// ([RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2)). Any other response is an error: a
    /// redirect or an error page must not be read as keys.
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
        // An application's own HTTP client may ignore the limits on time and size, so they are enforced here too.
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

/// Returns the `ETag` if it is well-formed ([RFC 9110 §8.8.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3)),
/// because the next request sends it back unchanged.
fn etag_of(response: &HttpResponse) -> Option<String> {
    let etag = response.header("etag")?;
    let opaque = etag.strip_prefix("W/").unwrap_or(etag).strip_prefix('"')?.strip_suffix('"')?;
    let legal = opaque.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'"');
    (legal && etag.len() <= MAX_ETAG_BYTES).then(|| etag.to_owned())
}

/// A SHA-512 digest in hexadecimal takes 130 bytes with its quotes.
const MAX_ETAG_BYTES: usize = 256;
