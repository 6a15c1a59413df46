//! The bodies of requests and responses.

use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use auth0_api_core::http::HttpError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The error of a body that an application streams.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request: nothing, bytes, or a stream. Only a stream cannot be sent a second time.
pub struct RequestBody(Content);

enum Content {
    Bytes(Bytes),
    /// A lock makes the body `Sync`, which HTTP clients demand and many bodies are not. No task waits for it: while a body is
    /// polled, no other task has it.
    Stream(Mutex<Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>>),
}

/// The body of a response, as it arrives.
pub struct ResponseBody(Received);

enum Received {
    Boxed(Pin<Box<dyn Body<Data = Bytes, Error = HttpError> + Send>>),
    #[cfg(feature = "reqwest")]
    Reqwest(reqwest::Body),
}

impl RequestBody {
    /// A body that is sent while it is made. A request with such a body is never repeated.
    pub fn stream<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Content::Stream(Mutex::new(Box::pin(Mapped { body, error: |error: B::Error| error.into() }))))
    }

    /// The bytes; `None` if the body is a stream. For an implementation of [`FetchClient`](crate::FetchClient).
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Content::Bytes(bytes) => Some(bytes),
            Content::Stream(_) => None,
        }
    }

    pub(crate) fn try_clone(&self) -> Option<Self> {
        self.as_bytes().map(|bytes| Self(Content::Bytes(bytes.clone())))
    }
}

impl Default for RequestBody {
    fn default() -> Self {
        Bytes::new().into()
    }
}

impl<T: Into<Bytes>> From<T> for RequestBody {
    fn from(bytes: T) -> Self {
        Self(Content::Bytes(bytes.into()))
    }
}

#[cfg(feature = "reqwest")]
impl From<RequestBody> for reqwest::Body {
    fn from(body: RequestBody) -> Self {
        match body.0 {
            Content::Bytes(bytes) => bytes.into(),
            stream @ Content::Stream(_) => Self::wrap(RequestBody(stream)),
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Content::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Content::Stream(stream) => stream.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Content::Bytes(bytes) => bytes.is_empty(),
            Content::Stream(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Content::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Stream(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).size_hint(),
        }
    }
}

impl ResponseBody {
    /// Takes the body of another HTTP library. For an implementation of [`FetchClient`](crate::FetchClient).
    pub fn new<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Received::Boxed(Box::pin(Mapped { body, error: |error: B::Error| HttpError::Exchange(error.into()) })))
    }

    #[cfg(feature = "reqwest")]
    pub(crate) fn of_reqwest(body: reqwest::Body) -> Self {
        Self(Received::Reqwest(body))
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        match &mut self.0 {
            Received::Boxed(body) => body.as_mut().poll_frame(cx),
            #[cfg(feature = "reqwest")]
            Received::Reqwest(body) => {
                let frame = ready!(Pin::new(body).poll_frame(cx));
                Poll::Ready(frame.map(|frame| frame.map_err(auth0_api_core::http::ReqwestConnections::classify)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Received::Boxed(body) => body.is_end_stream(),
            #[cfg(feature = "reqwest")]
            Received::Reqwest(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Received::Boxed(body) => body.size_hint(),
            #[cfg(feature = "reqwest")]
            Received::Reqwest(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").finish_non_exhaustive()
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}

pin_project_lite::pin_project! {
    /// A body with another error.
    struct Mapped<B, F> {
        #[pin]
        body: B,
        error: F,
    }
}

impl<B: Body, E, F: Fn(B::Error) -> E> Body for Mapped<B, F> {
    type Data = B::Data;
    type Error = E;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, E>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map_err(|error| (this.error)(error))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
