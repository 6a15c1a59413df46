//! The request that the service behind the middleware sees, and the URL that the middleware compares proofs with.

use actix_web::dev::Service as _;
use actix_web::middleware::{Condition, NormalizePath};
use actix_web::test::{call_service, init_service};
use actix_web::{App, HttpMessage as _, HttpRequest, web};
use auth0_api_actix::{Auth, KeepReceivedUri};
use auth0_api_core::VerifiedToken;
use auth0_api_testing::TestWorld;

use crate::world::{Requests as _, request};

#[actix_web::test]
async fn the_service_sees_the_token_and_the_unchanged_request() {
    async fn handler(request: HttpRequest, body: String) -> String {
        assert_eq!(request.extensions().get::<VerifiedToken>().unwrap().subject(), Some("auth0|local-user"));
        assert_eq!(request.extensions().get::<u8>(), Some(&7));
        assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("GET", "/private?page=2"));
        assert_eq!(request.headers().get("x-own").unwrap(), "kept");
        assert_eq!(request.headers().get_all("x-several").count(), 2);
        body
    }

    let world = TestWorld::start().await;
    let app = App::new().route("/private", web::get().to(handler)).wrap(Auth::new(world.api.clone()));
    let app = app.wrap_fn(|request, service| {
        request.extensions_mut().insert(7_u8);
        service.call(request)
    });
    let app = init_service(app).await;
    let request = world.bearer("").uri("/private?page=2").insert_header(("x-own", "kept")).set_payload("body");
    let request = request.append_header(("x-several", "one")).append_header(("x-several", "two"));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(actix_web::test::read_body(response).await, "body");
}

#[actix_web::test]
async fn the_debug_text_of_a_request_does_not_show_the_token() {
    async fn handler(request: HttpRequest) -> &'static str {
        let shown = format!("{request:?}");
        assert!(shown.contains("x-own") && !shown.contains("eyJ"), "{shown}");
        "served"
    }

    let world = TestWorld::start().await;
    let app = App::new().route("/private", web::get().to(handler)).wrap(Auth::new(world.api.clone()));
    let app = init_service(app).await;
    let request = world.bearer("").insert_header(("x-own", "shown")).to_request();
    assert_eq!(call_service(&app, request).await.status(), 200);
}

#[actix_web::test]
async fn a_rejected_request_never_reaches_the_service() {
    let world = TestWorld::start().await;
    let app = App::new()
        .default_service(web::to(|| async { unreachable!("the middleware rejects the request") as &'static str }))
        .wrap(Auth::new(world.api.clone()));
    let app = init_service(app).await;
    for request in [request(), world.bad_bearer()] {
        assert_eq!(call_service(&app, request.to_request()).await.status(), 401);
    }
}

#[actix_web::test]
async fn forwarded_headers_are_ignored_although_connection_info_trusts_them() {
    let world = TestWorld::start().await;
    let app = App::new().route("/private", web::get().to(connection_info)).wrap(Auth::new(world.api.clone()));
    let app = init_service(app).await;
    let request = world.dpop(None).insert_header(("x-forwarded-host", "evil.example"));
    let request = request.insert_header(("x-forwarded-proto", "https")).to_request();
    assert_eq!(actix_web::test::call_and_read_body(&app, request).await, "https://evil.example");
}

async fn connection_info(request: HttpRequest) -> String {
    let info = request.connection_info();
    format!("{}://{}", info.scheme(), info.host())
}

#[actix_web::test]
async fn a_proof_survives_a_middleware_that_rewrites_the_path_if_the_received_uri_is_kept() {
    let world = TestWorld::start().await;
    for (keeps, status) in [(false, 401), (true, 200)] {
        let app = App::new()
            .route("/private", web::get().to(|| async { "served" }))
            .wrap(Auth::new(world.api.clone()))
            .wrap(NormalizePath::trim())
            .wrap(Condition::new(keeps, KeepReceivedUri::new()));
        let app = init_service(app).await;
        let holder = world.tenant.token_holder();
        let proof = holder.proof("GET", "http://api.example.com/private/").sign();
        let request = request().uri("/private/").insert_header(("authorization", holder.authorization()));
        assert_eq!(call_service(&app, request.insert_header(("dpop", proof)).to_request()).await.status(), status);
    }
}
