//! Measures the layer inside an axum router, in this process and without a socket. A layer that does nothing shows what
//! the router itself adds for any layer.

#![expect(clippy::unwrap_used, reason = "a panic shows where the set-up failed")]

use auth0_api_axum::AuthLayer;
use auth0_api_core::DpopPolicy;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures_util::FutureExt as _;
use http::Request;
use tower::ServiceExt as _;
use tower::layer::util::Identity;

use crate::Candidate;
use crate::scenarios::{World, realistic, remembering_client, warm_client};

/// Candidates for a Bearer token: a router without a layer, with a layer that does nothing, and behind the layer.
///
/// # Panics
///
/// If the set-up fails.
pub fn bearer() -> Vec<Candidate> {
    let World { runtime, tenant, signing_key } = World::new();
    let authorization = format!("Bearer {}", realistic(&tenant, &signing_key).sign());
    let request = move || {
        let request = Request::get("/orders?page=2").header("host", "api.example.com");
        request.header("authorization", &authorization).body(Body::empty()).unwrap()
    };
    let layer = AuthLayer::new(warm_client(&runtime, &tenant, DpopPolicy::accept()));
    let remembering = AuthLayer::new(remembering_client(&runtime, &tenant, DpopPolicy::accept()));
    let candidate = |name, router: Router| Candidate::fed(name, request.clone(), move |request| call(&router, request));
    vec![
        candidate("axum router without a layer", app()),
        candidate("axum router, a layer that does nothing", app().layer(Identity::new())),
        candidate("axum router behind the layer", app().layer(layer)),
        candidate("axum router behind the layer, remembered", app().layer(remembering)),
    ]
}

fn app() -> Router {
    Router::new().route("/orders", get(|| async { "ok" }))
}

fn call(router: &Router, request: Request<Body>) {
    let response = router.clone().oneshot(request).now_or_never().unwrap();
    assert_eq!(response.unwrap().status(), 200);
}
