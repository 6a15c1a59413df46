//! The table in the documentation of the extractors, row by row.

use actix_web::dev::ServiceFactory;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpRequest};
use auth0_api_actix::{Auth, MaybeToken, Scoped, Token};
use auth0_api_core::{Rejection, Requirement, guard};
use auth0_api_testing::TestWorld;

use crate::world::{Requests as _, header, request, text};

const BEARER: &str = r#"Bearer realm="api""#;
const INVALID: &str =
    r#"Bearer realm="api", error="invalid_token", error_description="the access token is not for this API""#;
const MISCONFIGURED: &str = r#"{"error":"server_error","error_description":"the server is misconfigured"}"#;

#[actix_web::test]
async fn extractors_follow_the_table_in_their_documentation() {
    let world = TestWorld::start().await;
    let auth = Auth::new(world.api.clone());
    let (strict, optional) = (auth.clone(), auth.optional());
    for (path, auth, nothing) in [
        ("/private", &strict, Outcome::Rejected(BEARER.into())),
        ("/private/maybe", &strict, Outcome::Rejected(BEARER.into())),
        ("/private", &optional, Outcome::Rejected(BEARER.into())),
        ("/private/maybe", &optional, Outcome::Served("anonymous".into())),
    ] {
        let app = || App::new().service(web::scope("").configure(routes).wrap(auth.clone()));
        assert_eq!(show(app(), path, request()).await, nothing, "{path}");
        assert_eq!(show(app(), path, world.bearer("")).await, Outcome::Served("verified".into()), "{path}");
        assert_eq!(show(app(), path, world.bad_bearer()).await, Outcome::Rejected(INVALID.into()), "{path}");
    }
    for path in ["/private", "/private/maybe"] {
        for request in [request(), world.bearer(""), world.bad_bearer()] {
            assert_eq!(show(App::new().configure(routes), path, request).await, Outcome::Misconfigured, "{path}");
        }
    }
}

#[actix_web::test]
async fn the_extractor_derefs_to_the_token_of_core() {
    fn framework_independent(token: &auth0_api_core::VerifiedToken) -> String {
        token.subject().unwrap_or_default().to_owned()
    }

    let world = TestWorld::start().await;
    let app = App::new()
        .route("/private", web::get().to(|Token(token): Token| async move { framework_independent(&token) }))
        .wrap(Auth::new(world.api.clone()));
    assert_eq!(show(app, "/private", world.bearer("")).await, Outcome::Served("auth0|local-user".into()));
}

#[actix_web::test]
async fn the_middlewares_hook_builds_the_body_of_an_extractors_rejection() {
    let world = TestWorld::start().await;
    let hook = |rejection: &Rejection, _: Option<&HttpRequest>| ("text/plain", rejection.label());
    let auth = Auth::new(world.api.clone()).optional().rejection_body(hook);
    let app = init_service(App::new().configure(routes).wrap(auth)).await;
    let response = call_service(&app, request().to_request()).await;
    assert_eq!(response.status(), 401);
    assert_eq!(header(&response, "www-authenticate"), [BEARER, r#"DPoP algs="ES256""#]);
    assert_eq!(header(&response, "content-type"), ["text/plain"]);
    assert_eq!(text(response).await, "credentials_missing");
}

#[actix_web::test]
async fn a_maybe_token_with_a_requirement_rejects_a_token_that_does_not_meet_it() {
    guard!(ReadMessages = Requirement::scope("read:messages"));

    async fn handler(MaybeToken(token): MaybeToken<Scoped<ReadMessages>>) -> String {
        token.map_or("anonymous".into(), |Scoped { token, .. }| token.subject().unwrap_or_default().to_owned())
    }

    let world = TestWorld::start().await;
    let app = || App::new().route("/private", web::get().to(handler));
    let auth = Auth::new(world.api.clone()).optional();
    for (request, shown) in [
        (request(), Outcome::Served("anonymous".into())),
        (world.bearer("read:messages"), Outcome::Served("auth0|local-user".into())),
        (world.bad_bearer(), Outcome::Rejected(INVALID.into())),
    ] {
        assert_eq!(show(app().wrap(auth.clone()), "/private", request).await, shown);
    }
    let service = init_service(app().wrap(auth)).await;
    let response = call_service(&service, world.bearer("read:drafts").to_request()).await;
    assert_eq!(response.status(), 403);
    assert_eq!(show(app(), "/private", request()).await, Outcome::Misconfigured);
}

fn routes(config: &mut ServiceConfig) {
    config
        .route("/private", web::get().to(|_: Token| async { "verified" }))
        .route("/private/maybe", web::get().to(maybe));
}

async fn maybe(MaybeToken(token): MaybeToken) -> &'static str {
    token.map_or("anonymous", |_| "verified")
}

/// The answer to a request. For a 401, it contains the first challenge only, which is the Bearer challenge.
#[derive(Debug, PartialEq)]
enum Outcome {
    Misconfigured,
    Rejected(String),
    Served(String),
}

async fn show<F, B>(app: App<F>, path: &str, request: TestRequest) -> Outcome
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
        200 => Outcome::Served(text(response).await),
        401 => Outcome::Rejected(header(&response, "www-authenticate").remove(0)),
        status => {
            assert_eq!((status, header(&response, "www-authenticate").len()), (500, 0));
            assert_eq!(text(response).await, MISCONFIGURED);
            Outcome::Misconfigured
        }
    }
}
