//! The attempts of one request: which headers each attempt has, and when another attempt follows.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::exchange::ProofKey;
use auth0_api_core::http::{HttpConnection, HttpError};
use auth0_api_core::{Clock, Scheme};
use http::header::{AUTHORIZATION, HOST, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::caller::FetchCaller;
use crate::error::FetchError;
use crate::fence::{Fence, Target};
use crate::nonces::Nonces;
use crate::renewals::{Mark, Renewals};
use crate::report::{self, Repeat};
use crate::source::Source;
use crate::token::{FetchToken, scheme_name};
use crate::verdict::Verdict;

/// What a fetcher and a layer share. It keeps nothing of a caller but hashes, for the pauses between renewals.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) fence: Fence,
    pub(crate) source: Source,
    pub(crate) proof_key: Option<ProofKey>,
    pub(crate) nonces: Nonces,
    pub(crate) renewals: Renewals,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) attempt_limit: Duration,
    pub(crate) whole_limit: Duration,
}

/// Sends one attempt.
pub(crate) trait Transport<B> {
    type Body;

    fn send(
        &mut self,
        request: Request<B>,
        connection: HttpConnection,
    ) -> impl Future<Output = Result<Response<Self::Body>, HttpError>> + Send;
}

/// A request, before its token is known.
#[derive(Debug)]
pub(crate) struct Order<B> {
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) headers: HeaderMap,
    pub(crate) body: B,
    /// Whether every status is returned as a response.
    pub(crate) any_status: bool,
    /// Whether the server may process the request twice.
    pub(crate) repeatable: bool,
    pub(crate) deadline: Instant,
    /// The time until the deadline when the request was sent, for the error.
    pub(crate) limit: Duration,
}

/// The repetitions that are used up. Each happens once for a request, so there are four attempts at most.
#[derive(Debug, Default)]
struct UsedUp {
    connection: bool,
    nonce: bool,
    token: bool,
}

/// What the attempts of one request know.
struct State<'c> {
    caller: &'c FetchCaller,
    /// From before the first token was obtained.
    mark: Mark,
    token: FetchToken,
    /// The nonce that the last response demands.
    nonce: Option<Arc<str>>,
    origin: usize,
    repeatable: bool,
    used_up: UsedUp,
}

/// What follows an attempt.
enum Next {
    Again(Repeat),
    End,
}

impl Engine {
    /// Sends a request, until there is a response or no further attempt is allowed. `copy` returns a copy of the body, if the
    /// body has any.
    pub(crate) async fn run<B, T: Transport<B>>(
        &self,
        caller: &FetchCaller,
        order: Order<B>,
        copy: impl Fn(&B) -> Option<B>,
        transport: &mut T,
    ) -> Result<Response<T::Body>, FetchError> {
        let (origin, deadline, limit) = (order.target.origin, order.deadline, order.limit);
        let attempts = timeout_at(deadline, self.attempts(caller, order, copy, transport)).await;
        let outcome = attempts.unwrap_or(Err(FetchError::Timeout { limit }));
        let origin = self.fence.origins().get(origin);
        report::ended(origin, outcome.as_ref().map(|response| response.status().as_u16()));
        outcome
    }

    async fn attempts<B, T: Transport<B>>(
        &self,
        caller: &FetchCaller,
        order: Order<B>,
        copy: impl Fn(&B) -> Option<B>,
        transport: &mut T,
    ) -> Result<Response<T::Body>, FetchError> {
        let Order { method, target: Target { url, origin }, headers, mut body, any_status, repeatable, .. } = order;
        let mark = self.renewals.mark();
        let token = self.source.token(caller).await?;
        let mut state = State { caller, mark, token, nonce: None, origin, repeatable, used_up: UsedUp::default() };
        loop {
            let spare = copy(&body);
            let mut request = Request::new(body);
            *request.method_mut() = method.clone();
            *request.uri_mut() = url.clone();
            *request.headers_mut() = headers.clone();
            let scheme = state.token.scheme()?;
            let nonce = state.nonce.take().or_else(|| self.nonces.of(origin));
            self.authorize(&mut request, scheme, &state.token, nonce.as_deref())?;
            let sent = timeout(self.attempt_limit, transport.send(request, state.used_up.connection())).await;
            let sent = sent.unwrap_or(Err(HttpError::Timeout));
            let head = sent.as_ref().map(|response| (response.status(), response.headers()));
            let next = self.next(head, scheme, spare.is_some(), &mut state).await?;
            let (Next::Again(repeat), Some(spare)) = (next, spare) else {
                let response = sent?;
                return if any_status { Ok(response) } else { self.judged(response, scheme, &state.token) };
            };
            body = spare;
            state.used_up.add(repeat);
            if let Some(origin) = self.fence.origins().get(origin) {
                report::repeated(origin, repeat);
            }
        }
    }

