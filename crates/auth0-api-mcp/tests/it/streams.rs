//! Streams of events end with the token of their caller.

use std::time::Duration;

use auth0_api_mcp::{McpLayer, end_streams_with_token};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::from_fn;
use axum::routing::get;
use futures_util::{StreamExt as _, stream};
use http::Response;
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::world::{Server, requirements};

/// A response with one event that never ends by itself.
fn events(content_type: &str) -> Response<Body> {
    let events = stream::iter([Ok::<_, std::io::Error>("data: 1\n\n")]).chain(stream::pending());
    Response::builder().header("content-type", content_type).body(Body::from_stream(events)).unwrap()
}

async fn opened(server: &Server, path: &str) -> Response<Body> {
    let layer = McpLayer::builder(server.world.api.clone(), requirements()).build().unwrap();
    let app = Router::new()
        .route("/mcp", get(async || events("text/event-stream")))
        .route("/other", get(async || events("text/plain")))
        .layer(from_fn(end_streams_with_token))
        .layer(layer);
    let request = server.request("GET", "use:tools").uri(path).body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_stream_of_events_ends_with_the_token() {
    let server = Server::start().await;
    let response = opened(&server, "/mcp").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    let mut body = response.into_body().into_data_stream();
    assert_eq!(body.next().await.unwrap().unwrap(), "data: 1\n\n");
    server.world.pass(3600);
    assert!(timeout(Duration::from_secs(10), body.next()).await.unwrap().is_none());
}

#[tokio::test]
async fn other_responses_pass_unchanged() {
    let server = Server::start().await;
    let mut body = opened(&server, "/other").await.into_body().into_data_stream();
    assert_eq!(body.next().await.unwrap().unwrap(), "data: 1\n\n");
    server.world.pass(3600);
    tokio::task::yield_now().await;
    assert!(futures_util::poll!(body.next()).is_pending());
}

#[tokio::test]
async fn without_a_verified_token_nothing_is_served() {
    let app = Router::new().route("/mcp", get(async || "served")).layer(from_fn(end_streams_with_token));
    let response = app.oneshot(Request::get("/mcp").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 500);
    assert!(!to_bytes(response.into_body(), 1024).await.unwrap().starts_with(b"served"));
}
