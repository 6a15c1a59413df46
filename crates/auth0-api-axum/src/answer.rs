//! The answer to a rejected request, which may wait until the body of the request has arrived.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth0_api_core::adapter::{AnnouncedBody, Connection, HttpVersion, UnreadBody};
use auth0_api_core::{ApiClient, Rejection};
use bytes::Buf;
use http::header::CONNECTION;
use http::request::Parts;
use http::{HeaderValue, Response, Version};
use http_body::Body;

use crate::grpc::Protocol;

/// Marks a response whose layer has decided about the body. A layer further out leaves the body alone: it would read as
/// much again.
#[derive(Clone, Copy)]
struct Decided;

/// Reads the body of a rejected request.
struct Reading(Pin<Box<dyn Future<Output = Connection> + Send>>);

/// A rejection, and the body that is read before it is sent.
#[derive(Debug)]
pub struct Answer<R> {
    /// Taken by the last poll.
    response: Option<R>,
    reading: Option<Reading>,
}

/// Describes the body of a request. `None` for a gRPC call: the answer does not wait for its body, which may be a stream
/// that does not end. gRPC clients read an answer that comes before the end of their stream.
pub(crate) fn announced(parts: &Parts, protocol: Protocol) -> Option<AnnouncedBody> {
    let version = if parts.version < Version::HTTP_2 { HttpVersion::Http1 } else { HttpVersion::Http2 };
    (protocol == Protocol::Http).then(|| AnnouncedBody::new(version, &parts.headers))
}

/// Describes the body of a request that is not a gRPC call.
pub fn announced_over_http(parts: &Parts) -> Option<AnnouncedBody> {
    announced(parts, Protocol::Http)
}

impl<B> Answer<Response<B>> {
    /// Rejects a request with this response. `announced` describes the `body`.
    pub fn new<Q>(api: &ApiClient, announced: Option<AnnouncedBody>, body: Q, mut response: Response<B>) -> Self
    where
        Q: Body + Send + 'static,
    {
        response.extensions_mut().insert(Decided);
        let unread = announced.filter(|_| !body.is_end_stream()).map(|announced| announced.rejected(api));
        let reading = match unread {
            Some(UnreadBody::Read(reader)) => {
                let mut body = Box::pin(body);
                let next = move |context: &mut Context<'_>| {
                    let frame = ready!(body.as_mut().poll_frame(context));
                    Poll::Ready(frame.map(|frame| frame.map(|frame| frame.data_ref().map_or(0, Buf::remaining))))
                };
                Some(Reading(Box::pin(reader.read(next))))
            }
            Some(UnreadBody::Close) => {
                close(&mut response);
                None
            }
            Some(UnreadBody::Leave) | None => None,
        };
        Self { response: Some(response), reading }
    }

    /// Answers without regard to the body.
    pub fn at_once(response: Response<B>) -> Self {
        Self { response: Some(response), reading: None }
    }

    /// Returns the response when the body has been read.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<Response<B>> {
        if let Some(Reading(reading)) = &mut self.reading {
            let connection = ready!(reading.as_mut().poll(context));
            self.reading = None;
            if let (Connection::Close, Some(response)) = (connection, &mut self.response) {
                close(response);
            }
        }
        // Always `Some`: nobody polls a future after its end.
        self.response.take().map_or(Poll::Pending, Poll::Ready)
    }
}

/// Returns true for a rejection, unless a layer further in has decided about the body.
pub(crate) fn is_undecided<B>(response: &Response<B>) -> bool {
    response.extensions().get::<Rejection>().is_some() && response.extensions().get::<Decided>().is_none()
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reading")
    }
}

fn close<B>(response: &mut Response<B>) {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
}
