//! The HTTP client as an object-safe trait, so that an application can provide its own client.

use std::fmt::{self, Debug};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The future of an [`HttpClient`]'s response.
pub type HttpFuture<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'a>>;

/// Sends the HTTP requests of an [`ApiClient`](crate::ApiClient): for discovery documents, key sets and tokens. The clients
/// of other endpoints of the tenant use it too, so it must support every [`HttpMethod`].
///
/// Implement this trait to use a proxy, a private certificate authority or client certificates. An implementation must
/// not follow redirects: the documents of an issuer are read only from the URLs that the issuer publishes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot send the HTTP requests of an `ApiClient`",
    label = "pass an HTTP client here: a type that implements `HttpClient`",
    note = "for a `reqwest::Client`, pass `ReqwestClient::with_client(client)`",
    note = "for another HTTP library, implement `HttpClient` for your own type"
)]
pub trait HttpClient: Debug + Send + Sync + 'static {
    /// Sends one request and reads the response, up to the size that the request allows.
    fn send(&self, request: HttpRequest) -> HttpFuture<'_>;
}

impl<C: HttpClient + ?Sized> HttpClient for Arc<C> {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        (**self).send(request)
    }
}

/// A request to send.
#[derive(Clone)]
#[non_exhaustive]
pub struct HttpRequest {
    /// The method.
    pub method: HttpMethod,
    /// An absolute URL: `https`, or `http` to a loopback address if the configuration allows that.
    pub url: String,
    /// Pairs of a header name, in lower case, and the value of the header.
    pub headers: Vec<(String, String)>,
    /// The body; empty for GET, and for DELETE.
    pub body: Vec<u8>,
    /// The largest response body to read, in bytes; a longer body is [`HttpError::TooLarge`].
    pub max_response_bytes: usize,
    /// The time limit for the request and its whole response. [`ApiClient`](crate::ApiClient) also enforces this limit.
    pub timeout: Duration,
    /// The connection to use.
    pub connection: HttpConnection,
}

/// The connection that a request uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpConnection {
    /// A new connection, or one that an earlier request left open.
    Any,
    /// A new connection. The first attempt ended with [`HttpError::Disconnected`], so other connections that are still
    /// open may be dead too. A client that cannot choose uses any connection.
    New,
}

/// The HTTP methods that this crate and the crates that build on it use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpMethod {
    /// DELETE.
    Delete,
    /// GET.
    Get,
    /// PATCH.
    Patch,
    /// POST.
    Post,
}

impl HttpMethod {
    /// Returns the method's name, as it is sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Patch => "PATCH",
            Self::Post => "POST",
        }
    }
}

/// An HTTP response, with any status.
#[derive(Clone)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Pairs of a header name, in any case, and the value of the header.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// No connection could be made.
    #[error("cannot connect")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection ended before the first byte of the response, as when a server or a load balancer closes an idle
    /// connection at the same time as the client sends a request. The server may have processed the request.
    #[error("the connection ended before the response")]
    Disconnected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection was made, but the request or the response failed.
    #[error("the HTTP exchange failed")]
    Exchange(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No complete response arrived in time.
    #[error("no response in time")]
    Timeout,
    /// The body is longer than the request allowed.
    #[error("the response body is too large")]
    TooLarge,
}

