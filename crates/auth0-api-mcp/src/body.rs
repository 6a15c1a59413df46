//! The body of a request behind the layer.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of a request behind an [`McpLayer`](crate::McpLayer): the octets and the trailers that the client sent.
    ///
    /// The layer has read the body of a `POST`, so this body is complete, and contains the octets in one piece. `axum` and
    /// `rmcp` take bodies of any type.
    #[derive(Debug)]
    pub struct McpBody<B> {
        #[pin]
        inner: Inner<B>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = InnerProjection]
    enum Inner<B> {
        Received { octets: Bytes, trailers: Option<HeaderMap> },
        Passed { #[pin] body: B },
    }
}

impl<B> McpBody<B> {
    pub(crate) fn received(octets: Bytes, trailers: Option<HeaderMap>) -> Self {
        Self { inner: Inner::Received { octets, trailers } }
    }

    pub(crate) fn passed(body: B) -> Self {
        Self { inner: Inner::Passed { body } }
    }
}

impl<B: Body<Data = Bytes>> Body for McpBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match self.project().inner.project() {
            InnerProjection::Received { octets, .. } if !octets.is_empty() => {
                Poll::Ready(Some(Ok(Frame::data(std::mem::take(octets)))))
            }
            InnerProjection::Received { trailers, .. } => {
                Poll::Ready(trailers.take().map(|map| Ok(Frame::trailers(map))))
            }
            InnerProjection::Passed { body } => body.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Received { octets, trailers } => octets.is_empty() && trailers.is_none(),
            Inner::Passed { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Received { octets, .. } => SizeHint::with_exact(octets.len() as u64),
            Inner::Passed { body } => body.size_hint(),
        }
    }
}
