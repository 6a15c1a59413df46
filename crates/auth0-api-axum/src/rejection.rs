//! Rejections as HTTP and gRPC responses.

use std::any::TypeId;
use std::sync::Arc;

use auth0_api_core::Rejection;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Extensions, HeaderValue, Request, Response};

use crate::grpc::{Protocol, grpc_metadata};

/// Builds the body of a rejection, and names the content type of the body. An implementation cannot change the status,
/// the challenges or other headers. Rejections of gRPC calls have no body.
///
/// Every closure that turns a [`Rejection`] and the rejected request into a content type and a body implements this
/// trait. Use such a closure for a service whose response body cannot be made from a `String`.
///
/// ```
/// use auth0_api_axum::{ApiClient, AuthLayer, BuildError, Rejection};
/// use axum::{body::Body, http::request::Parts};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?;
/// let layer =
///     AuthLayer::new(api).rejection_body(|rejection: &Rejection, request: &Parts| {
///         let (title, path) = (rejection.label(), request.uri.path());
///         // The caller chooses the path: `json!` escapes it.
///         let body = serde_json::json!({ "title": title, "instance": path });
///         ("application/problem+json", Body::from(body.to_string()))
///     });
/// # _ = layer;
/// # Ok::<(), BuildError>(())
/// ```
///
/// The request is the one that the layer received. So that a hook can see it after the service has answered, a layer
/// with a hook clones the parts of each request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot build the body `{B}` of a rejection",
    note = "if a layer inside of `AuthLayer`, such as compression, changes the type of the response body, add `MapResponseBodyLayer::new(axum::body::Body::new)` of tower-http between the two; with `Router::layer`, axum does that",
    note = "if the response body of the service is not `From<String>`, use `AuthLayer::grpc`, or pass a closure to `rejection_body`: `|rejection: &Rejection, request: &Parts| (\"application/json\", …)`"
)]
pub trait RejectionBody<B>: Clone + Send + Sync + 'static {
    /// Returns the content type and the body.
    fn rejection_body(&self, rejection: &Rejection, request: &Parts) -> (&'static str, B);
}

impl<B, F: Fn(&Rejection, &Parts) -> (&'static str, B) + Clone + Send + Sync + 'static> RejectionBody<B> for F {
    fn rejection_body(&self, rejection: &Rejection, request: &Parts) -> (&'static str, B) {
        self(rejection, request)
    }
}

/// The default body: [`Rejection::body`].
#[derive(Clone, Copy, Debug)]
pub struct JsonBody;

impl<B: From<String>> RejectionBody<B> for JsonBody {
    fn rejection_body(&self, rejection: &Rejection, _: &Parts) -> (&'static str, B) {
        ("application/json", rejection.body().into())
    }
}

/// An empty body, for services whose response body cannot be made from a `String`, such as gRPC services.
#[derive(Clone, Copy, Debug)]
pub struct EmptyBody;

impl<B: Default> RejectionBody<B> for EmptyBody {
    fn rejection_body(&self, _: &Rejection, _: &Parts) -> (&'static str, B) {
        ("application/octet-stream", B::default())
    }
}

/// How a layer answers requests that it rejects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style<R> {
    /// What builds the bodies.
    pub(crate) body: R,
    /// Whether gRPC calls are answered in gRPC.
    pub(crate) grpc: bool,
}

/// What a layer keeps of a request that the service has taken.
pub(crate) struct Seen {
    protocol: Protocol,
    /// Only for a hook.
    parts: Option<Box<Parts>>,
}

impl Seen {
    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }
}

impl<R: 'static> Style<R> {
    /// Returns the response to a rejected request.
    pub(crate) fn reject<B: Default>(&self, rejection: &Rejection, request: &Parts) -> Response<B>
    where
        R: RejectionBody<B>,
    {
        self.reject_in(self.protocol(request), rejection, request)
    }

    /// Keeps what [`reject_seen`](Self::reject_seen) needs of a request.
    pub(crate) fn see(&self, request: &Parts) -> Seen {
        let is_hook = !is::<R, JsonBody>() && !is::<R, EmptyBody>();
        Seen { protocol: self.protocol(request), parts: is_hook.then(|| Box::new(request.clone())) }
    }

    /// Returns the response to a request that is rejected because of the service's response.
    pub(crate) fn reject_seen<B: Default>(&self, rejection: &Rejection, request: &Seen) -> Response<B>
    where
        R: RejectionBody<B>,
    {
        match &request.parts {
            Some(parts) => self.reject_in(request.protocol, rejection, parts),
            // Only a hook reads the request.
            None => self.reject_in(request.protocol, rejection, &Request::new(()).into_parts().0),
        }
    }

    pub(crate) fn protocol(&self, request: &Parts) -> Protocol {
        if self.grpc { Protocol::of(request) } else { Protocol::Http }
    }

    fn reject_in<B: Default>(&self, protocol: Protocol, rejection: &Rejection, request: &Parts) -> Response<B>
    where
        R: RejectionBody<B>,
    {
        match protocol {
            Protocol::Grpc(content_type) => in_grpc(rejection, content_type),
            Protocol::Http => {
                let (content_type, body) = self.body.rejection_body(rejection, request);
                rejection.to_response(content_type, body)
            }
        }
    }
}

/// The style of a layer, in the extensions of a request. An extractor knows the type of the body but not the type of the
/// layer's hook, so `SharedStyle` erases the type of the hook.
pub(crate) struct SharedStyle<B>(Arc<Reject<B>>);

type Reject<B> = dyn Fn(&Rejection, &Parts) -> Response<B> + Send + Sync;

impl<B: Default + 'static> SharedStyle<B> {
    /// Stores the style of a layer in the extensions of a request.
    ///
    /// The style of the innermost layer applies. If that layer has the default style, it removes the style that an outer
    /// layer may have stored.
    pub(crate) fn store<R: RejectionBody<B>>(style: &Style<R>, extensions: &mut Extensions) {
        if is::<R, JsonBody>() && !style.grpc {
            extensions.remove::<Self>();
        } else {
            let style = style.clone();
            extensions.insert(Self(Arc::new(move |rejection: &Rejection, request| style.reject(rejection, request))));
        }
    }

    /// Returns the response to a request that an extractor rejects. Without a layer, it has the default style.
    #[cfg(feature = "axum")]
    pub(crate) fn reject(rejection: &Rejection, request: &Parts) -> Response<B>
    where
        B: From<String>,
    {
        match request.extensions.get::<Self>() {
            Some(Self(reject)) => reject(rejection, request),
            None => Style { body: JsonBody, grpc: false }.reject(rejection, request),
        }
    }
}

impl<B> Clone for SharedStyle<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

fn is<R: 'static, T: 'static>() -> bool {
    TypeId::of::<R>() == TypeId::of::<T>()
}

/// Returns a response without a body, because a gRPC client would read a body as a message.
fn in_grpc<B: Default>(rejection: &Rejection, content_type: &'static str) -> Response<B> {
    let mut response = Response::new(B::default());
    *response.headers_mut() = grpc_metadata(rejection);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.extensions_mut().insert(rejection.clone());
    response
}
