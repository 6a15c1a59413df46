//! The seam to HTTP.

use std::fmt::{self, Debug};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// The response of an [`HttpClient`], when it comes.
pub type HttpFuture<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'a>>;

/// Sends HTTP requests for the client: discovery, key sets, token requests.
///
/// Bring your own for a proxy, a private certificate authority or client certificates. It must not follow redirects: the
/// documents of an issuer are read where the issuer says, or not at all.
pub trait HttpClient: Debug + Send + Sync + 'static {
    /// Sends one request and reads the response, no more of it than the request allows.
    fn send(&self, request: HttpRequest) -> HttpFuture<'_>;
}

/// A request to send.
#[derive(Clone)]
#[non_exhaustive]
pub struct HttpRequest {
    /// The method.
    pub method: HttpMethod,
    /// An absolute URL: `https`, or `http` to a loopback address if the configuration allows that.
    pub url: String,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, empty for GET.
    pub body: Vec<u8>,
    /// How many bytes of a response body may be read; a longer one is [`HttpError::TooLarge`].
    pub max_response_bytes: usize,
    /// How long the exchange may take as a whole. The caller enforces it too.
    pub timeout: Duration,
}

/// A method that the client uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpMethod {
    /// GET.
    Get,
    /// POST.
    Post,
}

/// A response, whatever its status.
#[derive(Clone)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Header names, in any case, and values.
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
    /// The exchange broke off.
    #[error("the exchange failed")]
    Exchange(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No response in time.
    #[error("no response in time")]
    Timeout,
    /// The body is longer than the request allowed.
    #[error("the response body is too large")]
    TooLarge,
}

impl HttpResponse {
    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// How long `Retry-After` asks to wait: in seconds, or until a date, which is compared with the server's own
    /// ([RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)).
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let asked = self.header("retry-after")?.trim();
        if let Ok(seconds) = asked.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let until = httpdate::parse_http_date(asked).ok()?;
        let sent = httpdate::parse_http_date(self.header("date")?).ok()?;
        Some(until.duration_since(sent).unwrap_or_default())
    }
}

impl Debug for HttpRequest {
    /// Without headers and body: a token request holds secrets.
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
    fn a_pause_is_asked_for_in_seconds_or_until_a_date_of_the_servers_clock() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        for (date, asked, pause) in [
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
            let headers = date.map(|date| header("Date", date)).into_iter().chain([header("Retry-After", asked)]);
            let response = HttpResponse { status: 429, headers: headers.collect(), body: Vec::new() };
            assert_eq!(response.retry_after(), pause.map(Duration::from_secs), "{date:?} {asked}");
        }
    }
}
