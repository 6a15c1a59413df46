//! The futures of the layers, as named types: the service's own future needs no box.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth0_api_core::adapter::{Admission, Gate, ReturnedError, mark_sensitive};
use auth0_api_core::{Rejection, VerifiedToken};
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::answer::{Answer, announced, is_undecided};
use crate::lent::Lent;
use crate::rejection::{RejectionBody, Seen, SharedStyle, Style};
use crate::request::token_request;
use crate::settings::Settings;

/// A verification that has to wait. It is boxed, because the future of an `async fn` has no name that could be written
/// here.
type Verification = Pin<Box<dyn Future<Output = Verified> + Send>>;

/// A request without its body, and the gate that verifies it.
struct Arrived {
    gate: Gate,
    parts: Parts,
}

/// What the gate decided about a request.
struct Verified {
    arrived: Arrived,
    outcome: Result<Admission, Rejection>,
}

pin_project! {
    /// The future of [`AuthService`](crate::AuthService).
    pub struct AuthFuture<S, B, R>
    where
        S: Service<Request<B>>,
    {
        style: Style<R>,
        #[pin]
        state: State<S, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B>
    where
        S: Service<Request<B>>,
    {
        // The options of the first two are `Some` until the state changes, and no poll comes in between.
        Received { received: Option<(Arrived, S, B)> },
        Verifying { verification: Verification, waiting: Option<(S, B)> },
        Serving { #[pin] response: S::Future, admission: Admission, seen: Seen, lent: Option<Lent> },
        Answering { answer: Answer<S::Response> },
    }
}

impl<S: Service<Request<B>>, B, R> AuthFuture<S, B, R> {
    pub(crate) fn new(request: Request<B>, service: S, settings: Settings<R>) -> Self {
        let (mut parts, body) = request.into_parts();
        mark_sensitive(&mut parts.headers);
        let Settings { gate, style } = settings;
        Self { style, state: State::Received { received: Some((Arrived { gate, parts }, service, body)) } }
    }
}

impl Arrived {
    /// Verifies the request now, if nothing has to be awaited.
    fn verify_at_once(&self) -> Option<Result<Admission, Rejection>> {
        self.gate.admit_at_once(&token_request(&self.parts), self.parts.extensions.get())
    }

    async fn verify(self) -> Verified {
        let outcome = self.gate.admit(&token_request(&self.parts), self.parts.extensions.get()).await;
        Verified { arrived: self, outcome }
    }
}

impl<S, B, R, ResBody> Future for AuthFuture<S, B, R>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
    B: Body + Send + 'static,
    R: RejectionBody<ResBody>,
    ResBody: Default + 'static,
{
    type Output = Result<Response<ResBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // Each state ends with a response or with the next state:
        // - `Received` with `Verifying`, if the verification has to wait, or as `Verifying` does;
        // - `Verifying` with a rejection in `Answering`, or with a call of the service in `Serving`;
        // - `Serving` with the service's response, or with a rejection in `Answering`.
        // The loop polls the future of the next state at once, because only that poll registers the waker with it.
        loop {
            match this.state.as_mut().project() {
                StateProjection::Received { received } => {
                    let Some((arrived, service, body)) = received.take() else { return Poll::Pending };
                    let next = match arrived.verify_at_once() {
                        Some(outcome) => after(Verified { arrived, outcome }, service, body, this.style),
                        None => State::Verifying {
                            verification: Box::pin(arrived.verify()),
                            waiting: Some((service, body)),
                        },
                    };
                    this.state.set(next);
                }
                StateProjection::Verifying { verification, waiting } => {
                    let verified = ready!(verification.as_mut().poll(context));
                    let Some((service, body)) = waiting.take() else { return Poll::Pending };
                    this.state.set(after(verified, service, body, this.style));
                }
                StateProjection::Serving { response, admission, seen, lent } => {
                    let mut response = ready!(response.poll(context))?;
                    let returned = response.extensions_mut().remove::<ReturnedError>();
                    let status = response.status().as_u16();
                    if let Some(rejection) = returned.and_then(|error| admission.reject_returned(&error, status)) {
                        let rejected = this.style.reject_seen(&rejection, seen);
                        response = with_headers_of(&response, rejected, &rejection);
                    }
                    admission.set_response_headers(response.headers_mut());
                    let lent = lent.take().filter(|_| is_undecided(&response));
                    let Some(lent) = lent else { return Poll::Ready(Ok(response)) };
                    let answer = lent.reject(admission.api(), response);
                    this.state.set(State::Answering { answer });
                }
                StateProjection::Answering { answer } => return answer.poll(context).map(Ok),
            }
        }
    }
}

/// Passes a verified request to the service, or rejects it.
fn after<S, B, R, ResBody>(verified: Verified, mut service: S, mut body: B, style: &Style<R>) -> State<S, B>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
    B: Body + Send + 'static,
    R: RejectionBody<ResBody>,
    ResBody: Default + 'static,
{
    let Verified { arrived: Arrived { gate, parts }, outcome } = verified;
    let admission = match outcome {
        Ok(admission) => admission,
        Err(rejection) => {
            let announced = announced(&parts, style.protocol(&parts));
            let answer = Answer::new(gate.api(), announced, body, style.reject(&rejection, &parts));
            return State::Answering { answer };
        }
    };
    let seen = style.see(&parts);
    let lent = Lent::to_service(&parts, seen.protocol(), &mut body);
    let mut request = admitted_request(parts, body, &admission);
    SharedStyle::<ResBody>::store(style, request.extensions_mut());
    State::Serving { response: service.call(request), admission, seen, lent }
}

/// Stores the admission for the extractors of this crate, and the token for other code.
fn admitted_request<B>(mut parts: Parts, body: B, admission: &Admission) -> Request<B> {
    match admission.token() {
        Some(token) => parts.extensions.insert(token.clone()),
        // An outer layer may have stored the token of another client.
        None => parts.extensions.remove::<VerifiedToken>(),
    };
    parts.extensions.insert(admission.clone());
    Request::from_parts(parts, body)
}

/// Keeps the headers that layers between this one and the handler have set, such as those of CORS.
fn with_headers_of<B>(replaced: &Response<B>, mut rejected: Response<B>, rejection: &Rejection) -> Response<B> {
    for (name, value) in replaced.headers().iter().filter(|(name, _)| rejection.keeps_replaced_header(name.as_str())) {
        rejected.headers_mut().append(name, value.clone());
    }
    rejected
}

pin_project! {
    /// The future of a layer that answers a request itself or passes it on, such as
    /// [`RequireService`](crate::RequireService) and [`MetadataService`](crate::MetadataService).
    pub struct ResponseFuture<F, B> {
        #[pin]
        inner: Inner<F, B>,
    }
}

pin_project! {
    #[project = InnerProjection]
    enum Inner<F, B> {
        Answered { answer: Answer<Response<B>> },
        PassedOn { #[pin] response: F },
    }
}

impl<F, B> ResponseFuture<F, B> {
    pub(crate) fn answered(answer: Answer<Response<B>>) -> Self {
        Self { inner: Inner::Answered { answer } }
    }

    pub(crate) fn passed_on(response: F) -> Self {
        Self { inner: Inner::PassedOn { response } }
    }
}

impl<F, B, E> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().inner.project() {
            InnerProjection::Answered { answer } => answer.poll(context).map(Ok),
            InnerProjection::PassedOn { response } => response.poll(context),
        }
    }
}
