//! Streams of events that end with the token of their caller.

use auth0_api_axum::TokenEnd;
use auth0_api_core::long_connection::EndsWithToken;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::CONTENT_TYPE;

/// Ends a stream of events when the token of its caller ends, as a middleware of axum.
///
/// The layer verifies the token when a request arrives. A stream of events, the answer of a `GET` or of a long call, could
/// outlive the token by hours. With this middleware, it ends as the
/// [guide](auth0_api_core::guide::long_connections) says; the client then asks again, with a new token. Other responses
/// pass unchanged.
///
/// Put it inside of [`McpLayer`](crate::McpLayer). Without a verified token, it answers 500.
///
/// ```
/// use auth0_api_mcp::{McpLayer, end_streams_with_token};
/// use axum::{Router, middleware::from_fn, routing::MethodRouter};
///
/// fn app(tools: MethodRouter, layer: McpLayer) -> Router {
///     Router::new().route("/mcp", tools).layer(from_fn(end_streams_with_token)).layer(layer)
/// }
/// ```
pub async fn end_streams_with_token(TokenEnd(until_ended): TokenEnd, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let content_type = response.headers().get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    if !content_type.is_some_and(|value| value.to_ascii_lowercase().starts_with(EVENTS)) {
        return response;
    }
    response.map(|body| Body::from_stream(EndsWithToken::new(body.into_data_stream(), until_ended)))
}

const EVENTS: &[u8] = b"text/event-stream";
