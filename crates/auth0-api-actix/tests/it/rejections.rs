//! Rejections that a handler returns, where actix-web differs from other frameworks.

use std::fmt;
use std::future::ready;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{call_service, init_service, try_call_service};
use actix_web::{App, HttpRequest, HttpResponse, ResponseError, web};
use auth0_api_actix::{Auth, HandlerError, Token, TokenRejection};
use auth0_api_core::{Error, Rejection, Requirement};
use auth0_api_testing::TestWorld;

use crate::world::{Requests as _, text};

/// An error of an application that wraps the error of a handler.
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
    let held = web::resource("/private").route(web::get().to(served)).wrap(auth).wrap(from_fn(holding));
    let app = init_service(App::new().service(held)).await;
    let response = call_service(&app, world.bearer("").to_request()).await;
    assert_eq!(response.status(), 200);
}

#[actix_web::test]
async fn an_error_of_an_inner_middleware_becomes_a_rejection_also_if_it_is_wrapped() {
    let world = TestWorld::start().await;
    let error = || HandlerError::from(Error::missing_credentials());
    let errors: [fn(HandlerError) -> actix_web::Error; 2] = [Into::into, |error| AppError(error).into()];
    for convert in errors {
        let failing = App::new()
            .route("/private", web::get().to(served))
            .wrap_fn(move |_, _| ready(Err::<ServiceResponse, _>(convert(error()))))
            .wrap(Auth::new(world.api.clone()));
        let error = try_call_service(&init_service(failing).await, world.bearer("").to_request()).await.unwrap_err();
        assert_eq!(error.as_error::<TokenRejection>().unwrap().rejection().label(), "credentials_missing");
        assert_eq!(error.error_response().status(), 401);
        assert!(error.error_response().extensions().contains::<Rejection>());
    }
}

#[actix_web::test]
async fn an_error_of_the_application_may_wrap_a_handler_error() {
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
async fn a_hook_sees_no_request_if_an_inner_middleware_returns_an_error() {
    let world = TestWorld::start().await;
    let hook = |_: &Rejection, request: Option<&HttpRequest>| {
        ("text/plain", request.map_or("none".to_owned(), |request| request.path().to_owned()))
    };
    let failing = App::new()
        .route("/private", web::get().to(served))
        .wrap_fn(|_, _| ready(Err::<ServiceResponse, _>(HandlerError::from(Error::missing_credentials()).into())))
        .wrap(Auth::new(world.api.clone()).rejection_body(hook));
    let error = try_call_service(&init_service(failing).await, world.bearer("").to_request()).await.unwrap_err();
    let body = actix_web::body::to_bytes(error.error_response().into_body()).await.unwrap();
    assert_eq!(body, "none");
}

async fn served(_: Token) -> &'static str {
    "served"
}
