//! Nested routers and fallbacks.

use axum::Router;
use axum::body::Body;
use axum::routing::{any, get};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::world::{World, routes};

async fn status(app: &Router, request: Request<Body>) -> StatusCode {
    app.clone().oneshot(request).await.unwrap().status()
}

fn anonymous(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn layer_covers_unknown_paths_and_route_layer_does_not() {
    let world = World::start().await;
    for (app, unknown) in [(routes().layer(world.layer()), 401), (routes().route_layer(world.layer()), 404)] {
        assert_eq!(status(&app, anonymous("/unknown")).await, unknown);
        assert_eq!(status(&app, world.authorized("/unknown")).await, 404);
        assert_eq!(status(&app, anonymous("/private")).await, 401);
        assert_eq!(status(&app, world.authorized("/private")).await, 200);
    }
}

#[tokio::test]
async fn a_layer_covers_nested_and_merged_routers_and_fallbacks_below_it() {
    let world = World::start().await;
    let inner = Router::new().nest("/v1", routes()).merge(Router::new().route("/merged", get(|| async { "served" })));
    let app = inner.fallback(|| async { "fallback" }).layer(world.layer());
    let app = app.route("/public", any(|| async { "public" }));
    for path in ["/v1/private", "/merged", "/anything"] {
        assert_eq!(status(&app, anonymous(path)).await, 401, "{path}");
        assert_eq!(status(&app, world.authorized(path)).await, 200, "{path}");
    }
    assert_eq!(status(&app, anonymous("/public")).await, 200);
}

#[tokio::test]
async fn a_layer_on_a_nested_router_leaves_its_siblings_alone() {
    let world = World::start().await;
    let app = Router::new()
        .nest("/admin", routes().layer(world.layer()))
        .nest_service("/files", routes().layer(world.layer()))
        .route("/", get(|| async { "public" }));
    for (path, anonymous_status) in [("/admin/private", 401), ("/files/private", 401), ("/", 200)] {
        assert_eq!(status(&app, anonymous(path)).await, anonymous_status, "{path}");
        assert_eq!(status(&app, world.authorized(path)).await, 200, "{path}");
    }
}
