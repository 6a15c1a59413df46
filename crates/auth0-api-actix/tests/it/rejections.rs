//! Rejections that a handler returns.

use std::fmt;

use actix_web::body::MessageBody;
use actix_web::dev::{Service as _, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{call_service, init_service, try_call_service};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, ResponseError};
use auth0_api_actix::{Auth, Claims, HandlerError, MaybeToken, Token, TokenRejection};
use auth0_api_core::exchange::{InputError, TokenTextError};
use auth0_api_core::{Error, ExchangeError, Rejection, Requirement};
use auth0_api_testing::TestWorld;
use serde::Deserialize;

use crate::world::{Requests as _, header, request, text};

#[actix_web::test]
async fn an_error_of_a_handler_is_rejected_as_the_middleware_would_reject_it() {
    let world = TestWorld::start().await;
    let hook = |rejection: &Rejection| ("text/plain", rejection.label());
    let plain = Auth::new(world.api.clone());
    for (auth, expected) in [
        (plain.clone(), r#"{"error":"insufficient_scope","error_description":"#),
        (plain.rejection_body(hook), "requirement_scope"),
    ] {
        let app = init_service(App::new().configure(routes).wrap(auth)).await;
        let response = call_service(&app, world.bearer("read:orders").uri("/private/scope").to_request()).await;
        assert_eq!(response.status(), 403);
        let challenge = header(&response, "www-authenticate").concat();
        assert!(challenge.contains(r#"error="insufficient_scope""#) && challenge.contains(r#"scope="write:orders""#));
        assert!(text(response).await.starts_with(expected));
    }
}

#[actix_web::test]
async fn the_challenge_of_the_callers_scheme_carries_the_error_of_an_exchange() {
    let world = TestWorld::start().await;
    let app = init_service(App::new().configure(routes).wrap(Auth::new(world.api.clone()))).await;
    let response = call_service(&app, world.dpop(None).to_request()).await;
    assert_eq!(response.status(), 401);
    let challenges = header(&response, "www-authenticate");
    let with_error: Vec<_> = challenges.iter().filter(|challenge| challenge.contains("error=")).collect();
    assert!(matches!(with_error.as_slice(), [only] if only.starts_with("DPoP ")), "{challenges:?}");
}

#[actix_web::test]
async fn a_rejection_keeps_the_headers_of_inner_middleware() {
    let world = TestWorld::start().await;
    let with_headers = App::new().configure(routes).wrap_fn(|request, service| {
        let response = service.call(request);
        async {
            let mut response = response.await?;
            for (name, value) in OF_INNER_MIDDLEWARE {
                response.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            Ok(response)
        }
    });
    let app = init_service(with_headers.wrap(Auth::new(world.api.clone()))).await;
    let response = call_service(&app, world.bearer("read:orders").uri("/private/scope").to_request()).await;
    assert_eq!(response.status(), 403);
    assert_eq!(header(&response, "set-cookie"), ["a=1", "b=2"]);
    assert_eq!(header(&response, "vary"), ["accept-encoding", "origin"]);
    assert_eq!(header(&response, "content-security-policy"), ["default-src 'none'"]);
    for of_the_body in ["content-language", "etag", "trailer"] {
        assert_eq!(header(&response, of_the_body), [""; 0]);
    }
    assert!(!header(&response, "cache-control").concat().contains("public"));
}

/// Headers that inner middleware set on a response that a rejection replaces.
const OF_INNER_MIDDLEWARE: [(&str, &str); 9] = [
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

#[actix_web::test]
async fn an_outer_middleware_may_hold_the_request() {
    async fn holding(
        _held: HttpRequest,
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
        next.call(request).await
    }

    let world = TestWorld::start().await;
    // Not around the application: there, the router of actix-web itself needs the only handle to the request.
    let auth = Auth::new(world.api.clone());
    let held = web::resource("/maybe").route(web::get().to(maybe)).wrap(auth).wrap(from_fn(holding));
    let app = init_service(App::new().service(held)).await;
    let response = call_service(&app, world.bearer("").uri("/maybe").to_request()).await;
    assert_eq!(response.status(), 200);
}

#[actix_web::test]
async fn an_error_of_an_inner_middleware_becomes_a_rejection() {
    let world = TestWorld::start().await;
    let failing = App::new()
        .configure(routes)
        .wrap_fn(|_, _| async { Err::<ServiceResponse, _>(HandlerError::from(Error::missing_credentials()).into()) })
        .wrap(Auth::new(world.api.clone()));
    let app = init_service(failing).await;
    let error = try_call_service(&app, world.bearer("").to_request()).await.unwrap_err();
    assert_eq!(error.as_error::<TokenRejection>().unwrap().rejection().label(), "credentials_missing");
    assert_eq!(error.error_response().status(), 401);
}

#[actix_web::test]
async fn an_error_of_the_application_may_wrap_a_handler_error() {
    #[derive(Debug)]
    struct AppError(HandlerError);

    impl fmt::Display for AppError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(f)
        }
    }

    impl ResponseError for AppError {
        fn error_response(&self) -> HttpResponse {
            self.0.error_response()
        }
    }

    async fn handler(Token(token): Token) -> Result<String, AppError> {
        Requirement::scope("write:orders").check(&token).map_err(|error| AppError(error.into()))?;
        Ok(String::new())
    }

    let world = TestWorld::start().await;
    let app = App::new().route("/private", web::get().to(handler)).wrap(Auth::new(world.api.clone()));
    let response = call_service(&init_service(app).await, world.bearer("read:orders").to_request()).await;
    assert_eq!(response.status(), 403);
    assert!(text(response).await.starts_with(r#"{"error":"insufficient_scope""#));
}

#[actix_web::test]
async fn claims_are_converted_or_rejected() {
    let world = TestWorld::start().await;
    let app = |auth: Auth| init_service(App::new().configure(routes).wrap(auth));
    let strict = app(Auth::new(world.api.clone())).await;
    let optional = app(Auth::new(world.api.clone()).optional()).await;
    for (app, request, path, status, body) in [
        (&strict, world.bearer("read:orders"), "/known", 200, "read:orders"),
        (&strict, world.bearer("read:orders"), "/wanted", 403, "lacks a claim that is needed here"),
        (&strict, request(), "/known", 401, "no access token was presented"),
        (&optional, request(), "/known", 401, "no access token was presented"),
        (&optional, request(), "/maybe", 200, "anonymous"),
        (&optional, world.bearer("read:orders"), "/maybe", 200, "read:orders"),
    ] {
        let response = call_service(app, request.uri(path).to_request()).await;
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

async fn maybe(MaybeToken(claims): MaybeToken<Claims<Known>>) -> String {
    claims.map_or("anonymous".to_owned(), |Claims(known)| known.scope)
}

#[actix_web::test]
async fn without_a_middleware_the_extractor_answers_500() {
    let world = TestWorld::start().await;
    let app = init_service(App::new().configure(routes)).await;
    assert_eq!(call_service(&app, world.bearer("").to_request()).await.status(), 500);
}

fn routes(config: &mut ServiceConfig) {
    config
        .route("/private", web::get().to(exchange))
        .route("/private/scope", web::get().to(scope))
        .route("/known", web::get().to(known))
        .route("/wanted", web::get().to(wanted))
        .route("/maybe", web::get().to(maybe));
}

async fn scope(Token(token): Token) -> Result<String, HandlerError> {
    Requirement::scope("write:orders").check(&token)?;
    Ok(String::new())
}

/// Returns the error of a token exchange. This error does not contain the scheme that the caller used.
async fn exchange(_: Token) -> Result<String, HandlerError> {
    let problem = TokenTextError::Blank;
    let error = InputError::Token { parameter: "subject_token", problem };
    Err(ExchangeError::from(error).into())
}
