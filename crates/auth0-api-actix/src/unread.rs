//! The body of a rejected request that has not arrived completely.
//!
//! | the request | what actix-web does if the application drops the body |
//! |---|---|
//! | HTTP/2 | it resets the stream. A client that still sends may then not read the answer |
//! | HTTP/1.1, `Transfer-Encoding: chunked` | it keeps the connection, and discards the rest of the body without a limit of time or octets |
//! | HTTP/1.1, `Content-Length` | it sends `Connection: close`, and reads on for a limited time. It needs no help |

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::Version;
use actix_web::http::header::TRANSFER_ENCODING;
use actix_web::rt::task::JoinHandle;
use actix_web::web::Bytes;
use actix_web::{HttpMessage as _, HttpRequest, rt};
use auth0_api_core::ApiClient;
use auth0_api_core::adapter::{AnnouncedBody, Connection, HttpVersion, UnreadBody};
use futures_core::Stream;

use crate::request::Headers;
use crate::request_body::RequestBody;

/// Reads the body of a request that is rejected.
pub(crate) async fn read(api: &ApiClient, mut request: ServiceRequest) -> ServiceRequest {
    if let Some(announced) = Announced::by(&request) {
        Decided::about(&request).decide();
        announced.read(api, RequestBody::new(request.take_payload())).await;
    }
    request
}

/// Makes actix-web close the connection of a request with a chunked body that a route of this crate answers: such routes
/// need no body.
pub(crate) async fn close(request: &HttpRequest, body: RequestBody) {
    if is_drained(request) {
        close_after_answer(body).await;
    }
}

/// Whether a middleware has decided about the body of a request. A middleware further out then leaves the body alone: it
/// would read as much again. It is stored with the request, because an error of a middleware has no response to mark.
#[derive(Clone, Default)]
struct Decided(Rc<Cell<bool>>);

impl Decided {
    /// Returns what all middleware of a request share.
    fn about(request: &ServiceRequest) -> Self {
        let mut extensions = request.extensions_mut();
        if let Some(decided) = extensions.get::<Self>() {
            return decided.clone();
        }
        let decided = Self::default();
        extensions.insert(decided.clone());
        decided
    }

    /// Returns true for the first decision.
    fn decide(&self) -> bool {
        !self.0.replace(true)
    }
}

/// What the middleware keeps of a body that the service has. A body that the service drops before its end, or after an
/// error, returns.
pub(crate) struct Lent {
    announced: Announced,
    decided: Decided,
    returned: Returned,
}

type Returned = Rc<RefCell<Option<RequestBody>>>;

impl Lent {
    /// Makes the body of a request return. `None` if the middleware never reads it.
    pub(crate) fn to_service(request: &mut ServiceRequest) -> Option<Self> {
        let announced = Announced::by(request)?;
        let decided = Decided::about(request);
        let returned = Returned::default();
        let body = Some(RequestBody::new(request.take_payload()));
        let lent = ReturningBody { body, to: Rc::clone(&returned) };
        request.set_payload(Payload::Stream { payload: Box::pin(lent) });
        Some(Self { announced, decided, returned })
    }

    /// Reads the body, if it has returned and no middleware further in has decided about it.
    pub(crate) async fn read(self, api: &ApiClient) {
        let returned = self.returned.take().filter(|_| self.decided.decide());
        if let Some(body) = returned {
            self.announced.read(api, body).await;
        }
    }
}

/// A body that the middleware reads if it rejects the request.
struct Announced {
    body: AnnouncedBody,
    version: HttpVersion,
}

impl Announced {
    fn by(request: &ServiceRequest) -> Option<Self> {
        let (request, payload) = request.parts();
        if matches!(payload, Payload::None) {
            return None;
        }
        if request.version() >= Version::HTTP_2 {
            let version = HttpVersion::Http2;
            return Some(Self { body: AnnouncedBody::new(version, &Headers(request.headers())), version });
        }
        // The headers of the request decide nothing here: actix-web rejects `Content-Length` beside `Transfer-Encoding`,
        // and it has already answered `Expect: 100-continue`.
        let announced = || AnnouncedBody::new(HttpVersion::Http1, &[("", ""); 0]);
        is_drained(request).then(|| Self { body: announced(), version: HttpVersion::Http1 })
    }