impl HttpRequest {
    /// Creates a request without headers and without a body. `max_response_bytes` and `timeout` are its limits.
    ///
    /// ```
    /// use std::time::Duration;
    /// use auth0_api_core::http::{HttpClient, HttpError, HttpMethod, HttpRequest};
    ///
    /// # async fn rename(client: &dyn HttpClient) -> Result<(), HttpError> {
    /// let url = "https://tenant.eu.auth0.com/api/v2/token-exchange-profiles/tep_1234567890123456";
    /// let response = HttpRequest::new(HttpMethod::Patch, url, 64 * 1024, Duration::from_secs(10))
    ///     .header("authorization", "Bearer eyJ…")
    ///     .json(br#"{"name":"legacy sessions"}"#.to_vec())
    ///     .send(client)
    ///     .await?;
    /// println!("{}", response.status);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(method: HttpMethod, url: impl Into<String>, max_response_bytes: usize, timeout: Duration) -> Self {
        let (url, headers, body, connection) = (url.into(), Vec::new(), Vec::new(), HttpConnection::Any);
        Self { method, url, headers, body, max_response_bytes, timeout, connection }
    }

    /// Adds a header. Write the name in lower case.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a body of JSON, and its `Content-Type`.
    #[must_use]
    pub fn json(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("content-type", "application/json")
    }

    /// Sends this request with a client, and keeps its limits even if the client ignores them.
    ///
    /// # Errors
    ///
    /// [`HttpError`] if there is no response within the limits. A response of any status is no error.
    pub async fn send(self, client: &dyn HttpClient) -> Result<HttpResponse, HttpError> {
        let (max_response_bytes, timeout) = (self.max_response_bytes, self.timeout);
        let answer = tokio::time::timeout(timeout, client.send(self)).await;
        let response = answer.map_err(|_| HttpError::Timeout)??;
        if response.body.len() > max_response_bytes { Err(HttpError::TooLarge) } else { Ok(response) }
    }
}

impl HttpResponse {
    /// Returns the first value of a header, whose name may be written in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Returns the delay from `Retry-After`. The header contains seconds or an HTTP date
    /// ([RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)). A 429 without this header may say
    /// in `x-ratelimit-reset` when Auth0's rate limit ends, in seconds since 1970.
    ///
    /// Times are compared with the response's `Date`, because the clocks of client and server may differ.
    pub fn retry_after(&self) -> Option<Duration> {
        let Some(value) = self.header("retry-after") else { return self.rate_limit_reset() };
        if let Ok(seconds) = value.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        let until = httpdate::parse_http_date(value.trim()).ok()?;
        Some(until.duration_since(self.sent_at()?).unwrap_or_default())
    }

    fn rate_limit_reset(&self) -> Option<Duration> {
        let reset = self.header("x-ratelimit-reset").filter(|_| self.status == 429)?;
        let sent_at = self.sent_at()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Duration::from_secs(reset.trim().parse().ok()?).saturating_sub(sent_at))
    }

    fn sent_at(&self) -> Option<SystemTime> {
        httpdate::parse_http_date(self.header("date")?).ok()
    }
}

impl Debug for HttpRequest {
    /// Leaves out headers and body, because a token request contains secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("method", &self.method).field("url", &self.url).finish_non_exhaustive()
    }
}

impl Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_from_seconds_and_from_http_dates() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        for (date, retry_after, wait) in [
            (None, "30", Some(30)),
            (Some(date), "30", Some(30)),
            (Some(date), "Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            (Some(date), "Sunday, 06-Nov-94 08:49:38 GMT", Some(1)),
            (Some(date), "Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            (None, "Sun, 06 Nov 1994 08:51:37 GMT", None),
            (Some("soon"), "Sun, 06 Nov 1994 08:51:37 GMT", None),
            (Some(date), "soon", None),
            (Some(date), "-1", None),
            (Some(date), "99999999999999999999999", None),
        ] {
            let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let headers = date.map(|date| header("Date", date)).into_iter().chain([header("Retry-After", retry_after)]);
            let response = HttpResponse { status: 429, headers: headers.collect(), body: Vec::new() };
            assert_eq!(response.retry_after(), wait.map(Duration::from_secs), "{date:?} {retry_after}");
        }
    }

    #[test]
    fn a_rate_limit_without_retry_after_lasts_until_its_reset() {
        let date = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"); // 784111777
        for (status, headers, wait) in [
            (429, vec![date, ("X-RateLimit-Reset", "784111807")], Some(30)),
            (429, vec![date, ("x-ratelimit-reset", "784111777")], Some(0)),
            (429, vec![date, ("x-ratelimit-reset", "784111000")], Some(0)),
            (429, vec![date, ("x-ratelimit-reset", "784111807"), ("retry-after", "5")], Some(5)),
            (429, vec![date, ("x-ratelimit-reset", "soon")], None),
            (429, vec![("x-ratelimit-reset", "784111807")], None),
            (503, vec![date, ("x-ratelimit-reset", "784111807")], None),
        ] {
            let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let response = HttpResponse { status, headers, body: Vec::new() };
            assert_eq!(response.retry_after(), wait.map(Duration::from_secs), "{status} {:?}", response.headers);
        }
    }
}
