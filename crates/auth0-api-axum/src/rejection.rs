//! Rejections as HTTP responses.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use auth0_api_core::Rejection;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{Extensions, HeaderValue, Response, StatusCode};

use crate::grpc::{Dialect, grpc_metadata};

/// Makes the body of a rejection. Status, challenges and the other headers are not its business, and gRPC has no such body.
///
/// Closures implement it: they get the [`Rejection`] and give a content type and a body. That is also the way to a response
/// body that cannot be made from [`Bytes`].
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
pub trait RejectionBody<B>: Clone + Send + Sync + 'static {
    /// Makes the content type and the body.
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

impl<B: From<Bytes>> RejectionBody<B> for JsonBody {
    fn rejection_body(&self, rejection: &Rejection) -> (&'static str, B) {
        ("application/json", Bytes::from(rejection.body()).into())
    }
}

/// No body at all: for services whose bodies cannot be made from [`Bytes`], such as those of gRPC.
#[derive(Clone, Copy, Debug)]
pub struct EmptyBody;

impl<B: Default> RejectionBody<B> for EmptyBody {
    fn rejection_body(&self, _: &Rejection) -> (&'static str, B) {
        ("application/octet-stream", B::default())
    }
}

/// A layer's hook as the extractors inside of it find it: they know the type of bodies, not that of the hook.
pub(crate) struct Hook<B>(Arc<MakeBody<B>>);

type MakeBody<B> = dyn Fn(&Rejection) -> (&'static str, B) + Send + Sync;

impl<B: 'static> Hook<B> {
    /// Leaves a hook with a request. The default body needs none.
    pub(crate) fn leave<R: RejectionBody<B>>(body: &R, extensions: &mut Extensions) {
        if TypeId::of::<R>() == TypeId::of::<JsonBody>() {
            extensions.remove::<Self>();
        } else {
            let body = body.clone();
            extensions.insert(Self(Arc::new(move |rejection: &Rejection| body.rejection_body(rejection))));
        }
    }

    /// The response as the hook of the innermost layer around makes it, if there is one.
    pub(crate) fn respond(hook: Option<&Self>, rejection: &Rejection, dialect: Dialect) -> Response<B>
    where
        B: Default + From<Bytes>,
    {
        match hook {
            Some(Self(make)) => respond(rejection, dialect, || make(rejection)),
            None => reject(rejection, dialect, &JsonBody),
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

/// The whole response.
pub(crate) fn reject<B: Default>(rejection: &Rejection, dialect: Dialect, body: &impl RejectionBody<B>) -> Response<B> {
    respond(rejection, dialect, || body.rejection_body(rejection))
}

fn respond<B: Default>(
    rejection: &Rejection,
    dialect: Dialect,
    make: impl FnOnce() -> (&'static str, B),
) -> Response<B> {
    match dialect {
        Dialect::Grpc(content_type) => in_grpc(rejection, content_type),
        Dialect::Http => in_http(rejection, make()),
    }
}

/// Headers alone: a body would be one message too many.
fn in_grpc<B: Default>(rejection: &Rejection, content_type: &'static str) -> Response<B> {
    let mut response = Response::new(B::default());
    *response.headers_mut() = grpc_metadata(rejection);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn in_http<B>(rejection: &Rejection, (content_type, body): (&'static str, B)) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in rejection.headers() {
        // Core writes printable ASCII only, so that every value converts.
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