    async fn read(self, api: &ApiClient, mut body: RequestBody) {
        let announced = if body.has_failed() { self.body.failed() } else { self.body };
        let connection = match announced.rejected(api) {
            UnreadBody::Read(reader) => reader.read(|context| body.poll_octets(context)).await,
            UnreadBody::Close | UnreadBody::Leave => Connection::Close,
        };
        if (connection, self.version) == (Connection::Close, HttpVersion::Http1) {
            close_after_answer(body).await;
        }
    }
}

/// Returns true if actix-web discards the rest of the body without a limit when the application drops the body.
fn is_drained(request: &HttpRequest) -> bool {
    request.version() < Version::HTTP_2 && request.headers().contains_key(TRANSFER_ENCODING)
}

/// Makes actix-web close the connection after the answer.
///
/// actix-web does so if something still has the body before and after the answer is sent: it sends `Connection: close`,
/// and reads on for `HttpServer::client_disconnect_timeout` at most. The answer cannot hold the body, because a middleware
/// further out may replace the content of the answer. So a task holds it, and ends with the body or with the connection.
async fn close_after_answer(mut body: RequestBody) {
    // Nothing is left to discard. The requests of actix-web's test module, whose bodies have arrived, end here too. Their
    // tests may have no actix runtime, without which `spawn` panics.
    if body.ends_now().await {
        return;
    }
    if body.has_failed() {
        hold(body);
        return;
    }
    rt::spawn(async move {
        let read = async { while let Some(Ok(_)) = poll_fn(|context| body.poll_octets(context)).await {} };
        _ = rt::time::timeout(LONGEST_TO_ANSWER, read).await;
        if body.has_failed() {
            hold(body);
        }
    });
}

/// Holds a body that has failed. It does not tell anyone about the end of its connection, so it would outlive it: a client
/// without a token could leave any number of them. So a new body replaces the oldest one, if there are too many. Its answer
/// was sent long ago: usually, it is sent before this worker takes the next request. Otherwise actix-web discards the rest
/// of the body without a limit, as it does for each handler that leaves a body unread.
fn hold(body: RequestBody) {
    let task = rt::spawn(async move {
        rt::time::sleep(LONGEST_TO_ANSWER).await;
        drop(body);
    });
    HELD.with_borrow_mut(|held| {
        if held.len() >= MOST_HELD
            && let Some(oldest) = held.pop_front()
        {
            oldest.abort();
        }
        held.push_back(task);
    });
}

thread_local! {
    /// The tasks that hold the bodies of this worker, the oldest first. Some of them may have ended.
    static HELD: RefCell<VecDeque<JoinHandle<()>>> = const { RefCell::new(VecDeque::new()) };
}

/// actix-http tells the task about the end of the connection, but the stream of a middleware further out may hide it, so the
/// task needs a limit. No middleware further out delays an answer for so long.
const LONGEST_TO_ANSWER: Duration = Duration::from_secs(10);
/// The bodies that have failed, for each worker. With each, actix-http keeps at most about 32 KiB: 8 MiB in all.
const MOST_HELD: usize = 256;

/// A body that returns when it is dropped before its end, or after an error.
struct ReturningBody {
    /// `None` after the drop.
    body: Option<RequestBody>,
    to: Returned,
}

impl Stream for ReturningBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.body.as_mut().map_or(Poll::Ready(None), |body| Pin::new(body).poll_next(context))
    }
}

impl Drop for ReturningBody {
    fn drop(&mut self) {
        self.to.replace(self.body.take().filter(|body| !body.is_over()));
    }
}
