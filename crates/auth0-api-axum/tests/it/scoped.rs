//! Extractors with a requirement: they reject as the layer does.

use auth0_api_axum::{AuthLayer, Scoped};
use auth0_api_core::{Guard as _, Rejection, Requirement, guard};
use auth0_api_testing::{OfflineTenant, TestWorld};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::request::Parts;
use http::{Request, Response, request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::{Requests as _, header};

type Sent = fn(&TestWorld) -> request::Builder;

guard!(ReadMessages = Requirement::scopes(["read:messages", "read:drafts"]));

#[tokio::test]
async fn an_extractor_rejects_as_the_layer_does() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let required = get(|| async { "served" }).route_layer(layer.require(ReadMessages::requirement().clone()));
    let app = Router::new().route("/layer", required).route("/extractor", get(served)).layer(layer);
    let requests: [(Sent, u16); 4] = [
        (|world| world.bearer("read:messages read:drafts"), 200),
        (|world| world.bearer("read:messages"), 403),
        (TestWorld::bad_bearer, 401),
        (|_| Request::builder(), 401),
    ];
    for (request, status) in requests {
        let by_layer = show(&app, "/layer", request(&world)).await;
        assert_eq!((by_layer.0, &by_layer), (status, &show(&app, "/extractor", request(&world)).await));
    }
    let (_, challenges, _) = show(&app, "/extractor", world.bearer("")).await;
    let error = r#"Bearer realm="api", error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages read:drafts""#;
    assert_eq!(challenges, [error, r#"DPoP algs="ES256""#]);
}

#[tokio::test]
async fn an_optional_extractor_is_none_only_without_credentials() {
    let world = TestWorld::start().await;
    let app = Router::new().route("/", get(maybe)).layer(AuthLayer::new(world.api.clone()).optional());
    for (request, status, body) in [
        (Request::builder(), 200, "anonymous"),
        (world.bearer("read:messages read:drafts"), 200, "auth0|local-user"),
        (world.bearer("read:messages"), 403, ""),
        (world.bad_bearer(), 401, ""),
    ] {
        let (answered, _, text) = show(&app, "/", request).await;
        assert_eq!((answered, if status == 200 { text.as_str() } else { "" }), (status, body));
    }
}

#[tokio::test]
async fn an_extractor_without_a_layer_answers_500() {
    let world = TestWorld::start().await;
    let app = Router::new().route("/", get(served)).route("/maybe", get(maybe));
    for path in ["/", "/maybe"] {
        for request in [Request::builder(), world.bearer("read:messages read:drafts")] {
            assert_eq!(show(&app, path, request).await.0, 500);
        }
    }
}

#[tokio::test]
async fn the_layers_hook_builds_the_bodies_of_extractor_rejections() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let hooked =
        layer.clone().rejection_body(|rejection: &Rejection, _: &Parts| ("text/plain", Body::from(rejection.label())));
    let routes = || Router::new().route("/scoped", get(served)).route("/maybe", get(maybe));
    let json = r#"{"error":"insufficient_scope","error_description":"the access token lacks a scope that is needed here","scope":"read:messages read:drafts"}"#;
    for (app, body) in [
        (routes().layer(hooked.clone()), "requirement_scope"),
        (routes().layer(hooked.clone().optional()), "requirement_scope"),
        (routes().layer(layer.clone()), json),
        // The hook of the innermost layer applies.
        (routes().layer(hooked.clone()).layer(layer.clone()), "requirement_scope"),
        (routes().layer(layer.clone()).layer(hooked.clone()), json),
    ] {
        for path in ["/scoped", "/maybe"] {
            let (status, challenges, text) = show(&app, path, world.bearer("read:messages")).await;
            assert_eq!((status, challenges.len(), text.as_str()), (403, 2, body));
        }
    }
    let app = routes().layer(hooked.optional());
    let (status, _, text) = show(&app, "/scoped", Request::builder()).await;
    assert_eq!((status, text.as_str()), (401, "credentials_missing"));
}

#[tokio::test]
async fn the_token_can_be_taken_out_of_the_extractor() {
    async fn kept(token: Scoped<ReadMessages>) -> String {
        let kept: auth0_api_core::VerifiedToken = token.clone().token;
        assert!(format!("{token:?}").contains(&format!("{kept:?}")));
        kept.scopes().collect::<Vec<_>>().join("+")
    }

    let world = TestWorld::start().await;
    let app = Router::new().route("/", get(kept)).layer(AuthLayer::new(world.api.clone()));
    let (_, _, text) = show(&app, "/", world.bearer("read:messages read:drafts")).await;
    assert_eq!(text, "read:messages+read:drafts");
}

#[test]
fn a_scoped_token_can_be_made_from_a_token_that_meets_the_requirement() {
    let tenant = OfflineTenant::new();
    let token = tenant.token(|mint| mint.scope("read:messages read:drafts"));
    assert!(Scoped::<ReadMessages>::try_from(token).is_ok());
    let error = Scoped::<ReadMessages>::try_from(tenant.token(|mint| mint.scope("read:messages"))).unwrap_err();
    assert_eq!(error.label(), "requirement_scope");
}

async fn served(_: Scoped<ReadMessages>) -> &'static str {
    "served"
}

async fn maybe(token: Option<Scoped<ReadMessages>>) -> String {
    token.as_ref().and_then(|scoped| scoped.token.subject()).unwrap_or("anonymous").to_owned()
}

/// Status, challenges and body.
async fn show(app: &Router, path: &str, request: request::Builder) -> (u16, Vec<String>, String) {
    let request = request.uri(format!("http://api.example.com{path}")).body(Body::empty()).unwrap();
    let Ok(response) = app.clone().oneshot(request).await;
    (response.status().as_u16(), header(&response, "www-authenticate"), text(response).await)
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}
