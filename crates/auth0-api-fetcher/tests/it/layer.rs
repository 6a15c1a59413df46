//! The layer around clients that are tower services.

use std::sync::Arc;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::exchange::ProofKey;
use auth0_api_core::{DpopPolicy, VerifiedToken};
use auth0_api_fetcher::{FetchCaller, FetchError, FetchLayer, FetchToken, Fetcher};
use auth0_api_testing::OfflineTenant;
use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use futures_util::future::{Ready, ready};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tower::{Layer as _, Service, ServiceExt as _};

use crate::world::{CALENDAR, Server, World};

type Body = Full<Bytes>;

/// A client in memory: it records requests, and answers with a status and a challenge. It panics if it is called before it says
/// that it is ready.
#[derive(Clone)]
struct Recorder {
    answers: Arc<Mutex<Vec<(u16, &'static str)>>>,
    requests: Arc<Mutex<Vec<Seen>>>,
    is_ready: bool,
}

#[derive(Debug)]
struct Seen {
    url: String,
    headers: HeaderMap,
    extensions: usize,
}

impl Recorder {
    /// Answers with these, from the last to the first, and then with 200.
    fn answering(answers: &[(u16, &'static str)]) -> Self {
        Self { answers: Arc::new(Mutex::new(answers.to_vec())), requests: Arc::default(), is_ready: false }
    }

    fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

impl Service<Request<Body>> for Recorder {
    type Response = Response<Body>;
    type Error = std::io::Error;
    type Future = Ready<Result<Response<Body>, std::io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), std::io::Error>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "the service was not ready");
        let (url, extensions) = (request.uri().to_string(), request.extensions().len());
        self.requests.lock().unwrap().push(Seen { url, headers: request.headers().clone(), extensions });
        let (status, challenge) = self.answers.lock().unwrap().pop().unwrap_or((200, ""));
        if status == 0 {
            return ready(Err(std::io::Error::other("down")));
        }
        let response = Response::builder().status(status).header("www-authenticate", challenge);
        ready(Ok(response.header("dpop-nonce", "fresh").body(Body::default()).unwrap()))
    }
}

/// A layer whose source tells the users apart.
fn layer() -> FetchLayer {
    let source = |caller: FetchCaller| async move {
        FetchToken::bearer(format!("token-of:{}", caller.token().and_then(VerifiedToken::subject).unwrap_or("none")))
    };
    Fetcher::with_source("https://calendar.example.com/v1", source).layer().unwrap()
}

fn ada() -> VerifiedToken {
    OfflineTenant::new().token(|token| token.subject("auth0|ada"))
}

fn request(method: &str, url: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(url).body(Body::default()).unwrap();
    request.extensions_mut().insert(FetchCaller::from(ada()));
    request
}

#[tokio::test]
async fn the_caller_comes_from_the_extensions_and_nothing_of_them_leaks() {
    let bob = OfflineTenant::new().token(|token| token.subject("auth0|bob"));
    for (caller, verified, expected) in [
        (Some(FetchCaller::from(ada())), None, "Bearer token-of:auth0|ada"),
        (None, Some(bob.clone()), "Bearer token-of:auth0|bob"),
        (Some(FetchCaller::from(ada())), Some(bob), "Bearer token-of:auth0|ada"),
    ] {
        let client = Recorder::answering(&[]);
        let mut request = Request::get("/events?a=b").header("x-note", "kept").header("host", "wrong.example");
        request = request.header("authorization", "Bearer wrong").header("dpop", "wrong");
        let mut request = request.body(Body::default()).unwrap();
        request.extensions_mut().insert("an extension of somebody else");
        caller.map(|caller| request.extensions_mut().insert(caller));
        verified.map(|verified| request.extensions_mut().insert(verified));
        layer().layer(client.clone()).oneshot(request).await.unwrap();
        let requests = client.requests.lock().unwrap();
        let [seen] = requests.as_slice() else { panic!("{requests:?}") };
        assert_eq!((seen.url.as_str(), seen.extensions), ("https://calendar.example.com/v1/events?a=b", 0));
        let mut headers = seen.headers.clone();
        assert_eq!(headers.remove("authorization").unwrap(), expected);
        assert_eq!(headers, HeaderMap::from_iter([("x-note".parse().unwrap(), "kept".parse().unwrap())]));
    }
}

#[tokio::test]
async fn a_request_without_a_caller_or_to_another_origin_is_not_sent() {
    let bare = Request::get("https://calendar.example.com/v1/events").body(Body::default()).unwrap();
    for request in [
        bare,
        request("GET", "https://attacker.example/v1/events"),
        request("GET", "https://calendar.example.com@attacker.example/"),
        request("GET", "http://calendar.example.com/"),
        request("GET", "/v1/../admin"),
        request("CONNECT", "calendar.example.com:443"),
    ] {
        let (client, shown) = (Recorder::answering(&[]), request.uri().to_string());
        let error = layer().layer(client.clone()).oneshot(request).await.unwrap_err();
        assert_eq!((error.label(), client.count()), ("downstream_request", 0), "{shown}");
    }
    let client = Recorder::answering(&[]);
    layer().layer(client.clone()).oneshot(request("GET", "https://calendar.example.com/other")).await.unwrap();
    assert_eq!(client.requests.lock().unwrap()[0].url, "https://calendar.example.com/other");
}

#[tokio::test]
async fn responses_mean_the_same_as_those_of_a_fetcher() {
    let denied = "Bearer error=\"insufficient_scope\", scope=\"a\"";
    for (status, challenge, label) in [
        (403, denied, "downstream_insufficient_scope"),
        (401, "Bearer", "downstream_token_rejected"),
        (0, "", "downstream_unavailable"),
    ] {
        let client = Recorder::answering(&[(status, challenge)]);
        let error = layer().layer(client.clone()).oneshot(request("GET", "/")).await.unwrap_err();
        assert_eq!((error.label(), client.count()), (label, 1));
    }
    let client = Recorder::answering(&[(403, denied)]);
    let response = layer().any_status().layer(client).oneshot(request("GET", "/")).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_body_is_copied_only_if_the_layer_knows_how() {
    let bound = |_: FetchCaller| async { FetchToken::dpop("bound") };
    let layer = Fetcher::with_source(CALENDAR, bound).proof_key(ProofKey::generate().unwrap()).layer().unwrap();
    let copying = layer.clone().copy_bodies(|body: &Body| Some(body.clone()));
    let challenge = [(401, "DPoP error=\"use_dpop_nonce\"")];
    let post = |body: &'static str| request("POST", "/").map(|_| Body::from(body));
    for (service, body, expected) in [("plain", "", 2), ("plain", "body", 1), ("copying", "body", 2)] {
        let client = Recorder::answering(&challenge);
        let outcome = match service {
            "plain" => layer.layer(client.clone()).oneshot(post(body)).await,
            _ => copying.layer(client.clone()).oneshot(post(body)).await,
        };
        assert_eq!((client.count(), outcome.is_ok()), (expected, expected == 2), "{service} {body:?}");
    }
}

#[tokio::test]
async fn a_client_that_never_answers_ends_with_the_time_limit() {
    let source = |_: FetchCaller| async { FetchToken::bearer("t") };
    let layer = Fetcher::with_source(CALENDAR, source).attempt_limit(Duration::from_millis(50)).layer().unwrap();
    let silent = tower::service_fn(|_: Request<Body>| std::future::pending::<Result<Response<Body>, std::io::Error>>());
    let error = layer.layer(silent).oneshot(request("GET", "/")).await.unwrap_err();
    assert!(matches!(error, FetchError::Unanswered(_)), "{error:?}");
}

#[tokio::test]
async fn the_client_of_hyper_calls_an_api_with_bound_tokens_and_nonces() {
    let world = World::start().await;
    let policy = DpopPolicy::require().nonce(RotatingNonce::generate().unwrap());
    let echo = async |Token(token): Token, body: String| format!("{} {body}", token.subject().unwrap());
    let app = Router::new().route("/events", post(echo));
    let server = Server::start(app.layer(AuthLayer::new(world.calendar().dpop(policy).build().unwrap()))).await;
    let layer = world.fetcher(&server).proof_key(ProofKey::generate().unwrap()).layer().unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let service = layer.copy_bodies(|body: &Body| Some(body.clone())).layer(client);
    for (user, requests) in [("auth0|ada", 2), ("auth0|bob", 3)] {
        let mut request = Request::post("/events").body(Body::from("lunch")).unwrap();
        request.extensions_mut().insert(world.caller(user).await);
        let response = service.clone().oneshot(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!((body, server.requests()), (Bytes::from(format!("{user} lunch")), requests));
    }
}
