//! Rejections as HTTP and gRPC responses.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use auth0_api_core::Rejection;
use http::header::CONTENT_TYPE;
use http::{Extensions, HeaderValue, Response};

use crate::grpc::{Protocol, grpc_metadata};

/// Builds the body of a rejection, and names the content type of the body. An implementation cannot change the status,
/// the challenges or other headers. Rejections of gRPC calls have no body.
///
/// Every closure that turns a [`Rejection`] into a content type and a body implements this trait. Use such a closure
/// for a service whose response body cannot be made from a `String`.
///
/// ```
/// use auth0_api_axum::AuthLayer;
/// use auth0_api_core::{ApiClient, Rejection};
/// use axum::body::Body;
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?;
/// let layer = AuthLayer::new(api).rejection_body(|rejection: &Rejection| {
///     ("application/problem+json", Body::from(format!(r#"{{"title":"{}"}}"#, rejection.label())))
/// });
/// # _ = layer;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot build the body `{B}` of a rejection",
    note = "if the response body of the service is not `From<String>`, use `AuthLayer::grpc`, or pass a closure to `rejection_body`: `|rejection: &Rejection| (\"application/json\", …)`"
)]
pub trait RejectionBody<B>: Clone + Send + Sync + 'static {
    /// Returns the content type and the body.
    fn rejection_body(&self, rejection: &Rejection) -> (&'static str, B);
}

impl<B, F: Fn(&Rejection) -> (&'static str, B) + Clone + Send + Sync + 'static> RejectionBody<B> for F {
    fn rejection_body(&self, rejection: &Rejection) -> (&'static str, B) {
        self(rejection)
    }
}

/// The default body: `{"error": …, "error_description": …}`.
#[derive(Clone, Copy, Debug)]
pub struct JsonBody;

impl<B: From<String>> RejectionBody<B> for JsonBody {
    fn rejection_body(&self, rejection: &Rejection) -> (&'static str, B) {
        ("application/json", rejection.body().into())
    }
}

/// An empty body, for services whose response body cannot be made from a `String`, such as gRPC services.
#[derive(Clone, Copy, Debug)]
pub struct EmptyBody;

impl<B: Default> RejectionBody<B> for EmptyBody {
    fn rejection_body(&self, _: &Rejection) -> (&'static str, B) {
        ("application/octet-stream", B::default())
    }
}

/// A layer's hook, stored in the request's extensions. An extractor knows the type of the body but not the type of the
/// hook, so `Hook` erases the type of the hook.
pub(crate) struct Hook<B>(Arc<MakeBody<B>>);

type MakeBody<B> = dyn Fn(&Rejection) -> (&'static str, B) + Send + Sync;

impl<B: 'static> Hook<B> {
    /// Stores a layer's hook in the extensions of a request.
    ///
    /// The hook of the innermost layer applies. If that layer uses the default body, it removes the hook that an outer
    /// layer may have stored.
    pub(crate) fn store<R: RejectionBody<B>>(body: &R, extensions: &mut Extensions) {
        if TypeId::of::<R>() == TypeId::of::<JsonBody>() {
            extensions.remove::<Self>();
        } else {
            let body = body.clone();
            extensions.insert(Self(Arc::new(move |rejection: &Rejection| body.rejection_body(rejection))));
        }
    }

    /// Returns the response to a rejected request, with the body of the hook, or the default body if there is no hook.
    #[cfg(feature = "axum")]
    pub(crate) fn respond(hook: Option<&Self>, rejection: &Rejection, protocol: Protocol) -> Response<B>
    where
        B: Default + From<String>,
    {
        match hook {
            Some(Self(make)) => respond(rejection, protocol, || make(rejection)),
            None => reject(rejection, protocol, &JsonBody),
        }
    }
}

impl<B> Clone for Hook<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B> fmt::Debug for Hook<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// Returns the response to a rejected request.
pub(crate) fn reject<B: Default>(
    rejection: &Rejection,
    protocol: Protocol,
    body: &impl RejectionBody<B>,
) -> Response<B> {
    respond(rejection, protocol, || body.rejection_body(rejection))
}

fn respond<B: Default>(
    rejection: &Rejection,
    protocol: Protocol,
    make: impl FnOnce() -> (&'static str, B),
) -> Response<B> {
    match protocol {
        Protocol::Grpc(content_type) => in_grpc(rejection, content_type),
        Protocol::Http => {
            let (content_type, body) = make();
            rejection.to_response(content_type, body)
        }
    }
}

/// Returns a response without a body, because a gRPC client would read a body as a message.
fn in_grpc<B: Default>(rejection: &Rejection, content_type: &'static str) -> Response<B> {
    let mut response = Response::new(B::default());
    *response.headers_mut() = grpc_metadata(rejection);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
