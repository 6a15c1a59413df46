//! The body of a rejected request that has not arrived completely.
//!
//! Over HTTP/1.1, actix-web needs no help: it sends `Connection: close`, and reads on until the client closes. Over
//! HTTP/2, it resets the stream, and a client that still sends may then not read the answer.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::Version;
use actix_web::web::Bytes;
use actix_web::{HttpMessage as _, HttpRequest};
use auth0_api_core::ApiClient;
use auth0_api_core::adapter::{AnnouncedBody, HttpVersion, UnreadBody};
use futures_core::Stream;

use crate::request::Headers;

/// Reads the body of a request that is rejected.
pub(crate) async fn read(api: &ApiClient, mut request: ServiceRequest) -> ServiceRequest {
    if let Some(announced) = announced(request.request()) {
        read_announced(api, announced, request.take_payload()).await;
    }
    request
}

/// What the middleware keeps of a body that the service has. A body that the service drops before its end returns.
pub(crate) struct Lent {
    announced: AnnouncedBody,
    returned: Returned,
}

type Returned = Rc<RefCell<Option<Payload>>>;

impl Lent {
    /// Makes the body of a request return. `None` if the middleware never reads it.
    pub(crate) fn to_service(request: &mut ServiceRequest) -> Option<Self> {
        let announced = announced(request.request())?;
        let returned = Returned::default();
        let payload = Some(request.take_payload());
        let lent = ReturningPayload { payload, to: Rc::clone(&returned) };
        request.set_payload(Payload::Stream { payload: Box::pin(lent) });
        Some(Self { announced, returned })
    }

    /// Reads the body, if it has returned.
    pub(crate) async fn read(self, api: &ApiClient) {
        let returned = self.returned.take();
        if let Some(payload) = returned {
            read_announced(api, self.announced, payload).await;
        }
    }
}

fn announced(request: &HttpRequest) -> Option<AnnouncedBody> {
    let is_http_2 = request.version() >= Version::HTTP_2;
    is_http_2.then(|| AnnouncedBody::new(HttpVersion::Http2, &Headers(request.headers())))
}

async fn read_announced(api: &ApiClient, announced: AnnouncedBody, mut payload: Payload) {
    if let UnreadBody::Read(reader) = announced.rejected(api) {
        let next = |context: &mut Context<'_>| {
            let part = ready!(Pin::new(&mut payload).poll_next(context));
            Poll::Ready(part.and_then(Result::ok).map(|part| part.len()))
        };
        // HTTP/2 says nothing about the connection in an answer.
        _ = reader.read(next).await;
    }
}

/// A body that returns when it is dropped before its end.
struct ReturningPayload {
    /// `None` after the end.
    payload: Option<Payload>,
    to: Returned,
}

impl Stream for ReturningPayload {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(payload) = &mut self.payload else { return Poll::Ready(None) };
        let part = ready!(Pin::new(payload).poll_next(context));
        if !matches!(part, Some(Ok(_))) {
            self.payload = None;
        }
        Poll::Ready(part)
    }
}

impl Drop for ReturningPayload {
    fn drop(&mut self) {
        self.to.replace(self.payload.take());
    }
}
