//! Rejections that a handler returns.

use actix_web::App;
use actix_web::test::{call_service, init_service};
use actix_web::web::{self, ServiceConfig};
use auth0_api_actix::{Auth, Reject, TokenRejection, VerifiedToken};
use auth0_api_core::{ExchangeError, InputError, Rejection, Requirement, TokenTextError};

use crate::world::{World, header, text};

#[actix_web::test]
async fn an_error_of_a_handler_is_rejected_as_the_middleware_would_reject_it() {
    let world = World::new().await;
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
    let world = World::new().await;
    let app = init_service(App::new().configure(routes).wrap(Auth::new(world.api.clone()))).await;
    let response = call_service(&app, world.dpop(None).to_request()).await;
    assert_eq!(response.status(), 401);
    let challenges = header(&response, "www-authenticate");
    let with_error: Vec<_> = challenges.iter().filter(|challenge| challenge.contains("error=")).collect();
    assert!(matches!(with_error.as_slice(), [only] if only.starts_with("DPoP ")), "{challenges:?}");
}

#[actix_web::test]
async fn without_a_middleware_the_extractor_answers_500() {
    let world = World::new().await;
    let app = init_service(App::new().configure(routes)).await;
    assert_eq!(call_service(&app, world.bearer("").to_request()).await.status(), 500);
}

fn routes(config: &mut ServiceConfig) {
    config.route("/private", web::get().to(exchange)).route("/private/scope", web::get().to(scope));
}

async fn scope(token: VerifiedToken, reject: Reject) -> Result<String, TokenRejection> {
    Requirement::scope("write:orders").check(&token).map_err(|error| reject.with(error))?;
    Ok(String::new())
}

/// Returns the error of a token exchange. This error does not contain the scheme that the caller used.
async fn exchange(reject: Reject) -> Result<String, TokenRejection> {
    let problem = TokenTextError::Blank;
    let error = InputError::Token { parameter: "subject_token", problem };
    Err(reject.with(ExchangeError::from(error)))
}
