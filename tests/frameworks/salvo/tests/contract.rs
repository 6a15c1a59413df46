//! The adapter follows the rules of `auth0_api_testing::contract::adapter`.

use std::net::SocketAddr;

use auth0_api_core::{ExchangeError, Rejection, Requirement, VerifiedToken, guard};
use auth0_api_testing::contract::adapter::{
    BLANK_SUBJECT, Chapter, Harness, INNER_HEADERS, REJECTED, Site,
};
use salvo::conn::{Acceptor as _, Listener as _, TcpListener};
use salvo::cors::Cors;
use salvo::http::{HeaderValue, StatusCode};
use salvo::{
    Depot, FlowCtrl, Request, Response, Router, Server, Service, Writer, handler,
};
use salvo_adapter::{
    Admitted, Auth, Claims, EndUserAddress, HandlerError, Scoped, end_preflight,
    metadata_routes,
};
use serde::Deserialize;

guard!(ReadMessages = Requirement::scope("read:messages"));

struct Salvo;

impl Harness for Salvo {
    async fn open(&self, site: Site) -> SocketAddr {
        let acceptor = TcpListener::new("127.0.0.1:0").bind().await;
        let bound = acceptor.holdings()[0].local_addr.clone();
        tokio::spawn(Server::new(acceptor).serve(service(&site)));
        bound.into_std().expect("a TCP listener has an address")
    }

    fn covers(&self, _: Chapter) -> bool {
        true
    }
}

fn problem(rejection: &Rejection, req: &Request) -> (&'static str, String) {
    let id = req
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    (
        "application/problem+json",
        format!(r#"{{"title":"{}","id":"{id}"}}"#, rejection.label()),
    )
}

#[handler]
async fn audit(
    req: &mut Request,
    depot: &mut Depot,
    res: &mut Response,
    ctrl: &mut FlowCtrl,
) {
    ctrl.call_next(req, depot, res).await;
    if let Some(label) = res.extensions.get().map(Rejection::label) {
        res.headers.insert(REJECTED, HeaderValue::from_static(label));
    }
}

#[handler]
async fn strip(req: &mut Request) {
    req.headers_mut().remove("authorization");
}

#[handler]
async fn decorate(
    req: &mut Request,
    depot: &mut Depot,
    res: &mut Response,
    ctrl: &mut FlowCtrl,
) {
    ctrl.call_next(req, depot, res).await;
    for (name, value) in INNER_HEADERS {
        res.headers.append(name, HeaderValue::from_static(value));
    }
}

#[handler]
async fn recover(
    req: &mut Request,
    depot: &mut Depot,
    res: &mut Response,
    ctrl: &mut FlowCtrl,
) {
    ctrl.call_next(req, depot, res).await;
    res.status_code(StatusCode::OK).body("recovered");
}

fn service(site: &Site) -> Service {
    let (auth, other) = (Auth::new(site.api.clone()), Auth::new(site.other.clone()));
    let optional = auth.clone().optional();
    let hooked = auth.clone().rejection_body(problem);
    let read = || Requirement::scope("read:messages");
    let reading = auth.require(Requirement::scopes(["read:messages", "read:drafts"]));
    let at = |path: &str| Router::with_path(path);
    let behind = |path: &str, auth: &Auth| Router::with_path(path).hoop(auth.clone());
    let routes = Router::new()
        .push(at("public").goal(public))
        .push(behind("private", &auth).goal(subject))
        .push(behind("scoped", &auth).hoop(reading).goal(subject))
        .push(behind("typed", &auth).goal(typed))
        .push(behind("optional", &optional).goal(optional_subject))
        .push(behind("address", &optional).goal(end_user))
        .push(behind("demanding", &optional).goal(subject))
        .push(behind("nested", &auth).push(at("private").goal(subject)))
        .push(behind("twice", &optional).hoop(auth.clone()).goal(subject))
        .push(behind("both", &auth).hoop(other.clone()).goal(subject))
        .push(
            behind("stripped", &auth)
                .hoop(strip)
                .hoop(other.clone().optional())
                .goal(stored),
        )
        .push(behind("misplaced", &auth).hoop(other.require(read())).goal(subject))
        .push(behind("teapot", &auth).goal(teapot))
        .push(behind("caching", &auth).goal(caching))
        .push(behind("echo", &auth).post(echo))
        .push(behind("failing/recovered", &auth).hoop(recover).goal(failing))
        .push(behind("failing/decorated", &auth).hoop(decorate).goal(failing))
        .push(behind("failing/exchange", &auth).goal(failing_exchange))
        .push(at("failing/bare").goal(failing_exchange))
        .push(behind("failing", &auth).goal(failing))
        .push(behind("claims/missing", &auth).goal(missing_claims))
        .push(behind("claims/optional", &optional).goal(optional_claims))
        .push(behind("claims", &auth).goal(claims))
        .push(behind("hooked/failing", &hooked).goal(failing))
        .push(behind("hooked/demanding", &hooked.clone().optional()).goal(subject))
        .push(
            behind("hooked", &hooked)
                .hoop(hooked.require(Requirement::scope("admin")))
                .goal(subject),
        )
        .push(at("bare/optional").goal(optional_subject))
        .push(at("bare/address").goal(end_user))
        .push(at("bare/scoped").hoop(auth.require(read())).goal(subject))
        .push(at("bare").goal(subject))
        .push(
            at("cors")
                .hoop(Cors::permissive().into_handler())
                .hoop(end_preflight)
                .hoop(auth.clone())
                .goal(subject),
        );
    let metadata = site.api.resource_metadata().map(|_| metadata_routes(&site.api));
    let routes = metadata.into_iter().fold(routes, Router::push);
    Service::new(Router::new().hoop(audit).push(routes))
}

#[handler]
async fn public() -> &'static str {
    "public"
}

