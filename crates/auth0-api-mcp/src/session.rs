//! Sessions that only the principal who opened them can continue.
//!
//! Revisions before 2026-07-28 have sessions. The id of a session identifies the conversation of a request; it is not a
//! credential, and servers accept it from every caller. If an id leaks, another caller with a valid token could continue the
//! conversation. So the id that a client receives has a tag: a MAC over the id and the principal. Nothing is stored, and
//! servers that share the key accept each other's ids.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth0_api_core::VerifiedToken;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::SharedKey;

/// Binds the sessions of an MCP server to the principals that opened them: the issuer, the user, the client and
/// the organization. Another principal, an id that this server did not tag, and a `Last-Event-ID` without a session get 404.
/// An MCP client then opens a new session.
///
/// Only sessions of Streamable HTTP are bound. The transport of 2024-11-05 (HTTP+SSE) has the session id in its URL: a server
/// with this transport must bind its sessions itself. `rmcp` does not have it.
///
/// Configure no event store of `rmcp`: it repeats events to every caller who names one in `Last-Event-ID`, and does not
/// compare the session.
///
/// Put it inside of the layer that verifies requests. The server behind sees its own ids, without tags.
///
/// ```
/// use auth0_api_axum::AuthLayer;
/// use auth0_api_mcp::SharedKey;
/// use auth0_api_mcp::session::Sessions;
/// use tower::ServiceBuilder;
/// # use auth0_api_core::ApiClient;
/// # let api = ApiClient::builder("tenant.eu.auth0.com", "https://mcp.example.com/mcp").build()?;
///
/// let key = SharedKey::new("y5mgl7SuYrJk4HPSwXrKnlcMVbCPFXgsbfWbWxLfcZk=")?;
/// let stack = ServiceBuilder::new().layer(AuthLayer::new(api)).layer(Sessions::new(&key));
/// # _ = stack;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sessions {
    key: SharedKey,
}

/// The service of [`Sessions`].
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    inner: S,
    key: SharedKey,
}

pin_project! {
    /// The future of a [`SessionService`].
    #[derive(Debug)]
    #[project = Projected]
    pub struct SessionFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = ProjectedState]
    enum State<F> {
        Rejected { status: StatusCode },
        Passed { #[pin] inner: F, key: SharedKey, principal: VerifiedToken },
    }
}

impl Sessions {
    /// Makes the layer. Replicas that continue each other's sessions need the same key.
    pub fn new(key: &SharedKey) -> Self {
        Self { key: key.clone() }
    }
}

impl<S> Layer<S> for Sessions {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SessionService { inner, key: self.key.clone() }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for SessionService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Default,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = SessionFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let Some(principal) = request.extensions().get::<VerifiedToken>().cloned() else {
            let hint = "put Sessions inside of the layer that verifies requests";
            tracing::error!(
                name: "layer_missing", target: "auth0_api", event = "layer_missing",
                url.path = request.uri().path(), hint
            );
            return SessionFuture::rejected(StatusCode::INTERNAL_SERVER_ERROR);
        };
        // The events of a stream belong to a session, so no caller may continue them without one.
        let is_lost = request.headers().contains_key(LAST_EVENT_ID) && !request.headers().contains_key(SESSION_ID);
        if is_lost || untag(request.headers_mut(), &self.key, &principal).is_none() {
            return SessionFuture::rejected(StatusCode::NOT_FOUND);
        }
        SessionFuture { state: State::Passed { inner: self.inner.call(request), key: self.key.clone(), principal } }
    }
}

impl<F> SessionFuture<F> {
    fn rejected(status: StatusCode) -> Self {
        Self { state: State::Rejected { status } }
    }
}

impl<F, B, E> Future for SessionFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Default,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            ProjectedState::Rejected { status } => {
                let mut response = Response::new(B::default());
                *response.status_mut() = *status;
                Poll::Ready(Ok(response))
            }
            ProjectedState::Passed { inner, key, principal } => {
                let mut response = ready!(inner.poll(context))?;
                tag(response.headers_mut(), key, principal);
                Poll::Ready(Ok(response))
            }
        }
    }
}

/// Removes the tag of the request's id. Returns `None` if the id is not that of a session of this principal.
fn untag(headers: &mut HeaderMap, key: &SharedKey, principal: &VerifiedToken) -> Option<()> {
    let mut ids = headers.get_all(SESSION_ID).into_iter();
    let Some(tagged) = ids.next() else { return Some(()) };
    if ids.next().is_some() {
        return None;
    }
    // A principal without a name is everybody.
    principal.subject().or(principal.client_id())?;
    let (id, tag) = tagged.to_str().ok()?.rsplit_once('.')?;
    if !key.has_tagged(&parts(id, principal), tag) {
        return None;
    }
    let id = HeaderValue::from_str(id).ok()?;
    headers.insert(SESSION_ID, id);
    Some(())
}

fn tag(headers: &mut HeaderMap, key: &SharedKey, principal: &VerifiedToken) {
    let Some(id) = headers.remove(SESSION_ID) else { return };
    let tagged = id.to_str().map(|id| format!("{id}.{}", key.tag(&parts(id, principal))));
    if let Some(tagged) = tagged.ok().and_then(|tagged| HeaderValue::try_from(tagged).ok()) {
        headers.insert(SESSION_ID, tagged);
    }
}

fn parts<'p>(id: &'p str, principal: &'p VerifiedToken) -> [&'p str; 6] {
    let organization = principal.organization().map(|organization| organization.id);
    let [subject, client, organization] =
        [principal.subject(), principal.client_id(), organization].map(Option::unwrap_or_default);
    ["session", id, principal.issuer(), subject, client, organization]
}

const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
