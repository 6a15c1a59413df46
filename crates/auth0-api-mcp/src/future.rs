//! The future of a request whose token is valid: the body arrives, the message is judged, the service answers.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use auth0_api_axum::inner_layer::{Answer, announced_over_http, place};
use auth0_api_core::Rejection;
use auth0_api_core::adapter::Admission;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, ALLOW, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, UPGRADE};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::body::McpBody;
use crate::check::{self, Denied};
use crate::headers;
use crate::message::{MessageError, Rejected};
use crate::receiving::{BodyLimits, Receiving};
use crate::shared::Shared;
use crate::text_body::ResponseText;

pin_project! {
    /// The future of [`McpCheckService`](crate::McpCheckService).
    pub struct McpFuture<S, B, R>
    where
        S: Service<Request<McpBody<B>>>,
    {
        shared: Arc<Shared>,
        text: R,
        // `None` when the service has been called, or when the request was rejected.
        waiting: Option<(Parts, Pin<Box<B>>, S)>,
        #[pin]
        state: State<S, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B>
    where
        S: Service<Request<McpBody<B>>>,
    {
        Arriving { receiving: Receiving, is_message: bool },
        Serving { #[pin] response: S::Future },
        Answering { answer: Answer<S::Response> },
    }
}

impl<S, B, R, ResBody> McpFuture<S, B, R>
where
    S: Service<Request<McpBody<B>>, Response = Response<ResBody>>,
    B: Body<Data = Bytes> + Send + 'static,
    R: ResponseText<ResBody>,
{
    pub(crate) fn new(request: Request<B>, mut service: S, shared: Arc<Shared>, text: R) -> Self {
        let (parts, body) = request.into_parts();
        let responder = Responder { shared: &shared, text: &text, parts: &parts };
        let (state, waiting) = match begins(&shared, &parts) {
            Err(denied) => (State::Answering { answer: responder.reject_unread(&denied, body) }, None),
            Ok(Begun::WithMessage) => {
                let receiving = Receiving::default();
                (State::Arriving { receiving, is_message: true }, Some((parts, Box::pin(body), service)))
            }
            Ok(Begun::WithoutMessage) if !body.is_end_stream() => {
                let receiving = Receiving::default();
                (State::Arriving { receiving, is_message: false }, Some((parts, Box::pin(body), service)))
            }
            Ok(Begun::WithoutMessage) => {
                let response = service.call(Request::from_parts(parts, McpBody::passed(body)));
                (State::Serving { response }, None)
            }
        };
        Self { shared, text, waiting, state }
    }
}

impl<S, B, R, ResBody> Future for McpFuture<S, B, R>
where
    S: Service<Request<McpBody<B>>, Response = Response<ResBody>>,
    B: Body<Data = Bytes> + Send + 'static,
    R: ResponseText<ResBody>,
{
    type Output = Result<Response<ResBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // `Arriving` ends with a call of the service in `Serving`, or with a rejection in `Answering`. The loop polls the
        // next state at once, because only that poll registers the waker with it.
        loop {
            match this.state.as_mut().project() {
                StateProjection::Arriving { receiving, is_message } => {
                    // Always `Some`: it is taken only here, and the state changes below before the next poll.
                    let Some((_, body, _)) = this.waiting.as_mut() else { return Poll::Pending };
                    let received = ready!(receiving.poll(body.as_mut(), limits(this.shared, *is_message), context));
                    let (octets, trailers) = receiving.take();
                    let Some((mut parts, body, mut service)) = this.waiting.take() else { return Poll::Pending };
                    let responder = Responder { shared: this.shared, text: this.text, parts: &parts };
                    if let Err(error) = received {
                        let error = if *is_message { error } else { without_message(error) };
                        let answer = responder.reject_unread(&Denied::message(error), body);
                        this.state.set(State::Answering { answer });
                        continue;
                    }
                    let judged = if *is_message { judge(this.shared, &parts, &octets) } else { Ok(None) };
                    match judged {
                        Ok(call) => {
                            if let Some(call) = call {
                                parts.extensions.insert(call);
                            }
                            let body = McpBody::received(octets, trailers);
                            let response = service.call(Request::from_parts(parts, body));
                            this.state.set(State::Serving { response });
                        }
                        Err(denied) => {
                            let answer = Answer::at_once(responder.reject(&denied));
                            this.state.set(State::Answering { answer });
                        }
                    }
                }
                StateProjection::Serving { response } => return response.poll(context),
                StateProjection::Answering { answer } => return answer.poll(context).map(Ok),
            }
        }
    }
}

/// A request that is not rejected by its head.
enum Begun {
    WithMessage,
    WithoutMessage,
}

/// Decides by the head of a request, and about the base for a request without a message.
fn begins(shared: &Shared, parts: &Parts) -> Result<Begun, Denied<'static>> {
    // Whatever the client sends after an upgrade has no requests that the layer could judge.
    if parts.headers.contains_key(UPGRADE) {
        return Err(Denied::message(MessageError::Upgrade));
    }
    match parts.method {
        Method::POST => {
            headers::check_content(&parts.headers).map_err(Denied::message)?;
            let length = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
            let is_too_long = length.is_some_and(|length| length > shared.limits.octets as u64);
            if is_too_long { Err(Denied::message(MessageError::BodyTooLong)) } else { Ok(Begun::WithMessage) }
        }
        // The stream of server messages, and the end of a session, before 2026-07-28.
        Method::GET | Method::DELETE | Method::HEAD | Method::OPTIONS => {
            let place = place(&parts.method, &parts.uri, &parts.extensions);
            let admission = Admission::of(parts.extensions.get(), place).map_err(Denied::Token)?;
            admission.demand_that_meets(shared.rules.base()).map_err(Denied::Token)?;
            Ok(Begun::WithoutMessage)
        }
        _ => Err(Denied::message(MessageError::HttpMethod)),
    }
}