#[handler]
async fn subject(token: Admitted<VerifiedToken>) -> String {
    text(&token)
}

#[handler]
async fn typed(scoped: Admitted<Scoped<ReadMessages>>) -> String {
    text(&scoped.token)
}

#[handler]
async fn optional_subject(token: Admitted<Option<VerifiedToken>>) -> String {
    token.as_ref().map_or("anonymous".to_owned(), text)
}

#[handler]
async fn end_user(address: Admitted<EndUserAddress>) -> String {
    address.0.map_or("none".to_owned(), |address| address.to_string())
}

/// Answers with the token that the handlers of salvo find without an extractor.
#[handler]
async fn stored(depot: &mut Depot) -> String {
    depot.get_typed::<VerifiedToken>().map_or("anonymous".to_owned(), text)
}

#[handler]
async fn failing(token: Admitted<VerifiedToken>) -> Result<String, HandlerError> {
    Ok(Requirement::scope("write:orders").check(&token).map(|()| String::new())?)
}

#[handler]
async fn failing_exchange() -> Result<String, HandlerError> {
    Err(ExchangeError::from(BLANK_SUBJECT).into())
}

#[handler]
async fn claims(known: Admitted<Claims<Known>>) -> String {
    known.0.scope.clone()
}

#[handler]
async fn missing_claims(known: Admitted<Claims<Missing>>) -> String {
    known.0.tier.clone()
}

#[handler]
async fn optional_claims(token: Admitted<Option<VerifiedToken>>) -> String {
    token
        .as_ref()
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

struct Teapot;

#[salvo::async_trait]
impl Writer for Teapot {
    async fn write(self, _: &mut Request, _: &mut Depot, res: &mut Response) {
        res.status_code(StatusCode::IM_A_TEAPOT).body("teapot");
    }
}

#[handler]
async fn teapot(_token: Admitted<VerifiedToken>) -> Result<String, Teapot> {
    Err(Teapot)
}

#[handler]
async fn caching(token: Admitted<VerifiedToken>, res: &mut Response) {
    res.headers.insert("cache-control", HeaderValue::from_static("public, max-age=60"));
    res.headers.insert("dpop-nonce", HeaderValue::from_static("stale"));
    res.body(text(&token));
}

#[handler]
async fn echo(token: Admitted<VerifiedToken>, req: &mut Request, res: &mut Response) {
    _ = token;
    res.body(req.payload().await.unwrap().to_vec());
}

fn text(token: &VerifiedToken) -> String {
    token.subject().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_adapter_follows_the_rules() {
    auth0_api_testing::contract::adapter(&Salvo).await;
}
