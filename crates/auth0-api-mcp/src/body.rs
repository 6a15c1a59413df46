//! The body of a request behind the layer.

use std::fmt;
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
    pub struct McpBody<B> {
        #[pin]
        inner: Inner<B>,
    }
}

pin_project! {
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

/// Shows the length only: the octets contain the arguments of tools.
impl<B> fmt::Debug for McpBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner {
            Inner::Received { octets, .. } => f.debug_struct("McpBody").field("length", &octets.len()).finish(),
            Inner::Passed { .. } => f.debug_struct("McpBody").finish_non_exhaustive(),
        }
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::McpBody;

    #[test]
    fn debug_shows_no_content() {
        let received = McpBody::<String>::received(Bytes::from_static(b"secret"), None);
        assert_eq!(format!("{received:?}"), "McpBody { length: 6 }");
        assert_eq!(format!("{:?}", McpBody::passed("secret".to_owned())), "McpBody { .. }");
    }
}
