//! The table of the extractors: what is behind which layer, for whom.

use auth0_api_axum::{AuthLayer, VerifiedToken};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, Response, request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::{World, header};

const BEARER: &str = r#"Bearer realm="api""#;
const INVALID: &str =
    r#"Bearer realm="api", error="invalid_token", error_description="the access token is not for this API""#;

#[tokio::test]
async fn extractors_do_what_their_table_says() {
    let world = World::new().await;
    let layer = AuthLayer::new(world.api.clone());
    let routes = || Router::new().route("/private", get(demanding)).route("/private/maybe", get(undemanding));
    let (demanded, maybe) = ("/private", "/private/maybe");
    for (app, path, nothing, good, bad) in [
        (routes().layer(layer.clone()), demanded, Shown::Rejected(BEARER), Shown::Served("somebody"), INVALID),
        (routes().layer(layer.clone()), maybe, Shown::Rejected(BEARER), Shown::Served("somebody"), INVALID),
        (
            routes().layer(layer.clone().optional()),
            demanded,
            Shown::Rejected(BEARER),
            Shown::Served("somebody"),
            INVALID,
        ),
        (routes().layer(layer.clone().optional()), maybe, Shown::Served("nobody"), Shown::Served("somebody"), INVALID),
    ] {
        assert_eq!(show(&app, path, Request::builder()).await, nothing);
        assert_eq!(show(&app, path, world.bearer("")).await, good);
        assert_eq!(show(&app, path, world.bad_bearer()).await, Shown::Rejected(bad));
    }
    for path in [demanded, maybe] {
        for request in [Request::builder(), world.bearer(""), world.bad_bearer()] {
            assert_eq!(show(&routes(), path, request).await, Shown::Misconfigured, "{path}");
        }
    }
}

#[tokio::test]
async fn the_extractor_is_cores_token_to_functions_that_know_no_framework() {
    fn knows_no_framework(token: &auth0_api_core::VerifiedToken) -> String {
        token.subject().unwrap_or_default().to_owned()
    }

    let world = World::new().await;
    let app = Router::new()
        .route("/private", get(|token: VerifiedToken| async move { knows_no_framework(&token) }))
        .layer(AuthLayer::new(world.api.clone()));
    assert_eq!(show(&app, "/private", world.bearer("")).await, Shown::Served("auth0|local-user"));
}

async fn demanding(_: VerifiedToken) -> &'static str {
    "somebody"
}

async fn undemanding(token: Option<VerifiedToken>) -> &'static str {
    token.map_or("nobody", |_| "somebody")
}

/// What came of a request; of the challenges, the one for Bearer.
#[derive(Debug, PartialEq)]
enum Shown<'s> {
    Misconfigured,
    Rejected(&'s str),
    Served(&'s str),
}

async fn show(app: &Router, path: &str, request: request::Builder) -> Shown<'static> {
    let request = request.uri(format!("http://api.example.com{path}")).body(Body::empty()).unwrap();
    let Ok(response) = app.clone().oneshot(request).await;
    match response.status().as_u16() {
        200 => Shown::Served(text(response).await.leak()),
        401 => Shown::Rejected(header(&response, "www-authenticate").remove(0).leak()),
        status => {
            assert_eq!((status, header(&response, "www-authenticate").len()), (500, 0));
            let body = r#"{"error":"server_error","error_description":"the server is misconfigured"}"#;
            assert_eq!(text(response).await, body);
            Shown::Misconfigured
        }
    }
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}
