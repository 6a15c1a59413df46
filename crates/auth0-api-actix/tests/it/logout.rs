//! The route for back-channel logouts.

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use auth0_api_actix::logout::MemoryRevocationStore;
use auth0_api_actix::{ApiClientBuilder, Auth, LogoutPolicy, Token, logout_route};
use auth0_api_testing::TestWorld;

use crate::world::{header, text};

const PATH: &str = "/backchannel-logout";
const FORM: &str = "application/x-www-form-urlencoded";

async fn world() -> TestWorld {
    let takes_logouts =
        |builder: ApiClientBuilder| builder.logout(LogoutPolicy::new(["shop"], MemoryRevocationStore::new()));
    TestWorld::start_with(takes_logouts).await
}

fn post(content_type: &str, body: String) -> TestRequest {
    TestRequest::post().uri(PATH).insert_header(("content-type", content_type)).set_payload(body)
}

#[actix_web::test]
async fn after_a_logout_the_token_of_the_user_is_rejected() {
    let world = world().await;
    let api = web::scope("/api").wrap(Auth::new(world.api.clone())).route("/me", web::get().to(async |_: Token| "me"));
    let app = init_service(App::new().configure(logout_route(&world.api, PATH)).service(api)).await;
    let token = world.tenant.mint().sign();
    let me = || TestRequest::get().uri("/api/me").insert_header(("authorization", format!("Bearer {token}")));
    assert_eq!(call_service(&app, me().to_request()).await.status(), 200);
    let logout = world.tenant.mint_logout("shop").sign();
    let response = call_service(&app, post(FORM, format!("logout_token={logout}")).to_request()).await;
    assert_eq!((response.status().as_u16(), header(&response, "cache-control")), (200, vec!["no-store".into()]));
    assert_eq!(text(response).await, "");
    assert_eq!(call_service(&app, me().to_request()).await.status(), 401);
}

#[actix_web::test]
async fn an_invalid_logout_is_answered_with_400_and_json() {
    let world = world().await;
    let app = init_service(App::new().configure(logout_route(&world.api, PATH))).await;
    let foreign = world.tenant.mint_logout("other").sign();
    let response = call_service(&app, post(FORM, format!("logout_token={foreign}")).to_request()).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (400, vec!["application/json".into()]));
    assert_eq!(header(&response, "cache-control"), ["no-store"]);
    let body = r#"{"error":"invalid_request","error_description":"the logout token is for another client"}"#;
    assert_eq!(text(response).await, body);
    let valid = world.tenant.mint_logout("shop").sign();
    let as_text = post("text/plain", format!("logout_token={valid}"));
    assert_eq!(call_service(&app, as_text.to_request()).await.status(), 400);
}

#[actix_web::test]
async fn a_long_body_is_rejected() {
    let world = world().await;
    let app = init_service(App::new().configure(logout_route(&world.api, PATH))).await;
    let padded = |length: usize| {
        let body = format!("logout_token={}&padding=", world.tenant.mint_logout("shop").sign());
        let padding = length - body.len();
        post(FORM, body + &"p".repeat(padding))
    };
    assert_eq!(call_service(&app, padded(32 * 1024).to_request()).await.status(), 200);
    assert_eq!(call_service(&app, padded(32 * 1024 + 1).to_request()).await.status(), 400);
}

#[actix_web::test]
async fn only_post_is_allowed() {
    let world = world().await;
    let app = init_service(App::new().configure(logout_route(&world.api, PATH))).await;
    for method in ["GET", "PUT", "OPTIONS"] {
        let request = TestRequest::default().method(method.parse().unwrap()).uri(PATH);
        let response = call_service(&app, request.to_request()).await;
        assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, vec!["POST".into()]));
    }
}

#[actix_web::test]
async fn a_client_that_takes_no_logouts_has_no_route() {
    let world = TestWorld::start().await;
    let app = init_service(App::new().configure(logout_route(&world.api, PATH))).await;
    assert_eq!(call_service(&app, post(FORM, "logout_token=a".into()).to_request()).await.status(), 404);
}
