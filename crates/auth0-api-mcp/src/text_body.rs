//! The bodies of the layer's own responses.

use auth0_api_axum::{JsonBody, Rejection, RejectionBody};
use http::request::Parts;

/// Makes the body of a response from a text, for the layer's own responses.
///
/// [`JsonBody`] does it for bodies that are `From<String>`, such as axum's and `Full<Bytes>`, and [`TextBody`] for others.
pub trait ResponseText<B>: RejectionBody<B> {
    /// Returns the body.
    fn body_of(&self, text: String) -> B;
}

/// Makes bodies with a function, for services whose response body is not `From<String>`: see
/// [`McpLayerBuilder::text_body`](crate::McpLayerBuilder::text_body).
#[derive(Clone, Copy, Debug)]
pub struct TextBody<F>(pub(crate) F);

impl<B: From<String>> ResponseText<B> for JsonBody {
    fn body_of(&self, text: String) -> B {
        text.into()
    }
}

impl<B, F: Fn(String) -> B + Clone + Send + Sync + 'static> ResponseText<B> for TextBody<F> {
    fn body_of(&self, text: String) -> B {
        (self.0)(text)
    }
}

impl<B, F: Fn(String) -> B + Clone + Send + Sync + 'static> RejectionBody<B> for TextBody<F> {
    fn rejection_body(&self, rejection: &Rejection, _: &Parts) -> (&'static str, B) {
        ("application/json", (self.0)(rejection.body()))
    }
}
