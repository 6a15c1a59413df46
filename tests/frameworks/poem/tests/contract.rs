//! The adapter follows the rules of `auth0_api_testing::contract::adapter`.

use std::net::SocketAddr;

use auth0_api_core::{Rejection, Requirement, VerifiedToken, guard};
use auth0_api_testing::contract::adapter::{Harness, Site};
use poem::http::StatusCode;
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::middleware::Cors;
use poem::{EndpointExt as _, Error, Response, Result, Route, Server, get, handler, post};
use poem_adapter::{Auth, MaybeToken, Scoped, Token, metadata_routes};

guard!(ReadMessages = Requirement::scope("read:messages"));

struct Poem;

impl Harness for Poem {
    async fn open(&self, site: Site) -> SocketAddr {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a port is free");
        let address = acceptor.local_addr().first().and_then(|address| address.as_socket_addr().copied());
        tokio::spawn(Server::new_with_acceptor(acceptor).run(routes(&site)));
        address.expect("a TCP listener has an address")
    }
}

fn routes(site: &Site) -> Route {
    let (auth, other) = (Auth::new(site.api.clone()), Auth::new(site.other.clone()));
    let hooked = auth.clone().rejection_body(|rejection: &Rejection| {
        ("application/problem+json", format!(r#"{{"title":"{}"}}"#, rejection.label()))
    });
    let reading = auth.require(Requirement::scopes(["read:messages", "read:drafts"]));
    let reading_other = other.require(Requirement::scope("read:messages"));
    let bare = auth.require(Requirement::scope("read:messages"));
    let optional = auth.clone().optional();
    let route = Route::new()
        .at("/public", public)
        .at("/private", subject.with(auth.clone()))
        .at("/scoped", subject.with(reading).with(auth.clone()))
        .at("/typed", typed.with(auth.clone()))
        .at("/optional", optional_subject.with(optional.clone()))
        .at("/demanding", subject.with(optional.clone()))
        .nest("/nested", Route::new().at("/private", subject).with(auth.clone()))
        .at("/twice", subject.with(auth.clone()).with(optional))
        .at("/both", subject.with(other).with(auth.clone()))
        .at("/misplaced", subject.with(reading_other).with(auth.clone()))
        .at("/bare", subject)
        .at("/bare/optional", optional_subject)
        .at("/bare/scoped", subject.with(bare))
        .at("/teapot", get(teapot).with(auth.clone()))
        .at("/caching", caching.with(auth.clone()))
        .at("/echo", post(echo).with(auth.clone()))
        .at("/hooked", subject.with(hooked.require(Requirement::scope("admin"))).with(hooked.clone()))
        .at("/hooked/demanding", subject.with(hooked.optional()))
        .at("/cors", subject.with(auth).with(Cors::new()));
    metadata_routes(&site.api, route)
}

#[handler]
fn public() -> &'static str {
    "public"
}

#[handler]
fn subject(Token(token): Token) -> String {
    text(&token)
}

#[handler]
fn typed(Scoped { token, .. }: Scoped<ReadMessages>) -> String {
    text(&token)
}

#[handler]
fn optional_subject(MaybeToken(token): MaybeToken) -> String {
    token.as_ref().map_or("anonymous".to_owned(), text)
}

#[handler]
fn teapot(_: Token) -> Result<String> {
    Err(Error::from_string("teapot", StatusCode::IM_A_TEAPOT))
}

#[handler]
fn caching(Token(token): Token) -> Response {
    let response = Response::builder().header("cache-control", "public, max-age=60").header("dpop-nonce", "stale");
    response.body(text(&token))
}

#[handler]
fn echo(_: Token, body: Vec<u8>) -> Vec<u8> {
    body
}

fn text(token: &VerifiedToken) -> String {
    token.subject().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_adapter_follows_the_rules() {
    auth0_api_testing::contract::adapter(&Poem).await;
}