/// A request without a message has no body. A server that reads a message from such a body would read one that nobody has
/// judged. But a body that is not known to be empty may be.
fn limits(shared: &Shared, is_message: bool) -> BodyLimits {
    if is_message { shared.limits } else { BodyLimits { octets: 0, ..shared.limits } }
}

fn without_message(error: MessageError) -> MessageError {
    if error == MessageError::BodyTooLong { MessageError::BodyUnexpected } else { error }
}

fn judge<'m>(shared: &Shared, parts: &Parts, octets: &'m [u8]) -> Result<Option<crate::McpCall>, Denied<'m>> {
    let place = place(&parts.method, &parts.uri, &parts.extensions);
    check::check(shared, &parts.headers, octets, parts.extensions.get(), place)
}

/// Makes the responses to rejected requests.
struct Responder<'r, R> {
    shared: &'r Shared,
    text: &'r R,
    parts: &'r Parts,
}

impl<R> Responder<'_, R> {
    /// Rejects a request whose body has not arrived completely.
    fn reject_unread<Q, B>(&self, denied: &Denied<'_>, body: Q) -> Answer<Response<B>>
    where
        Q: Body + Send + 'static,
        R: ResponseText<B>,
    {
        let mut response = self.reject(denied);
        let is_over = matches!(
            denied,
            Denied::Message(Rejected { error: MessageError::BodyIncomplete | MessageError::BodyTimeout, .. })
        );
        if !is_over {
            return Answer::new(&self.shared.api, announced_over_http(self.parts), body, response);
        }
        // The client had its time, so that what it still sends is not waited for. And a body that has failed is not polled
        // again.
        if self.parts.version < Version::HTTP_2 {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Answer::at_once(response)
    }

    fn reject<B>(&self, denied: &Denied<'_>) -> Response<B>
    where
        R: ResponseText<B>,
    {
        match denied {
            Denied::Message(rejected) => self.reject_message(rejected),
            Denied::Token(rejection) => self.reject_token(rejection),
        }
    }

    fn reject_token<B>(&self, rejection: &Rejection) -> Response<B>
    where
        R: ResponseText<B>,
    {
        let (content_type, body) = self.text.rejection_body(rejection, self.parts);
        rejection.to_response(content_type, body)
    }

    fn reject_message<B>(&self, rejected: &Rejected<'_>) -> Response<B>
    where
        R: ResponseText<B>,
    {
        let error = &rejected.error;
        let (label, status) = (error.label(), error.status());
        tracing::debug!(
            name: "mcp_message_rejected", target: "auth0_api", event = "mcp_message_rejected",
            error.type = label, http.response.status_code = status, reason = %error
        );
        let text = check::error_text(rejected, &self.parts.headers, &self.shared.revisions);
        let mut response = Response::new(self.text.body_of(text));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match error {
            MessageError::HttpMethod => _ = headers.insert(ALLOW, HeaderValue::from_static(METHODS)),
            // RFC 9110 §12.5.3: tells the client what the server takes.
            MessageError::ContentEncoding => {
                headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            }
            _ => {}
        }
        response.extensions_mut().insert(error.clone());
        response
    }
}

impl<S: Service<Request<McpBody<B>>>, B, R> fmt::Debug for McpFuture<S, B, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpFuture").finish_non_exhaustive()
    }
}

/// The HTTP methods that [`begins`] lets through.
const METHODS: &str = "GET, HEAD, POST, DELETE, OPTIONS";
