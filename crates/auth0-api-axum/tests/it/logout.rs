//! The route for back-channel logouts.

use std::future::ready;

use auth0_api_axum::logout::MemoryRevocationStore;
use auth0_api_axum::{ApiClientBuilder, AuthLayer, LogoutPolicy, Token, logout_route};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, StreamBody};
use tower::ServiceExt as _;

use crate::world::header;

const PATH: &str = "/backchannel-logout";
const FORM: &str = "application/x-www-form-urlencoded";

async fn world() -> TestWorld {
    let takes_logouts =
        |builder: ApiClientBuilder| builder.logout(LogoutPolicy::new(["shop"], MemoryRevocationStore::new()));
    TestWorld::start_with(takes_logouts).await
}

fn app(world: &TestWorld) -> Router {
    let app = Router::new().route("/me", get(|_: Token| ready("me"))).layer(AuthLayer::new(world.api.clone()));
    app.merge(logout_route(&world.api, PATH))
}

async fn post(app: &Router, content_type: &str, body: impl Into<Body>) -> Response<Body> {
    let request = Request::post(PATH).header("content-type", content_type).body(body.into()).unwrap();
    let Ok(response) = app.clone().oneshot(request).await;
    response
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn after_a_logout_the_token_of_the_user_is_rejected() {
    let world = world().await;
    let (app, token) = (app(&world), world.tenant.mint().sign());
    let status = async || {
        let request = Request::get("/me").header("authorization", format!("Bearer {token}"));
        let Ok(response) = app.clone().oneshot(request.body(Body::empty()).unwrap()).await;
        response.status().as_u16()
    };
    assert_eq!(status().await, 200);
    let logout = world.tenant.mint_logout("shop").sign();
    let response = post(&app, FORM, format!("logout_token={logout}")).await;
    assert_eq!((response.status().as_u16(), header(&response, "cache-control")), (200, vec!["no-store".into()]));
    assert_eq!(text(response).await, "");
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn an_invalid_logout_is_answered_with_400_and_json() {
    let world = world().await;
    let app = app(&world);
    let foreign = world.tenant.mint_logout("other").sign();
    let response = post(&app, FORM, format!("logout_token={foreign}")).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (400, vec!["application/json".into()]));
    assert_eq!(header(&response, "cache-control"), ["no-store"]);
    let body = r#"{"error":"invalid_request","error_description":"the logout token is for another client"}"#;
    assert_eq!(text(response).await, body);
    let valid = world.tenant.mint_logout("shop").sign();
    assert_eq!(post(&app, "text/plain", format!("logout_token={valid}")).await.status(), 400);
}

#[tokio::test]
async fn a_body_without_an_end_is_not_kept() {
    let world = world().await;
    // Longer than the limit, and its stream never ends.
    let chunk = || Ok::<_, std::convert::Infallible>(http_body::Frame::data(Bytes::from(vec![b'a'; 1024])));
    let endless = futures_util::stream::repeat_with(chunk);
    let response = post(&app(&world), FORM, Body::new(StreamBody::new(endless))).await;
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn only_post_is_allowed() {
    let world = world().await;
    for method in [Method::GET, Method::PUT, Method::OPTIONS] {
        let request = Request::builder().method(method).uri(PATH).body(Body::empty()).unwrap();
        let Ok(response) = app(&world).oneshot(request).await;
        assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, vec!["POST".into()]));
    }
}

#[tokio::test]
async fn a_client_that_takes_no_logouts_has_no_route() {
    let world = TestWorld::start().await;
    let app = Router::new().merge(logout_route(&world.api, PATH));
    assert_eq!(post(&app, FORM, "logout_token=a").await.status(), 404);
}
