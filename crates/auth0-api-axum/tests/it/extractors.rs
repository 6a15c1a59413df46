//! The table in the documentation of the extractors, row by row.

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, Response, request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::{Requests as _, header};

const BEARER: &str = r#"Bearer realm="api""#;
const INVALID: &str =
    r#"Bearer realm="api", error="invalid_token", error_description="the access token is not for this API""#;

#[tokio::test]
async fn extractors_follow_the_table_in_their_documentation() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let routes = || Router::new().route("/private", get(required_token)).route("/private/maybe", get(optional_token));
    let (required, optional) = ("/private", "/private/maybe");
    for (app, path, nothing, good, bad) in [
        (routes().layer(layer.clone()), required, Outcome::Rejected(BEARER), Outcome::Served("verified"), INVALID),
        (routes().layer(layer.clone()), optional, Outcome::Rejected(BEARER), Outcome::Served("verified"), INVALID),
        (
            routes().layer(layer.clone().optional()),
            required,
            Outcome::Rejected(BEARER),
            Outcome::Served("verified"),
            INVALID,
        ),
        (
            routes().layer(layer.clone().optional()),
            optional,
            Outcome::Served("anonymous"),
            Outcome::Served("verified"),
            INVALID,
        ),
    ] {
        assert_eq!(show(&app, path, Request::builder()).await, nothing);
        assert_eq!(show(&app, path, world.bearer("")).await, good);
        assert_eq!(show(&app, path, world.bad_bearer()).await, Outcome::Rejected(bad));
    }
    for path in [required, optional] {
        for request in [Request::builder(), world.bearer(""), world.bad_bearer()] {
            assert_eq!(show(&routes(), path, request).await, Outcome::Misconfigured, "{path}");
        }
    }
}

#[tokio::test]
async fn the_extractor_derefs_to_the_token_of_core() {
    fn framework_independent(token: &auth0_api_core::VerifiedToken) -> String {
        token.subject().unwrap_or_default().to_owned()
    }

    let world = TestWorld::start().await;
    let app = Router::new()
        .route("/private", get(|Token(token): Token| async move { framework_independent(&token) }))
        .layer(AuthLayer::new(world.api.clone()));
    assert_eq!(show(&app, "/private", world.bearer("")).await, Outcome::Served("auth0|local-user"));
}

async fn required_token(_: Token) -> &'static str {
    "verified"
}

async fn optional_token(token: Option<Token>) -> &'static str {
    token.map_or("anonymous", |_| "verified")
}

/// The answer to a request. Of the challenges, it contains only the Bearer challenge.
#[derive(Debug, PartialEq)]
enum Outcome<'s> {
    Misconfigured,
    Rejected(&'s str),
    Served(&'s str),
}

async fn show(app: &Router, path: &str, request: request::Builder) -> Outcome<'static> {
    let request = request.uri(format!("http://api.example.com{path}")).body(Body::empty()).unwrap();
    let Ok(response) = app.clone().oneshot(request).await;
    match response.status().as_u16() {
        200 => Outcome::Served(text(response).await.leak()),
        401 => Outcome::Rejected(header(&response, "www-authenticate").remove(0).leak()),
        status => {
            assert_eq!((status, header(&response, "www-authenticate").len()), (500, 0));
            let body = r#"{"error":"server_error","error_description":"the server is misconfigured"}"#;
            assert_eq!(text(response).await, body);
            Outcome::Misconfigured
        }
    }
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}