    /// Keeps the nonce of a response, and decides whether another attempt follows.
    async fn next(
        &self,
        head: Result<(StatusCode, &HeaderMap), &HttpError>,
        scheme: Scheme,
        has_copy: bool,
        state: &mut State<'_>,
    ) -> Result<Next, FetchError> {
        let (status, headers) = match head {
            Ok(head) => head,
            Err(HttpError::Disconnected(_)) if state.repeatable && !state.used_up.connection => {
                return Ok(Next::Again(Repeat::Connection));
            }
            Err(_) => return Ok(Next::End),
        };
        let fresh = self.nonces.keep(state.origin, headers);
        match Verdict::of(status, headers, scheme) {
            Verdict::UseNonce if fresh.is_some() && !state.used_up.nonce => {
                state.nonce = fresh;
                Ok(Next::Again(Repeat::Nonce))
            }
            Verdict::InvalidToken if !state.used_up.token => {
                let renewed = self.renewed(state, state.repeatable && has_copy).await?;
                let Some(renewed) = renewed else { return Ok(Next::End) };
                state.token = renewed;
                Ok(Next::Again(Repeat::Token))
            }
            // The user may connect the account again, and grant more: the next request must not get the old token.
            Verdict::Denied { .. } if self.source.user_can_grant_more() => {
                self.dropped(state);
                Ok(Next::End)
            }
            _ => Ok(Next::End),
        }
    }

    /// Adds the token, and for a bound token the proof of this attempt. The code that made the request cannot set these
    /// headers, and cannot send the token to another host with `Host`.
    fn authorize<B>(
        &self,
        request: &mut Request<B>,
        scheme: Scheme,
        token: &FetchToken,
        nonce: Option<&str>,
    ) -> Result<(), FetchError> {
        request.headers_mut().remove(HOST);
        request.headers_mut().remove(DPOP);
        if scheme == Scheme::Dpop {
            let key = self.proof_key.as_ref().ok_or(FetchError::ProofKey)?;
            if token.bound_to().is_some_and(|bound_to| bound_to != key.thumbprint()) {
                return Err(FetchError::ProofKey);
            }
            let url = request.uri().to_string();
            let proof = key.proof(request.method().as_str(), &url).access_token(token.issued()).nonce(nonce);
            let mut proof = header_value(proof.sign(self.clock.now())?)?;
            proof.set_sensitive(true);
            request.headers_mut().insert(DPOP, proof);
        }
        let text = token.issued().expose();
        let mut authorization = String::with_capacity("Bearer ".len() + text.len());
        authorization.push_str(scheme_name(scheme));
        authorization.push(' ');
        authorization.push_str(text);
        let mut authorization = header_value(authorization)?;
        authorization.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, authorization);
        Ok(())
    }

    /// Drops a rejected token, unless this caller's token was dropped recently. Returns whether another one may be requested.
    fn dropped(&self, state: &State<'_>) -> bool {
        let State { caller, mark, token, .. } = state;
        let key = self.source.key(caller);
        self.renewals.permit(key, *mark, self.clock.now()) && self.source.invalidate(token)
    }

    /// Drops a rejected token, and returns another one for the repetition, if both are allowed.
    async fn renewed(&self, state: &State<'_>, repeats: bool) -> Result<Option<FetchToken>, FetchError> {
        let State { caller, token: rejected, .. } = state;
        if !self.dropped(state) || !repeats {
            return Ok(None);
        }
        let token = self.source.token(caller).await?;
        Ok((token.issued().expose() != rejected.issued().expose()).then_some(token))
    }

    /// Turns a response that says something about the token into an error.
    fn judged<R>(&self, response: Response<R>, scheme: Scheme, token: &FetchToken) -> Result<Response<R>, FetchError> {
        let audience = || self.source.audience(token).map(Into::into);
        match Verdict::of(response.status(), response.headers(), scheme) {
            Verdict::Accepted => Ok(response),
            Verdict::Denied { scope, .. } if self.source.is_of_application() => {
                Err(FetchError::ApplicationDenied { audience: audience(), scope })
            }
            Verdict::Denied { scope, step_up } => Err(FetchError::Denied { audience: audience(), scope, step_up }),
            Verdict::InvalidToken | Verdict::Rejected | Verdict::UseNonce => {
                Err(FetchError::TokenRejected { audience: audience() })
            }
        }
    }
}

impl UsedUp {
    fn connection(&self) -> HttpConnection {
        if self.connection { HttpConnection::New } else { HttpConnection::Any }
    }

    fn add(&mut self, repeat: Repeat) {
        match repeat {
            Repeat::Connection => self.connection = true,
            Repeat::Nonce => self.nonce = true,
            Repeat::Token => self.token = true,
        }
    }
}

/// The end of a time limit that begins now, by tokio's timer.
pub(crate) fn deadline_in(limit: Duration) -> Instant {
    sleep(limit).deadline()
}

/// RFC 9110 §9.2.2: the server may process such a request twice.
pub(crate) fn is_idempotent(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE | Method::TRACE)
}

fn header_value(text: String) -> Result<HeaderValue, FetchError> {
    HeaderValue::try_from(text).map_err(|error| FetchError::Header(error.into()))
}

const DPOP: HeaderName = HeaderName::from_static("dpop");
