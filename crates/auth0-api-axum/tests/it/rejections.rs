//! What happens to a request between two layers, and to the rejection of a handler's error.

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::middleware::map_request;
use axum::routing::get;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use tower::ServiceExt as _;

use crate::world::Requests as _;

#[tokio::test]
async fn a_token_that_replaces_the_verified_one_is_verified() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let replace = map_request(|mut request: Request<Body>| async move {
        request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_static("Bearer another"));
        request
    });
    let routes = Router::new().route("/private", get(|_: Token| async { "served" }));
    let app = routes.layer(layer.clone()).layer(replace).layer(layer);
    let response = app.oneshot(world.bearer("").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 401);
}
