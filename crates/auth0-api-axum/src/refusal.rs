//! Refusals as HTTP responses.

use auth0_api_core::Rejection;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};

/// Makes the body of a refusal. Status, challenges and the other headers are not its business.
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
/// let layer = AuthLayer::new(api).refusal_body(|rejection: &Rejection| {
///     ("application/problem+json", Body::from(format!(r#"{{"title":"{}"}}"#, rejection.label())))
/// });
/// # _ = layer;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
pub trait RefusalBody<B>: Clone {
    /// Makes the content type and the body.
    fn refusal_body(&self, rejection: &Rejection) -> (&'static str, B);
}

impl<B, F: Fn(&Rejection) -> (&'static str, B) + Clone> RefusalBody<B> for F {
    fn refusal_body(&self, rejection: &Rejection) -> (&'static str, B) {
        self(rejection)
    }
}

/// The default body: `{"error": …, "error_description": …}`.
#[derive(Clone, Copy, Debug)]
pub struct JsonBody;

impl<B: From<Bytes>> RefusalBody<B> for JsonBody {
    fn refusal_body(&self, rejection: &Rejection) -> (&'static str, B) {
        ("application/json", Bytes::from(rejection.body()).into())
    }
}

/// The whole response.
pub(crate) fn refuse<B>(rejection: &Rejection, body: &impl RefusalBody<B>) -> Response<B> {
    let (content_type, body) = body.refusal_body(rejection);
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
