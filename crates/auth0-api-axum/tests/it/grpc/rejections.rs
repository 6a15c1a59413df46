//! Calls that are rejected: the gRPC status, its message, and the headers of the rejection as metadata.

use auth0_api_axum::{AuthLayer, Token, grpc_metadata};
use auth0_api_core::{ApiClient, Rejection, Requirement};
use auth0_api_testing::{Endpoint, Misbehaviour, TestWorld};
use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http::request::Parts;
use http::{Request, Response};
use tonic::{Code, Status};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::{GREET, RULE, call, serve};
use crate::world::header;

const BEARER: &str = r#"Bearer realm="api""#;
const DPOP: &str = r#"DPoP algs="ES256""#;
const MISSING: &str = "no access token was presented: send `Authorization: Bearer <token>`, or `Authorization: DPoP <token>` with a proof";

#[tokio::test]
async fn a_rejection_is_a_grpc_status_with_the_challenges_as_metadata() {
    let world = TestWorld::start().await;
    let to = serve(AuthLayer::grpc(world.api.clone())).await;
    let (good, bad) = (world.tenant.mint().sign(), world.tenant.mint().audience("https://other.example.com").sign());
    let (good, bad) = (format!("Bearer {good}"), format!("Bearer {bad}"));
    let error = |code: &str, rest: &str| format!(r#"Bearer realm="api", error="{code}", error_description="{rest}"#);
    for (method, authorization, code, message, challenge) in [
        (GREET, None, Code::Unauthenticated, MISSING, BEARER.to_owned()),
        (
            GREET,
            Some(bad.as_str()),
            Code::Unauthenticated,
            "the access token is not for this API",
            error("invalid_token", "the access token is not for this API\""),
        ),
        (
            GREET,
            Some("Bearer a b"),
            Code::Unauthenticated,
            "the access token is malformed",
            error("invalid_request", "the access token is malformed\""),
        ),
        (
            RULE,
            Some(&good),
            Code::PermissionDenied,
            "the access token lacks a scope that is needed here",
            error("insufficient_scope", "the access token lacks a scope that is needed here\", scope=\"admin\""),
        ),
    ] {
        let lines: Vec<_> = authorization.map(|value| ("authorization", value)).into_iter().collect();
        let status = call(to, method, &lines).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (code, message));
        let challenges: Vec<_> = status.metadata().get_all("www-authenticate").iter().collect();
        assert_eq!(challenges, [challenge.as_str(), DPOP]);
    }
}

#[tokio::test]
async fn an_outage_of_the_tenant_is_unavailable_with_a_retry_delay() {
    let world = TestWorld::start().await;
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(500));
    let to = serve(AuthLayer::grpc(world.api.clone())).await;
    let authorization = format!("Bearer {}", world.tenant.mint().sign());
    let status = call(to, GREET, &[("authorization", &authorization)]).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.message(), "access tokens cannot be checked at the moment");
    let number = |name: &str| status.metadata().get(name).unwrap().to_str().unwrap().parse::<u64>().unwrap();
    assert_eq!(number("grpc-retry-pushback-ms"), 1000 * number("retry-after"));
    assert_eq!(status.metadata().get("www-authenticate"), None);
}

#[tokio::test]
async fn a_requirement_without_its_layer_is_an_internal_error() {
    let world = TestWorld::start().await;
    let inner = service_fn(|_: Request<String>| async { Ok::<_, Status>(Response::new(String::new())) });
    let service = AuthLayer::grpc(world.api.clone()).require(Requirement::scope("admin")).layer(inner);
    let response = service.oneshot(grpc_request()).await.unwrap();
    assert_eq!(header(&response, "grpc-status"), ["13"]);
    assert_eq!(header(&response, "grpc-message"), ["the server is misconfigured"]);
}

#[tokio::test]
async fn a_rejected_call_gets_headers_alone_even_with_a_hook() {
    let world = TestWorld::start().await;
    let inner = service_fn(|_: Request<String>| async { Ok::<_, Status>(Response::new(String::new())) });
    let auth = AuthLayer::new(world.api.clone()).with_grpc();
    let hooked = auth.clone().rejection_body(|_: &Rejection, _: &Parts| ("text/plain", "a body".to_owned()));
    let response = hooked.layer(inner).oneshot(grpc_request()).await.unwrap();
    assert_eq!((response.status().as_u16(), response.body().as_str()), (200, ""));
    assert_eq!(header(&response, "content-type"), ["application/grpc"]);
    assert_eq!(header(&response, "grpc-status"), ["16"]);
    assert_eq!(header(&response, "www-authenticate"), [BEARER, DPOP]);
}

#[tokio::test]
async fn a_request_that_is_not_a_grpc_call_is_answered_in_http() {
    let world = TestWorld::start().await;
    let inner = service_fn(|_: Request<String>| async { Ok::<_, Status>(Response::new(Vec::new())) });
    let service = AuthLayer::new(world.api.clone()).with_grpc().layer(inner);
    let a_get = Request::get("http://a/").header("content-type", "application/grpc").body(String::new()).unwrap();
    let json = Request::post("http://a/").header("content-type", "application/json").body(String::new()).unwrap();
    for request in [a_get, json] {
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!((response.status().as_u16(), header(&response, "grpc-status").len()), (401, 0));
        assert_eq!(header(&response, "content-type"), ["application/json"]);
    }
}

#[tokio::test]
async fn a_layer_that_was_not_told_so_never_answers_in_grpc() {
    let world = TestWorld::start().await;
    let auth = AuthLayer::new(world.api.clone());
    let routes = || Router::new().route("/test.Greeter/Greet", post(async |_: Token| "served"));
    let requirement = auth.require(Requirement::scope("admin"));
    for app in [routes().layer(auth.clone()), routes().layer(auth.optional()), routes().layer(requirement), routes()] {
        let response = app.oneshot(grpc_request().map(|_| Body::empty())).await.unwrap();
        assert!([401, 500].contains(&response.status().as_u16()));
        assert_eq!(header(&response, "grpc-status"), [""; 0]);
        assert_eq!(header(&response, "content-type"), ["application/json"]);
    }
}

#[tokio::test]
async fn with_the_setting_extractors_answer_in_grpc_too() {
    let world = TestWorld::start().await;
    let auth = AuthLayer::new(world.api.clone()).with_grpc().optional();
    let app = Router::new().route("/test.Greeter/Greet", post(async |_: Token| "served")).layer(auth);
    let response = app.oneshot(grpc_request().map(|_| Body::empty())).await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "grpc-status")), (200, vec!["16".to_owned()]));
    assert!(response.extensions().get::<Rejection>().is_some());
}

#[tokio::test]
async fn a_handler_can_turn_a_rejection_into_a_status() {
    let world = TestWorld::start().await;
    let token = world.api.verify_access_token(&world.tenant.mint().sign()).await.unwrap();
    let rejected = |api: &ApiClient| Requirement::scope("admin").check(&token).map_err(|error| api.reject(&error));
    let metadata = grpc_metadata(&rejected(&world.api).unwrap_err());
    let status = Status::from_header_map(&metadata).unwrap();
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(status.metadata().get_all("www-authenticate").iter().count(), 2);
}

fn grpc_request() -> Request<String> {
    Request::post("http://a/test.Greeter/Greet").header("content-type", "application/grpc").body(String::new()).unwrap()
}
