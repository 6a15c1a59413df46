//! The code that pages of the guide show, and that needs more than auth0-api-core: it runs here, and is compared with the pages.

mod air_gapped;
mod api_keys;
mod audiences;
mod coming_from;
mod dpop_on_some_routes;
mod long_connections;
mod threats;
mod tracing_spans;

use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use http::{Request, Response, request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// Asserts that each sample of a page which core cannot compile is code of one of these files, and that there are so many. The
/// samples have shorter lines than the files.
pub(crate) fn assert_shown(page: &str, count: usize, files: &[&str]) {
    let files: Vec<_> = files.iter().map(|file| squeezed(file)).collect();
    let samples = page.split("```rust,ignore\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    // Those of gRPC run in the tests of auth0-api-axum.
    let samples: Vec<_> = samples.filter(|sample| !sample.contains("grpc")).collect();
    assert_eq!(samples.len(), count);
    for sample in samples {
        assert!(files.iter().any(|file| file.contains(&squeezed(sample))), "{sample}");
    }
}

fn squeezed(code: &str) -> String {
    code.split_whitespace().collect::<String>().replace(",)", ")").replace(",}", "}")
}

/// A GET with a valid Bearer token.
fn bearer(world: &TestWorld, path: &str) -> request::Builder {
    Request::get(path).header("authorization", format!("Bearer {}", world.tenant.mint().sign()))
}

/// Sends a request to a router.
async fn send(app: &Router, request: request::Builder) -> Response<Body> {
    let Ok(response) = app.clone().oneshot(request.body(Body::empty()).unwrap()).await;
    response
}

async fn status(app: &Router, request: request::Builder) -> u16 {
    send(app, request).await.status().as_u16()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}
