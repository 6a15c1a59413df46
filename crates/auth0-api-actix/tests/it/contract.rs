//! The contract suite for adapters: its routes, as an actix-web application.

use std::net::{Ipv4Addr, SocketAddr};

use actix_cors::Cors;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig, get, post, resource, route, scope};
use actix_web::{App, HttpResponse, HttpServer};
use auth0_api_actix::{Auth, MaybeToken, Scoped, Token, metadata_routes};
use auth0_api_core::{Rejection, Requirement, guard};
use auth0_api_testing::contract;
use auth0_api_testing::contract::adapter::{Chapter, Harness, Site};

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
                let server = HttpServer::new(move || App::new().configure(|config| routes(config, &site)));
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
        .route("/bare/optional", get().to(optional_subject))
        .service(resource("/bare/scoped").wrap(reading(&auth)).to(subject))
        .service(resource("/optional").wrap(optional.clone()).to(optional_subject))
        .service(resource("/demanding").wrap(optional.clone()).to(subject))
        .service(resource("/twice").wrap(auth.clone()).wrap(optional).to(subject))
        .service(resource("/hooked").wrap(hooked.require(Requirement::scope("admin"))).wrap(hooked.clone()).to(subject))
        .service(resource("/hooked/demanding").wrap(hooked.optional()).to(subject))
        .service(resource("/cors").wrap(auth.clone()).wrap(Cors::permissive()).to(subject))
        .service(scope("/nested").wrap(auth.clone()).route("/private", get().to(subject)))
        .service(
            scope("")
                .route("/private", route().to(subject))
                .service(resource("/scoped").wrap(both).to(subject))
                .route("/typed", get().to(|Scoped { token, .. }: Scoped<ReadMessages>| subject(Token(token))))
                .service(resource("/both").wrap(other.clone()).to(subject))
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

async fn teapot(_: Token) -> Result<String, actix_web::Error> {
    Err(InternalError::new("teapot", StatusCode::IM_A_TEAPOT).into())
}

async fn caching(Token(token): Token) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header(("cache-control", "public, max-age=60")).insert_header(("dpop-nonce", "stale"));
    response.body(subject(Token(token)).await)
}

/// The hook that the contract requires.
fn problem(rejection: &Rejection) -> (&'static str, String) {
    ("application/problem+json", format!(r#"{{"title":"{}"}}"#, rejection.label()))
}
