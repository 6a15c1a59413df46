//! The futures of the layers. Their types have names, so that the future of the service needs no box.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth0_api_core::{Error, VerifiedToken};
use http::header::CACHE_CONTROL;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::grpc::Protocol;
use crate::layer::{Authentication, Gate};
use crate::rejection::{Hook, RejectionBody, reject};
use crate::request::{Headers, mark_sensitive, token_request};

/// The verification is boxed, because the type of the future of an `async` block has no name.
type Verification = Pin<Box<dyn Future<Output = (Parts, Result<VerifiedToken, Error>)> + Send>>;

pin_project! {
    /// The future of [`AuthService`](crate::AuthService).
    pub struct AuthFuture<S, B, R>
    where
        S: Service<Request<B>>,
    {
        gate: Gate<R>,
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
        Verifying { verification: Verification, waiting: Option<(S, B)> },
        Serving { #[pin] response: S::Future, next_nonce: Option<HeaderValue> },
    }
}

impl<S: Service<Request<B>>, B, R> AuthFuture<S, B, R> {
    pub(crate) fn new(request: Request<B>, service: S, gate: Gate<R>) -> Self {
        let (mut parts, body) = request.into_parts();
        mark_sensitive(&mut parts.headers);
        let state = State::Verifying { verification: verify(parts, &gate), waiting: Some((service, body)) };
        Self { gate, state }
    }
}

fn verify<R>(parts: Parts, gate: &Gate<R>) -> Verification {
    let api = gate.api.clone();
    Box::pin(async move {
        // An outer layer of the same client may have verified this request already. This layer then uses the same
        // token. A second verification of a DPoP request would find the proof in the replay store and reject the
        // request.
        let known = parts.extensions.get::<Authentication>().filter(|known| known.api.is_same_client(&api));
        let outcome = match known.and_then(|known| known.token.clone()) {
            Some(token) => Ok(token),
            None => api.verify_request(&token_request(&parts, &Headers(&parts.headers))).await,
        };
        (parts, outcome)
    })
}

impl<S, B, R, ResBody> Future for AuthFuture<S, B, R>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
    R: RejectionBody<ResBody>,
    ResBody: Default + 'static,
{
    type Output = Result<Response<ResBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // The state `Verifying` ends with a rejection, or with a call of the service and the state `Serving`. After the
        // call, the loop polls the service's future at once, because only this poll registers the waker with that
        // future.
        loop {
            match this.state.as_mut().project() {
                StateProjection::Verifying { verification, waiting } => {
                    let (parts, outcome) = ready!(verification.as_mut().poll(context));
                    let token = match admit(outcome, this.gate) {
                        Ok(token) => token,
                        Err(error) => {
                            let rejection = this.gate.api.reject(&error);
                            return Poll::Ready(Ok(reject(&rejection, Protocol::of_parts(&parts), &this.gate.body)));
                        }
                    };
                    // Always `Some`: only this line takes the value, and the state changes below before the next poll.
                    let Some((mut service, body)) = waiting.take() else { return Poll::Pending };
                    let next_nonce = token.as_ref().and_then(next_nonce);
                    let mut request = admitted_request(parts, body, token, this.gate);
                    Hook::<ResBody>::store(&this.gate.body, request.extensions_mut());
                    let response = service.call(request);
                    this.state.set(State::Serving { response, next_nonce });
                }
                StateProjection::Serving { response, next_nonce } => {
                    let mut response = ready!(response.poll(context))?;
                    if let Some(nonce) = next_nonce.take() {
                        add_nonce(nonce, response.headers_mut());
                    }
                    return Poll::Ready(Ok(response));
                }
            }
        }
    }
}

/// Decides whether the layer calls the service. The result is the verified token, or `None` if the layer is optional
/// and the request has no credentials.
fn admit<R>(outcome: Result<VerifiedToken, Error>, gate: &Gate<R>) -> Result<Option<VerifiedToken>, Error> {
    match outcome {
        Ok(token) => Ok(Some(token)),
        Err(error) if gate.optional && error.is_missing_credentials() => Ok(None),
        Err(error) => Err(error),
    }
}

fn admitted_request<B, R>(mut parts: Parts, body: B, token: Option<VerifiedToken>, gate: &Gate<R>) -> Request<B> {
    if let Some(token) = token.clone() {
        parts.extensions.insert(token);
    }
    parts.extensions.insert(Authentication { api: gate.api.clone(), token });
    Request::from_parts(parts, body)
}

/// RFC 9449 §8.2: a response with a nonce should not be cached. This function replaces the `Cache-Control` of the
/// service.
fn add_nonce(nonce: HeaderValue, headers: &mut HeaderMap) {
    headers.insert("dpop-nonce", nonce);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

fn next_nonce(token: &VerifiedToken) -> Option<HeaderValue> {
    token.next_nonce().and_then(|nonce| HeaderValue::from_str(nonce).ok())
}

pin_project! {
    /// The future of [`RequireService`](crate::RequireService).
    #[project = RequireProjection]
    pub enum RequireFuture<F, B> {
        /// The layer has rejected the request.
        #[doc(hidden)]
        Rejected { response: Option<Response<B>> },
        /// The service behind the layer handles the request.
        #[doc(hidden)]
        Serving { #[pin] response: F },
    }
}

impl<F, B, E> Future for RequireFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            RequireProjection::Rejected { response } => {
                response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
            }
            RequireProjection::Serving { response } => response.poll(context),
        }
    }
}
