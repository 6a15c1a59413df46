//! The table of the extractors: what is behind which middleware, for whom.

use actix_web::App;
use actix_web::dev::ServiceFactory;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::{self, ServiceConfig};
use auth0_api_actix::{Auth, MaybeToken, Scoped, VerifiedToken};
use auth0_api_core::{Guard, Rejection, Requirement};

use crate::world::{World, header, request, text};

const BEARER: &str = r#"Bearer realm="api""#;
const INVALID: &str =
    r#"Bearer realm="api", error="invalid_token", error_description="the access token is not for this API""#;
const MISCONFIGURED: &str = r#"{"error":"server_error","error_description":"the server is misconfigured"}"#;

#[actix_web::test]
async fn extractors_do_what_their_table_says() {
    let world = World::new().await;
    let auth = Auth::new(world.api.clone());
    let (strict, optional) = (auth.clone(), auth.optional());
    for (path, auth, nothing) in [
        ("/private", &strict, Shown::Rejected(BEARER.into())),
        ("/private/maybe", &strict, Shown::Rejected(BEARER.into())),
        ("/private", &optional, Shown::Rejected(BEARER.into())),
        ("/private/maybe", &optional, Shown::Served("nobody".into())),
    ] {
        let app = || App::new().service(web::scope("").configure(routes).wrap(auth.clone()));
        assert_eq!(show(app(), path, request()).await, nothing, "{path}");
        assert_eq!(show(app(), path, world.bearer("")).await, Shown::Served("somebody".into()), "{path}");
        assert_eq!(show(app(), path, world.bad_bearer()).await, Shown::Rejected(INVALID.into()), "{path}");
    }
    for path in ["/private", "/private/maybe"] {
        for request in [request(), world.bearer(""), world.bad_bearer()] {
            assert_eq!(show(App::new().configure(routes), path, request).await, Shown::Misconfigured, "{path}");
        }
    }
}

#[actix_web::test]
async fn the_extractor_is_cores_token_to_functions_that_know_no_framework() {
    fn knows_no_framework(token: &auth0_api_core::VerifiedToken) -> String {
        token.subject().unwrap_or_default().to_owned()
    }

    let world = World::new().await;
    let app = App::new()
        .route("/private", web::get().to(|token: VerifiedToken| async move { knows_no_framework(&token) }))
        .wrap(Auth::new(world.api.clone()));
    assert_eq!(show(app, "/private", world.bearer("")).await, Shown::Served("auth0|local-user".into()));
}

#[actix_web::test]
async fn a_rejection_of_the_extractor_has_the_body_of_the_middlewares_hook() {
    let world = World::new().await;
    let hook = |rejection: &Rejection| ("text/plain", rejection.label());
    let auth = Auth::new(world.api.clone()).optional().rejection_body(hook);
    let app = init_service(App::new().configure(routes).wrap(auth)).await;
    let response = call_service(&app, request().to_request()).await;
    assert_eq!(response.status(), 401);
    assert_eq!(header(&response, "www-authenticate"), [BEARER, r#"DPoP algs="ES256""#]);
    assert_eq!(header(&response, "content-type"), ["text/plain"]);
    assert_eq!(text(response).await, "credentials_missing");
}

#[actix_web::test]
async fn a_token_that_may_be_missing_must_be_enough_when_it_is_there() {
    struct ReadMessages;

    impl Guard for ReadMessages {
        fn requirement() -> Requirement {
            Requirement::scope("read:messages")
        }
    }

    async fn handler(MaybeToken(token): MaybeToken<Scoped<ReadMessages>>) -> String {
        token.map_or("nobody".into(), |token| token.subject().unwrap_or_default().to_owned())
    }

    let world = World::new().await;
    let app = || App::new().route("/private", web::get().to(handler));
    let auth = Auth::new(world.api.clone()).optional();
    for (request, shown) in [
        (request(), Shown::Served("nobody".into())),
        (world.bearer("read:messages"), Shown::Served("auth0|local-user".into())),
        (world.bad_bearer(), Shown::Rejected(INVALID.into())),
    ] {
        assert_eq!(show(app().wrap(auth.clone()), "/private", request).await, shown);
    }
    let service = init_service(app().wrap(auth)).await;
    let response = call_service(&service, world.bearer("read:drafts").to_request()).await;
    assert_eq!(response.status(), 403);
    assert_eq!(show(app(), "/private", request()).await, Shown::Misconfigured);
}

fn routes(config: &mut ServiceConfig) {
    config
        .route("/private", web::get().to(|_: VerifiedToken| async { "somebody" }))
        .route("/private/maybe", web::get().to(maybe));
}

async fn maybe(MaybeToken(token): MaybeToken) -> &'static str {
    token.map_or("nobody", |_| "somebody")
}

/// What came of a request; of the challenges, the one for Bearer.
#[derive(Debug, PartialEq)]
enum Shown {
    Misconfigured,
    Rejected(String),
    Served(String),
}

async fn show<F, B>(app: App<F>, path: &str, request: TestRequest) -> Shown
where
    F: ServiceFactory<
            actix_web::dev::ServiceRequest,
            Config = (),
            Response = actix_web::dev::ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: actix_web::body::MessageBody + 'static,
{
    let app = init_service(app).await;
    let response = call_service(&app, request.uri(path).to_request()).await;
    match response.status().as_u16() {
        200 => Shown::Served(text(response).await),
        401 => Shown::Rejected(header(&response, "www-authenticate").remove(0)),
        status => {
            assert_eq!((status, header(&response, "www-authenticate").len()), (500, 0));
            assert_eq!(text(response).await, MISCONFIGURED);
            Shown::Misconfigured
        }
    }
}
