//! The contract suite for adapters: its routes, as an actix-web application.

use std::net::{Ipv4Addr, SocketAddr};

use actix_cors::Cors;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig, get, post, resource, route, scope};
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, HttpServer};
use auth0_api_actix::{Auth, Claims, EndUserAddress, HandlerError, MaybeToken, Scoped, Token, metadata_routes};
use auth0_api_core::{ExchangeError, Rejection, Requirement, VerifiedToken, guard};
use auth0_api_testing::contract;
use auth0_api_testing::contract::adapter::{BLANK_SUBJECT, Chapter, Harness, INNER_HEADERS, REJECTED, Site};
use serde::Deserialize;

#[tokio::test]
async fn actix_web_keeps_the_contract() {
    contract::adapter(&Actix).await;
}

struct Actix;

impl Harness for Actix {
    async fn open(&self, site: Site) -> SocketAddr {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        // The server needs an actix system, so it gets its own thread. The thread ends with the process.
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    let routes = App::new().configure(|config| routes(config, &site));
                    routes.wrap(from_fn(audit))
                });
                let server = server.workers(1).disable_signals().bind_auto_h2c((Ipv4Addr::LOCALHOST, 0)).unwrap();
                sender.send(server.addrs().remove(0)).unwrap();
                server.run().await.unwrap();
            });
        });
        receiver.await.unwrap()
    }

    fn covers(&self, _: Chapter) -> bool {
        true
    }
}

fn routes(config: &mut ServiceConfig, site: &Site) {
    let (auth, other) = (Auth::new(site.api.clone()), Auth::new(site.other.clone()));
    let optional = auth.clone().optional();
    let reading = |auth: &Auth| auth.require(Requirement::scope("read:messages"));
    let both = auth.require(Requirement::scopes(["read:messages", "read:drafts"]));
    let hooked = auth.clone().rejection_body(problem);

    if site.api.resource_metadata().is_some() {
        config.configure(metadata_routes(&site.api));
    }
    config
        .route("/public", get().to(|| async { "public" }))
        .route("/bare", get().to(subject))
        .route("/failing/bare", get().to(blank_subject))
        .service(resource("/claims/optional").wrap(optional.clone()).to(optional_claims))
        .route("/bare/optional", get().to(optional_subject))
        .route("/bare/address", get().to(address))
        .service(resource("/bare/scoped").wrap(reading(&auth)).to(subject))
        .service(resource("/optional").wrap(optional.clone()).to(optional_subject))
        .service(resource("/address").wrap(optional.clone()).to(address))
        .service(resource("/demanding").wrap(optional.clone()).to(subject))
        .service(resource("/twice").wrap(auth.clone()).wrap(optional).to(subject))
        .service(resource("/hooked").wrap(hooked.require(Requirement::scope("admin"))).wrap(hooked.clone()).to(subject))
        .service(resource("/hooked/failing").wrap(hooked.clone()).to(failing))
        .service(resource("/hooked/demanding").wrap(hooked.optional()).to(subject))
        .service(resource("/cors").wrap(auth.clone()).wrap(Cors::permissive()).to(subject))
        .service(scope("/nested").wrap(auth.clone()).route("/private", get().to(subject)))
        .service(
            scope("")
                .route("/private", route().to(subject))
                .service(resource("/scoped").wrap(both).to(subject))
                .route("/typed", get().to(|Scoped { token, .. }: Scoped<ReadMessages>| subject(Token(token))))
                .service(resource("/both").wrap(other.clone()).to(subject))
                .service(resource("/stripped").wrap(other.clone().optional()).wrap(from_fn(strip)).to(stored))
                .route("/failing", get().to(failing))
                .route("/failing/exchange", get().to(blank_subject))
                .service(resource("/failing/decorated").wrap(from_fn(decorate)).to(failing))
                .service(resource("/failing/recovered").wrap(from_fn(recover)).to(failing))
                .route("/claims", get().to(async |Claims(known): Claims<Known>| known.scope))
                .route("/claims/missing", get().to(async |Claims(missing): Claims<Missing>| missing.tier))
                .service(resource("/misplaced").wrap(reading(&other)).to(subject))
                .route("/teapot", get().to(teapot))
                .route("/caching", get().to(caching))
                .route("/echo", post().to(|_: Token, body: web::Bytes| async { body }))
                .wrap(auth),
        );
}

guard!(ReadMessages = Requirement::scope("read:messages"));

async fn subject(Token(token): Token) -> String {
    token.subject().unwrap().to_owned()
}

async fn optional_subject(MaybeToken(token): MaybeToken) -> String {
    token.map_or("anonymous".to_owned(), |token| token.subject().unwrap().to_owned())
}

async fn address(EndUserAddress(address): EndUserAddress) -> String {
    address.map_or("none".to_owned(), |address| address.to_string())
}

async fn optional_claims(MaybeToken(claims): MaybeToken<Claims<Known>>) -> String {
    claims.map_or("anonymous".to_owned(), |Claims(known)| known.scope)
}

#[derive(Deserialize)]
struct Known {
    scope: String,
}

#[derive(Deserialize)]
struct Missing {
    #[serde(rename = "https://example.com/tier")]
    tier: String,
}

/// Answers with the token in the extensions, which other code than the extractors reads.
async fn stored(request: HttpRequest) -> String {
    let token = request.extensions().get::<VerifiedToken>().cloned();
    token.map_or("anonymous".to_owned(), |token| token.subject().unwrap().to_owned())
}

async fn failing(Token(token): Token) -> Result<String, HandlerError> {
    Ok(Requirement::scope("write:orders").check(&token).map(|()| String::new())?)
}

async fn blank_subject() -> Result<String, HandlerError> {
    Err(ExchangeError::from(BLANK_SUBJECT).into())
}

async fn teapot(_: Token) -> Result<String, actix_web::Error> {
    Err(InternalError::new("teapot", StatusCode::IM_A_TEAPOT).into())
}

async fn caching(Token(token): Token) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header(("cache-control", "public, max-age=60")).insert_header(("dpop-nonce", "stale"));
    response.body(subject(Token(token)).await)
}

/// The hook that the contract requires.
fn problem(rejection: &Rejection, request: Option<&HttpRequest>) -> (&'static str, String) {
    let id = request.and_then(|request| request.headers().get("x-request-id")).map_or("", |id| id.to_str().unwrap());
    ("application/problem+json", format!(r#"{{"title":"{}","id":"{id}"}}"#, rejection.label()))
}

type Outcome = Result<ServiceResponse<BoxBody>, actix_web::Error>;

/// The audit layer around all routes.
async fn audit(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Outcome {
    let mut response = next.call(request).await?.map_into_boxed_body();
    let label = response.response().extensions().get().map(Rejection::label);
    if let Some(label) = label {
        response.headers_mut().insert(HeaderName::from_static(REJECTED), HeaderValue::from_static(label));
    }
    Ok(response)
}

/// The layer inside `/stripped`.
async fn strip(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Outcome {
    request.headers_mut().remove("authorization");
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// The layer inside `/failing/decorated`.
async fn decorate(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Outcome {
    let mut response = next.call(request).await?.map_into_boxed_body();
    for (name, value) in INNER_HEADERS {
        response.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Ok(response)
}

/// The layer inside `/failing/recovered`.
async fn recover(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Outcome {
    let mut response = next.call(request).await?.map_body(|_, _| "recovered".boxed());
    *response.response_mut().status_mut() = StatusCode::OK;
    Ok(response)
}
