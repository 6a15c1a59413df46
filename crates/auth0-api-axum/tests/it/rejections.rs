//! Rejections that a handler returns.

use auth0_api_axum::{AuthLayer, Claims, HandlerError, Token};
use auth0_api_core::exchange::{InputError, TokenTextError};
use auth0_api_core::{Error, ExchangeError, Rejection, Requirement};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::middleware::{map_request, map_response};
use axum::routing::get;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use tower::ServiceExt as _;

use crate::world::{Requests as _, header};

#[tokio::test]
async fn an_error_of_a_handler_is_rejected_as_the_layer_would_reject_it() {
    let world = TestWorld::start().await;
    let hook = |rejection: &Rejection| ("text/plain", Body::from(rejection.label()));
    let plain = AuthLayer::new(world.api.clone());
    for (layer, expected) in [
        (routes().layer(plain.clone()), r#"{"error":"insufficient_scope","error_description":"#),
        (routes().layer(plain.rejection_body(hook)), "requirement_scope"),
    ] {
        let response = call(layer, world.bearer("read:orders"), "/private/scope").await;
        assert_eq!(response.status(), 403);
        let challenge = header(&response, "www-authenticate").concat();
        assert!(challenge.contains(r#"error="insufficient_scope""#) && challenge.contains(r#"scope="write:orders""#));
        assert!(text(response).await.starts_with(expected));
    }
}

#[tokio::test]
async fn the_challenge_of_the_callers_scheme_carries_the_error_of_an_exchange() {
    let world = TestWorld::start().await;
    let app = routes().layer(AuthLayer::new(world.api.clone()));
    let response = call(app, world.dpop(None), "/private").await;
    assert_eq!(response.status(), 401);
    let challenges = header(&response, "www-authenticate");
    let with_error: Vec<_> = challenges.iter().filter(|challenge| challenge.contains("error=")).collect();
    assert!(matches!(with_error.as_slice(), [only] if only.starts_with("DPoP ")), "{challenges:?}");
}

#[tokio::test]
async fn a_rejection_keeps_the_headers_of_inner_layers_and_is_in_the_extensions() {
    let world = TestWorld::start().await;
    let inner = map_response(|mut response: Response<Body>| async move {
        response.headers_mut().insert("x-inner", HeaderValue::from_static("kept"));
        for (name, value) in OF_INNER_LAYERS {
            response.headers_mut().append(name, HeaderValue::from_static(value));
        }
        response
    });
    let app = routes().layer(inner).layer(AuthLayer::new(world.api.clone()));
    let response = call(app, world.bearer("read:orders"), "/private/scope").await;
    assert_eq!(response.status(), 403);
    assert_eq!(header(&response, "x-inner"), ["kept"]);
    assert_eq!(header(&response, "set-cookie"), ["a=1", "b=2"]);
    assert_eq!(header(&response, "vary"), ["accept-encoding", "origin"]);
    assert_eq!(header(&response, "content-security-policy"), ["default-src 'none'"]);
    for of_the_body in ["content-language", "etag", "trailer"] {
        assert_eq!(header(&response, of_the_body), [""; 0]);
    }
    assert!(!header(&response, "cache-control").concat().contains("public"));
    let rejection = response.extensions().get::<Rejection>().unwrap();
    assert_eq!(rejection.label(), "requirement_scope");
}

#[tokio::test]
async fn a_token_that_replaces_the_verified_one_is_verified() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let replace = map_request(|mut request: Request<Body>| async move {
        request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_static("Bearer another"));
        request
    });
    let app = routes().layer(layer.clone()).layer(replace).layer(layer);
    let response = call(app, world.bearer("read:orders"), "/known").await;
    assert_eq!(response.status(), 401);
}

/// Headers that inner layers set on a response that a rejection replaces.
const OF_INNER_LAYERS: [(&str, &str); 9] = [
    ("set-cookie", "a=1"),
    ("set-cookie", "b=2"),
    ("vary", "accept-encoding"),
    ("vary", "origin"),
    ("content-security-policy", "default-src 'none'"),
    ("cache-control", "public, max-age=600"),
    ("content-language", "en"),
    ("etag", "\"v1\""),
    ("trailer", "expires"),
];

#[tokio::test]
async fn claims_are_converted_or_rejected() {
    let world = TestWorld::start().await;
    let app = |layer: AuthLayer| {
        Router::new().route("/known", get(known)).route("/wanted", get(wanted)).route("/maybe", get(maybe)).layer(layer)
    };
    let layer = AuthLayer::new(world.api.clone());
    let optional = layer.clone().optional();
    let anonymous = Request::builder;
    for (layer, request, path, status, body) in [
        (&layer, world.bearer("read:orders"), "/known", 200, "read:orders"),
        (&layer, world.bearer("read:orders"), "/wanted", 403, "lacks a claim that is needed here"),
        (&layer, anonymous(), "/known", 401, "no access token was presented"),
        (&optional, anonymous(), "/known", 401, "no access token was presented"),
        (&optional, anonymous(), "/maybe", 200, "anonymous"),
        (&optional, world.bearer("read:orders"), "/maybe", 200, "read:orders"),
    ] {
        let response = call(app(layer.clone()), request, path).await;
        assert_eq!(response.status(), status, "{path}");
        assert!(text(response).await.contains(body), "{path}: {body}");
    }
}

#[derive(Deserialize)]
struct Known {
    scope: String,
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(rename = "https://example.com/tier")]
    tier: String,
}

async fn known(Claims(known): Claims<Known>) -> String {
    known.scope
}

async fn wanted(Claims(wanted): Claims<Wanted>) -> String {
    wanted.tier
}

async fn maybe(claims: Option<Claims<Known>>) -> String {
    claims.map_or("anonymous".to_owned(), |Claims(known)| known.scope)
}

#[tokio::test]
async fn without_a_layer_the_extractor_and_the_error_answer_500() {
    let world = TestWorld::start().await;
    assert_eq!(call(routes(), world.bearer(""), "/private/scope").await.status(), 500);
    let failing = Router::new().route("/", get(|| async { HandlerError::from(Error::missing_credentials()) }));
    let response = call(failing, world.bearer(""), "/").await;
    assert_eq!(response.status(), 500);
    assert_eq!(text(response).await, "");
}

fn routes() -> Router {
    Router::new().route("/private/scope", get(scope)).route("/private", get(exchange))
}

async fn scope(Token(token): Token) -> Result<(), HandlerError> {
    Requirement::scope("write:orders").check(&token).map_err(HandlerError::from)
}

/// Returns the error of a token exchange. This error does not contain the scheme that the caller used.
async fn exchange(_: Token) -> Result<(), HandlerError> {
    let problem = TokenTextError::Blank;
    let error = InputError::Token { parameter: "subject_token", problem };
    Err(ExchangeError::from(error).into())
}

async fn call(app: Router, request: http::request::Builder, path: &str) -> Response<Body> {
    let mut request: Request<Body> = request.body(Body::empty()).unwrap();
    *request.uri_mut() = format!("http://api.example.com{path}").parse().unwrap();
    app.oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}
