//! DPoP on some routes only, as the guide shows it.

use auth0_api_axum::AuthLayer;
use auth0_api_core::dpop::MemoryReplayStore;
use auth0_api_core::{ApiClient, DpopPolicy, Requirement};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use tower::ServiceExt as _;

#[tokio::test]
async fn one_sub_router_demands_dpop_and_the_others_accept_both_schemes() {
    let world = TestWorld::start().await;
    let auth = AuthLayer::new(client(&world, DpopPolicy::accept()));
    let transfers = routes().route_layer(auth.require(Requirement::sender_constrained()));
    let app = Router::new().nest("/transfers", transfers).nest("/orders", routes()).layer(auth);

    for (path, with_proof, status) in
        [("/orders", false, 200), ("/orders", true, 200), ("/transfers", false, 403), ("/transfers", true, 200)]
    {
        assert_eq!(call(&app, &world, path, with_proof).await, status, "{path}, proof: {with_proof}");
    }
}

#[tokio::test]
async fn two_layers_of_clients_with_one_store_reject_every_proof() {
    let world = TestWorld::start().await;
    let policy = DpopPolicy::accept().replay_store(MemoryReplayStore::new());
    let transfers = routes().layer(AuthLayer::new(client(&world, policy.clone())));
    let app = Router::new().nest("/transfers", transfers).nest("/orders", routes());
    let app = app.layer(AuthLayer::new(client(&world, policy)));

    assert_eq!(call(&app, &world, "/orders", true).await, 200);
    assert_eq!(call(&app, &world, "/transfers", true).await, 401);
}

fn client(world: &TestWorld, policy: DpopPolicy) -> ApiClient {
    world.builder().public_url("https://api.example.com").dpop(policy).build().unwrap()
}

fn routes() -> Router {
    Router::new().route("/{id}", get(async || "served"))
}

async fn call(app: &Router, world: &TestWorld, path: &str, with_proof: bool) -> u16 {
    let url = format!("https://api.example.com{path}/1");
    let request = Request::get(&url).header("host", "api.example.com");
    let request = if with_proof {
        let holder = world.tenant.token_holder();
        request.header("authorization", holder.authorization()).header("dpop", holder.proof("GET", &url).sign())
    } else {
        request.header("authorization", format!("Bearer {}", world.tenant.mint().sign()))
    };
    app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
}
