//! Rejections that a handler returns.

use auth0_api_axum::{AuthLayer, Reject, TokenRejection, VerifiedToken};
use auth0_api_core::{ExchangeError, InputError, Rejection, Requirement, TokenTextError};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::{World, header};

#[tokio::test]
async fn an_error_of_a_handler_is_rejected_as_the_layer_would_reject_it() {
    let world = World::new().await;
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
    let world = World::new().await;
    let app = routes().layer(AuthLayer::new(world.api.clone()));
    let response = call(app, world.dpop(None), "/private").await;
    assert_eq!(response.status(), 401);
    let challenges = header(&response, "www-authenticate");
    let with_error: Vec<_> = challenges.iter().filter(|challenge| challenge.contains("error=")).collect();
    assert!(matches!(with_error.as_slice(), [only] if only.starts_with("DPoP ")), "{challenges:?}");
}

#[tokio::test]
async fn without_a_layer_the_extractor_answers_500() {
    let world = World::new().await;
    assert_eq!(call(routes(), world.bearer(""), "/private/scope").await.status(), 500);
}

fn routes() -> Router {
    Router::new().route("/private/scope", get(scope)).route("/private", get(exchange))
}

async fn scope(token: VerifiedToken, reject: Reject) -> Result<(), TokenRejection> {
    Requirement::scope("write:orders").check(&token).map_err(|error| reject.with(error))
}

/// Returns the error of a token exchange. This error does not contain the scheme that the caller used.
async fn exchange(reject: Reject) -> Result<(), TokenRejection> {
    let problem = TokenTextError::Blank;
    let error = InputError::Token { parameter: "subject_token", problem };
    Err(reject.with(ExchangeError::from(error)))
}

async fn call(app: Router, request: http::request::Builder, path: &str) -> Response<Body> {
    let mut request: Request<Body> = request.body(Body::empty()).unwrap();
    *request.uri_mut() = format!("http://api.example.com{path}").parse().unwrap();
    app.oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}
