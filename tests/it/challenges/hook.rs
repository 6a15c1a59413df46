//! The hook for rejections: the application sets the body and its content type, and the library sets the status and
//! the challenges.

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::{DpopPolicy, Rejection, Requirement};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::routing::get;

use crate::api::Api;

#[tokio::test]
async fn the_hook_sets_only_the_body_and_its_content_type() {
    let world = TestWorld::start().await;
    let api = serve(&world, DpopPolicy::accept()).await;
    assert_eq!(
        api.get("/private", &[]).await.lines(),
        [
            "401",
            r#"www-authenticate: Bearer realm="api""#,
            r#"www-authenticate: DPoP algs="ES256""#,
            "content-type: application/problem+json",
            "",
            r#"{"status":401,"title":"credentials_missing"}"#,
        ]
    );
}

#[tokio::test]
async fn the_hook_also_sets_the_body_of_rejected_requirements() {
    let world = TestWorld::start().await;
    let api = serve(&world, DpopPolicy::accept()).await;
    let token = world.tenant.mint().sign();
    assert_eq!(
        api.get("/scoped", &[("Authorization", &format!("Bearer {token}"))]).await.lines(),
        [
            "403",
            r#"www-authenticate: Bearer realm="api", error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="admin""#,
            r#"www-authenticate: DPoP algs="ES256""#,
            "content-type: application/problem+json",
            "",
            r#"{"status":403,"title":"requirement_scope"}"#,
        ]
    );
}

#[tokio::test]
async fn the_hook_does_not_change_the_nonce_headers() {
    let world = TestWorld::start().await;
    let policy = DpopPolicy::require().nonce(RotatingNonce::new([[1; 32]]).unwrap());
    let api = serve(&world, policy).await;
    let holder = world.tenant.token_holder();
    let proof = holder.key.proof("GET", &api.url("/private")).access_token(&holder.token).sign();
    assert_eq!(
        api.get("/private", &[("Authorization", &holder.authorization()), ("DPoP", &proof)]).await.lines(),
        [
            "401",
            r#"www-authenticate: DPoP error="use_dpop_nonce", error_description="the proof needs the nonce of the DPoP-Nonce header", algs="ES256""#,
            "content-type: application/problem+json",
            "dpop-nonce: 0MmDAX4ESgyale3Q4d9Fmem_fzYD9cKJEoJ6_mHPjMU",
            "cache-control: no-store",
            "",
            r#"{"status":401,"title":"dpop_nonce_wanted"}"#,
        ]
    );
}

async fn serve(world: &TestWorld, policy: DpopPolicy) -> Api {
    let auth = AuthLayer::new(world.builder().dpop(policy).build().unwrap()).rejection_body(
        |rejection: &Rejection, _: &Parts| {
            let body = format!(r#"{{"status":{},"title":"{}"}}"#, rejection.status(), rejection.label());
            ("application/problem+json", Body::from(body))
        },
    );
    let app = Router::new()
        .route("/private", get(|_: Token| async { "served" }))
        .route("/scoped", get(|| async { "served" }).route_layer(auth.require(Requirement::scope("admin"))))
        .layer(auth);
    Api::serve(app).await
}
