//! HTTP clients of the API's own: held to the same bounds.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth0_api_core::{
    Clock as _, HttpClient, HttpError, HttpFuture, HttpMethod, HttpRequest, HttpResponse, ReqwestClient,
};
use serde_json::json;
use tokio::time::timeout;

use super::{fetched, unavailable};
use crate::world::{World, rejection, status_and_label};

#[tokio::test]
async fn an_injected_client_is_asked_for_two_documents() {
    let world = World::new().await;
    let watched = Watched { client: ReqwestClient::new().unwrap(), seen: Arc::default() };
    let seen = Arc::clone(&watched.seen);
    let api = world.builder().http_client(watched).build().unwrap();
    assert_eq!(status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await), "200 accepted");
    let domain = world.tenant.domain();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (format!("{domain}/.well-known/openid-configuration"), "application/json".to_owned()),
            (format!("{domain}/.well-known/jwks.json"), "application/jwk-set+json, application/json".to_owned()),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_answers_is_given_up() {
    let world = World::new().await;
    let api = world.builder().http_client(Stubborn::Silent).build().unwrap();
    // Time is paused: it jumps to the next timer as soon as everybody waits.
    let outcome = timeout(Duration::from_millis(5_001), api.verify_access_token(&world.tenant.mint().sign())).await;
    assert_eq!(rejection(&api, outcome.unwrap()), unavailable());
}

#[tokio::test]
async fn a_client_that_panics_is_a_failed_fetch_and_backed_off_from() {
    let world = World::new().await;
    let times = Arc::new(AtomicUsize::new(0));
    let api = world.builder().http_client(Stubborn::Panicking(Arc::clone(&times))).build().unwrap();
    for _ in 0..5 {
        assert_eq!(rejection(&api, api.verify_access_token(&world.tenant.mint().sign()).await), unavailable());
    }
    assert_eq!(times.load(Ordering::Relaxed), 1);

    // A clock that is set back by hours does not prolong the second of waiting.
    world.clock.set(world.clock.now() - Duration::from_secs(3 * 3600));
    assert_eq!(rejection(&api, api.verify_access_token(&world.tenant.mint().sign()).await), unavailable());
    assert_eq!(times.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_client_that_reads_too_much_is_not_believed() {
    let world = World::new().await;
    for length in [512 * 1024, 512 * 1024 + 1] {
        let api = world.builder().http_client(Stubborn::Long { issuer: world.tenant.issuer().into(), length }).build();
        let api = api.unwrap();
        let error = api.verify_access_token(&world.tenant.mint().sign()).await.unwrap_err();
        // At the limit the document is read, and found to name no keys.
        let read = error.hint().is_some_and(|hint| hint.contains("allow_jwks_host"));
        assert_eq!(read, length == 512 * 1024, "{error:?}");
        assert_eq!(rejection(&api, Err(error)), unavailable());
    }
    assert_eq!(fetched(&world), (0, 0));
}

#[tokio::test]
async fn a_client_that_fails_is_an_outage() {
    let world = World::new().await;
    for error in [
        || HttpError::Connect("rejected".into()),
        || HttpError::Exchange("reset".into()),
        || HttpError::Timeout,
        || HttpError::TooLarge,
    ] {
        let api = world.builder().http_client(Stubborn::Failing(error)).build().unwrap();
        let outcome = api.verify_access_token(&world.tenant.mint().sign()).await;
        assert_eq!(rejection(&api, outcome), unavailable());
    }
}

/// Remembers URLs and `accept`.
#[derive(Debug)]
struct Watched {
    client: ReqwestClient,
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

impl HttpClient for Watched {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        assert_eq!((request.method, request.body.len(), request.max_response_bytes), (HttpMethod::Get, 0, 512 * 1024));
        let accept = request.headers.iter().find(|(name, _)| name == "accept").unwrap().1.clone();
        self.seen.lock().unwrap().push((request.url.clone(), accept));
        self.client.send(request)
    }
}

/// A client that heeds none of what it is told.
#[derive(Debug)]
enum Stubborn {
    Failing(fn() -> HttpError),
    Long { issuer: String, length: usize },
    Panicking(Arc<AtomicUsize>),
    Silent,
}

#[expect(clippy::panic, reason = "one of them is there to panic")]
impl HttpClient for Stubborn {
    fn send(&self, _: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            match self {
                Self::Failing(error) => Err(error()),
                Self::Long { issuer, length } => {
                    let mut body = json!({ "issuer": issuer }).to_string().into_bytes();
                    body.resize(*length, b' ');
                    Ok(HttpResponse { status: 200, headers: vec![], body })
                }
                Self::Panicking(times) => {
                    times.fetch_add(1, Ordering::Relaxed);
                    panic!("a client with a bug");
                }
                Self::Silent => std::future::pending().await,
            }
        })
    }
}
