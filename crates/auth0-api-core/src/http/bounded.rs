//! An HTTP client with limits on time and size.

use std::sync::Arc;
use std::time::Duration;

use super::{HttpClient, HttpConnection, HttpError, HttpMethod, HttpRequest, HttpResponse};

/// An HTTP client with limits on time and size. An application's own [`HttpClient`] may ignore the limits of a request,
/// so this type enforces them too.
#[derive(Clone, Debug)]
pub(crate) struct BoundedClient {
    client: Arc<dyn HttpClient>,
    max_bytes: usize,
    timeout: Duration,
    sdk_header: Option<Arc<str>>,
}

/// Pairs of a header name, in lower case, and the value of the header.
pub(crate) type HttpHeaders = Vec<(String, String)>;

/// A request without the limits of its client. It has no `Debug`, because a token request contains secrets.
pub(crate) struct Outgoing<'u> {
    method: HttpMethod,
    url: &'u str,
    headers: HttpHeaders,
    body: Vec<u8>,
    connection: HttpConnection,
}

/// Which document a caller wants.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'e> {
    /// Any document that the server or a cache sends.
    Any,
    /// A document with another `ETag` than this
    /// ([RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2)).
    ChangedFrom(&'e str),
    /// The present document of the server: a cache on the way must ask the server first
    /// ([RFC 9111 §5.2.1.4](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.4)).
    Current,
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

impl<'u> Outgoing<'u> {
    pub(crate) fn get(url: &'u str, headers: HttpHeaders) -> Self {
        Self { method: HttpMethod::Get, url, headers, body: Vec::new(), connection: HttpConnection::Any }
    }

    pub(crate) fn post(url: &'u str, headers: HttpHeaders, body: Vec<u8>) -> Self {
        Self { method: HttpMethod::Post, url, headers, body, connection: HttpConnection::Any }
    }

    pub(crate) fn on_new_connection(self) -> Self {
        Self { connection: HttpConnection::New, ..self }
    }
}

impl<'e> Wanted<'e> {
    fn header(self) -> Option<(&'static str, &'e str)> {
        match self {
            Self::Any => None,
            Self::ChangedFrom(etag) => Some(("if-none-match", etag)),
            Self::Current => Some(("cache-control", "no-cache")),
        }
    }
}

impl BoundedClient {
    pub(crate) fn new(client: Arc<dyn HttpClient>, max_bytes: usize, timeout: Duration) -> Self {
        Self { client, max_bytes, timeout, sdk_header: None }
    }

    /// Adds the `Auth0-Client` header to all requests. It names this SDK and its version, as Auth0's own SDKs do.
    pub(crate) fn with_sdk_header(self) -> Self {
        Self { sdk_header: Some(base64_simd::STANDARD.encode_to_string(SDK).into()), ..self }
    }

    /// Gets a document, or the information that the document still has the `ETag` of [`Wanted::ChangedFrom`]. Any other
    /// response is an error: a redirect or an error page must not be read as keys.
    ///
    /// If the connection ends before the response, the request is sent once more on a new connection.
    pub(crate) async fn get(&self, url: &str, accept: &str, wanted: Wanted<'_>) -> Result<Document, FetchError> {
        let mut headers = vec![("accept".to_owned(), accept.to_owned())];
        headers.extend(wanted.header().map(|(name, value)| (name.to_owned(), value.to_owned())));
        let response = match self.send(Outgoing::get(url, headers.clone())).await {
            Err(HttpError::Disconnected(_)) => self.send(Outgoing::get(url, headers).on_new_connection()).await?,
            sent => sent?,
        };
        match response.status {
            200 => Ok(Document::Body { etag: etag_of(&response), bytes: response.body }),
            304 if matches!(wanted, Wanted::ChangedFrom(_)) => Ok(Document::NotModified),
            status => {
                let retry_after = response.retry_after().filter(|_| matches!(status, 429 | 503));
                Err(FetchError::Status { status, retry_after })
            }
        }
    }

    /// Sends a request, and returns a response of any status.
    pub(crate) async fn send(&self, request: Outgoing<'_>) -> Result<HttpResponse, HttpError> {
        let Outgoing { method, url, mut headers, body, connection } = request;
        headers.extend(self.sdk_header.as_ref().map(|value| ("auth0-client".to_owned(), value.to_string())));
        let (url, max_response_bytes, timeout) = (url.to_owned(), self.max_bytes, self.timeout);
        let request = HttpRequest { method, url, headers, body, max_response_bytes, timeout, connection };
        request.send(&*self.client).await
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
/// The name and the version of this SDK, as a JSON object.
const SDK: &str =
    concat!(r#"{"name":""#, env!("CARGO_PKG_NAME"), r#"","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#);
