//! A response to a request of a fetcher.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use auth0_api_core::http::HttpError;
use bytes::Bytes;
use http::header::{AsHeaderName, DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use http_body::Body as _;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout, timeout_at};

use crate::body::ResponseBody;
use crate::error::{FetchError, NotExpectedJson};

/// A response of the other API, whose body is read as it arrives.
pub struct FetchResponse {
    response: http::Response<ResponseBody>,
    deadline: Instant,
    piece_limit: Duration,
    max_body_bytes: usize,
}

impl FetchResponse {
    pub(crate) fn new(
        response: http::Response<ResponseBody>,
        deadline: Instant,
        piece_limit: Duration,
        max_body_bytes: usize,
    ) -> Self {
        Self { response, deadline, piece_limit, max_body_bytes }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The first value of a header, if it is text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// The delay of `Retry-After`, in seconds or as a date
    /// ([RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)). A date is compared with the response's
    /// `Date`.
    pub fn retry_after(&self) -> Option<Duration> {
        let value = self.header(RETRY_AFTER)?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let date = |text: &str| -> Option<SystemTime> { httpdate::parse_http_date(text).ok() };
        Some(date(value)?.duration_since(date(self.header(DATE)?)?).unwrap_or_default())
    }

    /// Returns the response if its status is a success (2xx).
    ///
    /// # Errors
    ///
    /// [`FetchError::Status`], which becomes 503 for 429 and from status 500, and 500 otherwise.
    pub fn error_for_status(self) -> Result<Self, FetchError> {
        if self.status().is_success() {
            return Ok(self);
        }
        let retry_after = self.retry_after().map(|wait| wait.min(LONGEST_RETRY_AFTER));
        Err(FetchError::Status { status: self.status().as_u16(), retry_after })
    }

    /// Returns the next piece of the body; `None` at its end. The attempt's time limit counts for each piece.
    ///
    /// # Errors
    ///
    /// [`FetchError::Unanswered`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, FetchError> {
        let body = self.response.body_mut();
        loop {
            let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
            let frame = timeout(self.piece_limit, frame).await.map_err(|_| HttpError::Timeout)?;
            let Some(frame) = frame.transpose()? else { return Ok(None) };
            // A frame that is no data has trailers.
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
    }

    /// Reads the whole body, up to the [limit](crate::FetcherBuilder::max_body_bytes) of the fetcher.
    ///
    /// # Errors
    ///
    /// [`FetchError::Unanswered`].
    pub async fn bytes(self) -> Result<Vec<u8>, FetchError> {
        let limit = self.max_body_bytes;
        self.bytes_up_to(limit).await
    }

    /// Reads the whole body, up to this many bytes. The time limit of the whole request also counts.
    ///
    /// # Errors
    ///
    /// [`FetchError::Unanswered`].
    pub async fn bytes_up_to(mut self, limit: usize) -> Result<Vec<u8>, FetchError> {
        let announced = self.response.body().size_hint().lower();
        let announced = usize::try_from(announced).ok().filter(|announced| *announced <= limit);
        // The other API chooses the length that it announces, so a great length is not allocated before it has arrived.
        let mut whole = Vec::with_capacity(announced.ok_or(HttpError::TooLarge)?.min(ALLOCATED_AT_ONCE));
        let deadline = self.deadline;
        let read = async {
            while let Some(piece) = self.chunk().await? {
                if piece.len() > limit - whole.len() {
                    return Err(HttpError::TooLarge.into());
                }
                whole.extend_from_slice(&piece);
            }
            Ok(whole)
        };
        timeout_at(deadline, read).await.unwrap_or_else(|_| Err(HttpError::Timeout.into()))
    }

    /// Reads the whole body as UTF-8.
    ///
    /// # Errors
    ///
    /// [`FetchError::Unanswered`].
    pub async fn text(self) -> Result<String, FetchError> {
        let text = String::from_utf8(self.bytes().await?);
        text.map_err(|error| HttpError::Exchange(error.utf8_error().into()).into())
    }

    /// Reads the whole body as JSON.
    ///
    /// # Errors
    ///
    /// [`FetchError::Unanswered`], or [`FetchError::Json`] if the body is not the expected JSON.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, FetchError> {
        serde_json::from_slice(&self.bytes().await?).map_err(|error| FetchError::Json(NotExpectedJson::of(&error)))
    }

    /// Returns the response for code that reads bodies by `http_body::Body`, for example to pass the body on while it arrives.
    /// No time limit counts for it.
    pub fn into_http(self) -> http::Response<ResponseBody> {
        self.response
    }
}

/// As for the token endpoint's quotas: a wrong date must not close this API for days.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

impl fmt::Debug for FetchResponse {
    /// Shows the names of the headers only: their values may be secrets, such as cookies.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers().keys().collect();
        f.debug_struct("FetchResponse")
            .field("status", &self.status())
            .field("headers", &headers)
            .finish_non_exhaustive()
    }
}

/// Most answers of APIs are smaller.
const ALLOCATED_AT_ONCE: usize = 64 * 1024;
