//! Errors of the service behind the middleware. The middleware does not change them, but adds the next nonce.

use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::error::{ErrorImATeapot, JsonPayloadError};
use actix_web::test::{init_service, try_call_service};
use actix_web::{App, Error, HttpMessage as _, HttpRequest, HttpResponse, web};
use auth0_api_actix::{Auth, HandlerError, Token, TokenRejection};
use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::token::TokenError;
use auth0_api_core::{ApiClient, DpopPolicy, VerifiedToken};
use auth0_api_testing::TestWorld;

use crate::world::{Requests as _, request};

#[actix_web::test]
async fn an_error_of_an_inner_middleware_is_passed_on_unchanged() {
    let world = TestWorld::start().await;
    let app = App::new()
        .route("/private", web::get().to(HttpResponse::Ok))
        .wrap_fn(|_, _| async { Err::<actix_web::dev::ServiceResponse, _>(JsonPayloadError::ContentType.into()) })
        .wrap(Auth::new(world.api.clone()));
    let app = init_service(app).await;
    let error = try_call_service(&app, world.bearer("").to_request()).await.unwrap_err();
    assert!(error.as_error::<JsonPayloadError>().is_some());
}

#[actix_web::test]
async fn a_handler_error_of_an_inner_middleware_becomes_the_rejection() {
    let world = TestWorld::start().await;
    let app = App::new()
        .route("/private", web::get().to(HttpResponse::Ok))
        .wrap_fn(|_, _| async {
            Err::<actix_web::dev::ServiceResponse, Error>(HandlerError::from(TokenError::Type).into())
        })
        .wrap(Auth::new(world.api.clone()));
    let app = init_service(app).await;
    let error = try_call_service(&app, world.bearer("").to_request()).await.unwrap_err();
    let rejection = error.as_error::<TokenRejection>().unwrap().rejection();
    assert_eq!((rejection.status(), rejection.label()), (401, "token_type"));
    let response = error.error_response();
    assert_eq!((response.status().as_u16(), response.headers().get_all("www-authenticate").count()), (401, 2));
}

/// Behind a public route of another client, a handler must not read the token of the outer client.
#[actix_web::test]
async fn an_optional_middleware_of_another_client_hides_the_token_of_the_outer_client() {
    let world = TestWorld::start().await;
    let other = ApiClient::builder(world.tenant.domain(), "https://admin.example.com").insecure_http_loopback();
    let app = App::new()
        .route("/private", web::get().to(without_token))
        .wrap(Auth::new(other.build().unwrap()).optional())
        .wrap_fn(|mut request, service| {
            assert!(request.extensions().get::<VerifiedToken>().is_some());
            request.headers_mut().remove("authorization");
            service.call(request)
        })
        .wrap(Auth::new(world.api.clone()));
    let app = init_service(app).await;
    let response = try_call_service(&app, world.bearer("").to_request()).await.unwrap();
    assert_eq!(response.status(), 200);
}

async fn without_token(request: HttpRequest) -> HttpResponse {
    assert!(request.extensions().get::<VerifiedToken>().is_none());
    HttpResponse::Ok().finish()
}

#[actix_web::test]
async fn the_next_nonce_is_added_to_an_error_of_an_inner_middleware() {
    let world = TestWorld::start_with(|builder| {
        builder.dpop(DpopPolicy::accept().nonce(RotatingNonce::new([[1; 32]]).unwrap()))
    })
    .await;
    let app = App::new()
        .route("/private", web::get().to(HttpResponse::Ok))
        .wrap_fn(|_, _| async { Err::<actix_web::dev::ServiceResponse, Error>(ErrorImATeapot("short and stout")) })
        .wrap(Auth::new(world.api.clone()));
    let app = init_service(app).await;
    let challenged = try_call_service(&app, world.dpop(None).to_request()).await.unwrap();
    let nonce = challenged.headers().get("dpop-nonce").unwrap().to_str().unwrap().to_owned();

    world.clock.advance(Duration::from_secs(60));
    let error = try_call_service(&app, world.dpop(Some(&nonce)).to_request()).await.unwrap_err();
    assert_eq!((error.to_string(), format!("{error:?}")), ("short and stout".into(), "\"short and stout\"".into()));
    let response = error.error_response();
    assert_eq!(
        (error.as_response_error().status_code(), response.status()),
        (418.try_into().unwrap(), 418.try_into().unwrap())
    );
    assert!(response.headers().get("dpop-nonce").is_some_and(|next| *next != *nonce));
    assert_eq!(response.headers().get("cache-control").unwrap(), "no-store");
    assert_eq!(actix_web::body::to_bytes(response.into_body()).await.unwrap(), "short and stout");
}

#[actix_web::test]
async fn an_error_handler_can_read_the_rejection() {
    let world = TestWorld::start().await;
    let app = App::new()
        .route("/private", web::get().to(|_: Token| HttpResponse::Ok()))
        .wrap(Auth::new(world.api.clone()).optional());
    let app = init_service(app).await;
    let response = try_call_service(&app, request().to_request()).await.unwrap();
    let rejection = response.response().error().unwrap().as_error::<TokenRejection>().unwrap();
    assert_eq!((rejection.rejection().status(), rejection.rejection().label()), (401, "credentials_missing"));
    assert_eq!(rejection.to_string(), "credentials_missing (401)");
}
