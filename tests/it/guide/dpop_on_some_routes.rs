//! Bound tokens on some routes only.

use auth0_api_axum::{ApiClient, AuthLayer, Requirement};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::routing::get;
use http::Request;

use super::{bearer, status};

fn routes(api: ApiClient, transfers: Router, orders: Router) -> Router {
    let auth = AuthLayer::new(api);
    let bound = auth.require(Requirement::sender_constrained());
    Router::new().nest("/transfers", transfers.route_layer(bound)).nest("/orders", orders).layer(auth)
}

#[tokio::test]
async fn a_bearer_token_opens_the_other_routes_only() {
    let world = TestWorld::start_with(|builder| builder.public_url("https://api.example.com")).await;
    let route = || Router::new().route("/today", get(|| async { "served" }));
    let app = routes(world.api.clone(), route(), route());
    let holder = world.tenant.token_holder();
    for (path, of_bearer) in [("/orders/today", 200), ("/transfers/today", 403)] {
        assert_eq!(status(&app, bearer(&world, path)).await, of_bearer, "{path}");
        let proof = holder.proof("GET", &format!("https://api.example.com{path}")).sign();
        let bound = Request::get(path).header("authorization", holder.authorization()).header("dpop", proof);
        assert_eq!(status(&app, bound).await, 200, "{path}");
    }
}

#[test]
fn the_guide_shows_this_code() {
    let page = include_str!("../../../crates/auth0-api-core/src/guide/dpop.md");
    super::assert_shown(page, 1, &[include_str!("dpop_on_some_routes.rs")]);
}
