//! The answers of a scripted HTTP client.

use std::fmt;

use auth0_api_core::http::{HttpError, HttpRequest, HttpResponse};
use serde_json::Value;

/// The answer of a [`ScriptedHttp`](crate::ScriptedHttp) to one request: a response, or a failure.
///
/// ```
/// use auth0_api_testing::HttpAnswer;
/// use serde_json::json;
///
/// let tokens = HttpAnswer::json(200, &json!({ "access_token": "t", "token_type": "Bearer" }));
/// let later = HttpAnswer::status(429).header("retry-after", "30");
/// let failures = [HttpAnswer::unreachable(), HttpAnswer::broken(), HttpAnswer::too_late()];
/// # drop((tokens, later, failures));
/// ```
#[derive(Clone)]
pub struct HttpAnswer(Kind);

#[derive(Clone)]
enum Kind {
    Broken,
    Disconnected,
    Panic,
    Response(HttpResponse),
    TimedOut,
    TooLarge,
    TooLate,
    Unreachable,
}

impl HttpAnswer {
    /// A response with this status, without headers and with an empty body.
    pub fn status(status: u16) -> Self {
        Self(Kind::Response(HttpResponse { status, headers: Vec::new(), body: Vec::new() }))
    }

    /// A response with this status and JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::status(status).header("content-type", "application/json").body(body.to_string())
    }

    /// Adds a header line to a response. A failure stays unchanged.
    ///
    /// If a response with status 200 has an `ETag`, and the request has the same value in `If-None-Match`, the client
    /// answers 304 without a body instead ([RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2)).
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Kind::Response(response) = &mut self.0 {
            response.headers.push((name.into(), value.into()));
        }
        self
    }

    /// Sets the body of a response. A failure stays unchanged.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        if let Kind::Response(response) = &mut self.0 {
            response.body = body.into();
        }
        self
    }

    /// No connection can be made: [`HttpError::Connect`].
    pub fn unreachable() -> Self {
        Self(Kind::Unreachable)
    }

    /// The response cannot be read: [`HttpError::Exchange`].
    pub fn broken() -> Self {
        Self(Kind::Broken)
    }

    /// The connection ends before the first byte of the response: [`HttpError::Disconnected`].
    pub fn disconnected() -> Self {
        Self(Kind::Disconnected)
    }

    /// The HTTP client reports at once that no response arrived in time: [`HttpError::Timeout`].
    pub fn timed_out() -> Self {
        Self(Kind::TimedOut)
    }

    /// The server does not answer within the time limit of the request. The request fails with [`HttpError::Timeout`]
    /// after twice the limit, unless the sender enforces the limit and drops the request.
    pub fn too_late() -> Self {
        Self(Kind::TooLate)
    }

    /// The HTTP client reports that the response is too long: [`HttpError::TooLarge`].
    pub fn too_large() -> Self {
        Self(Kind::TooLarge)
    }

    /// The HTTP client panics.
    pub fn panic() -> Self {
        Self(Kind::Panic)
    }

    /// Produces the outcome of a request.
    #[expect(clippy::panic, reason = "one answer panics on purpose")]
    pub(crate) async fn outcome(self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        match self.0 {
            Kind::Broken => Err(HttpError::Exchange("the connection broke, as scripted".into())),
            Kind::Disconnected => Err(HttpError::Disconnected("disconnected, as scripted".into())),
            Kind::Panic => panic!("the HTTP client panics, as scripted"),
            Kind::Response(response) if is_unchanged(&request, &response) => {
                Ok(HttpResponse { status: 304, body: Vec::new(), ..response })
            }
            Kind::Response(response) => Ok(response),
            Kind::TimedOut => Err(HttpError::Timeout),
            Kind::TooLarge => Err(HttpError::TooLarge),
            Kind::TooLate => {
                tokio::time::sleep(request.timeout * 2).await;
                Err(HttpError::Timeout)
            }
            Kind::Unreachable => Err(HttpError::Connect("unreachable, as scripted".into())),
        }
    }
}

impl From<HttpResponse> for HttpAnswer {
    fn from(response: HttpResponse) -> Self {
        Self(Kind::Response(response))
    }
}

impl fmt::Debug for HttpAnswer {
    /// Leaves out headers and body, because a response may contain tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Broken => f.write_str("broken"),
            Kind::Disconnected => f.write_str("disconnected"),
            Kind::Panic => f.write_str("panic"),
            Kind::Response(response) => write!(f, "status {}", response.status),
            Kind::TimedOut => f.write_str("timed out"),
            Kind::TooLarge => f.write_str("too large"),
            Kind::TooLate => f.write_str("too late"),
            Kind::Unreachable => f.write_str("unreachable"),
        }
    }
}

fn is_unchanged(request: &HttpRequest, response: &HttpResponse) -> bool {
    let etag = value(&response.headers, "etag");
    response.status == 200 && etag.is_some() && etag == value(&request.headers, "if-none-match")
}

fn value<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    let (_, value) = headers.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))?;
    Some(value)
}
