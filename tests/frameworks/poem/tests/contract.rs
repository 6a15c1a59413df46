//! The adapter follows the rules of `auth0_api_testing::contract::adapter`.

use std::net::SocketAddr;

use auth0_api_core::{ExchangeError, Rejection, Requirement, VerifiedToken, guard};
use auth0_api_testing::contract::adapter::{
    BLANK_SUBJECT, Harness, INNER_HEADERS, REJECTED, Site,
};
use poem::http::{HeaderMap, HeaderValue, StatusCode};
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::middleware::Cors;
use poem::{
    Endpoint, EndpointExt as _, Error, Request, Response, Result, Route, Server, get,
    handler, post,
};
use poem_adapter::{
    Auth, Claims, EndUserAddress, HandlerError, MaybeToken, Scoped, Token,
    metadata_routes,
};
use serde::Deserialize;

guard!(ReadMessages = Requirement::scope("read:messages"));

struct Poem;

impl Harness for Poem {
    async fn open(&self, site: Site) -> SocketAddr {
        let acceptor = TcpListener::bind("127.0.0.1:0")
            .into_acceptor()
            .await
            .expect("a port is free");
        let address = acceptor
            .local_addr()
            .first()
            .and_then(|address| address.as_socket_addr().copied());
        tokio::spawn(Server::new_with_acceptor(acceptor).run(routes(&site)));
        address.expect("a TCP listener has an address")
    }
}

fn problem(rejection: &Rejection, headers: &HeaderMap) -> (&'static str, String) {
    let id =
        headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    (
        "application/problem+json",
        format!(r#"{{"title":"{}","id":"{id}"}}"#, rejection.label()),
    )
}

async fn audit(response: Result<Response>) -> Result<Response> {
    let mut response = response.unwrap_or_else(|error| error.into_response());
    if let Some(label) = response.extensions().get().map(Rejection::label) {
        response.headers_mut().insert(REJECTED, HeaderValue::from_static(label));
    }
    Ok(response)
}

async fn strip(mut request: Request) -> Result<Request> {
    request.headers_mut().remove("authorization");
    Ok(request)
}

async fn decorate(response: Result<Response>) -> Result<Response> {
    let mut response = response.unwrap_or_else(|error| error.into_response());
    for (name, value) in INNER_HEADERS {
        response.headers_mut().append(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

async fn recover(response: Result<Response>) -> Result<Response> {
    let mut response = response.unwrap_or_else(|error| error.into_response());
    response.set_status(StatusCode::OK);
    response.set_body("recovered");
    Ok(response)
}

fn routes(site: &Site) -> impl Endpoint + use<> {
    let (auth, other) = (Auth::new(site.api.clone()), Auth::new(site.other.clone()));
    let hooked = auth.clone().rejection_body(problem);
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
        .at("/address", end_user.with(optional.clone()))
        .at("/demanding", subject.with(optional.clone()))
        .nest("/nested", Route::new().at("/private", subject).with(auth.clone()))
        .at("/twice", subject.with(auth.clone()).with(optional))
        .at("/both", subject.with(other.clone()).with(auth.clone()))
        .at("/stripped", stored.with(other.optional()).before(strip).with(auth.clone()))
        .at("/failing", failing.with(auth.clone()))
        .at("/failing/exchange", failing_exchange.with(auth.clone()))
        .at("/failing/decorated", failing.after(decorate).with(auth.clone()))
        .at("/failing/recovered", failing.after(recover).with(auth.clone()))
        .at("/failing/bare", failing_exchange)
        .at("/claims", claims.with(auth.clone()))
        .at("/claims/missing", missing_claims.with(auth.clone()))
        .at("/claims/optional", optional_claims.with(auth.clone().optional()))
        .at("/hooked/failing", failing.with(hooked.clone()))
        .at("/misplaced", subject.with(reading_other).with(auth.clone()))
        .at("/bare", subject)
        .at("/bare/optional", optional_subject)
        .at("/bare/address", end_user)
        .at("/bare/scoped", subject.with(bare))
        .at("/teapot", get(teapot).with(auth.clone()))
        .at("/caching", caching.with(auth.clone()))
        .at("/echo", post(echo).with(auth.clone()))
        .at(
            "/hooked",
            subject
                .with(hooked.require(Requirement::scope("admin")))
                .with(hooked.clone()),
        )
        .at("/hooked/demanding", subject.with(hooked.optional()))
        .at("/cors", subject.with(auth).with(Cors::new()));
    let route = if site.api.resource_metadata().is_some() {
        metadata_routes(&site.api, route)
    } else {
        route
    };
    route.after(audit)
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
fn end_user(EndUserAddress(address): EndUserAddress) -> String {
    address.map_or("none".to_owned(), |address| address.to_string())
}

/// Answers with the token in the extensions.
#[handler]
fn stored(request: &Request) -> String {
    request.extensions().get().map_or("anonymous".to_owned(), text)
}

#[handler]
fn failing(Token(token): Token) -> Result<String, HandlerError> {
    Ok(Requirement::scope("write:orders").check(&token).map(|()| String::new())?)
}

#[handler]
fn failing_exchange() -> Result<String, HandlerError> {
    Err(ExchangeError::from(BLANK_SUBJECT).into())
}

#[handler]
fn claims(Claims(known): Claims<Known>) -> String {
    known.scope
}

#[handler]
fn missing_claims(Claims(missing): Claims<Missing>) -> String {
    missing.tier
}

#[handler]
fn optional_claims(MaybeToken(token): MaybeToken) -> String {
    token
        .map_or("anonymous".to_owned(), |token| token.claims_as::<Known>().unwrap().scope)
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

#[handler]
fn teapot(_: Token) -> Result<String> {
    Err(Error::from_string("teapot", StatusCode::IM_A_TEAPOT))
}

#[handler]
fn caching(Token(token): Token) -> Response {
    let response = Response::builder()
        .header("cache-control", "public, max-age=60")
        .header("dpop-nonce", "stale");
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
