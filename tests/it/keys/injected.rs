//! HTTP clients that the application provides: the limits of the default client also apply to them.

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
async fn a_custom_http_client_receives_two_requests() {
    let world = World::new().await;
    let recording = Arc::new(Recording { client: ReqwestClient::new().unwrap(), seen: Mutex::default() });
    let api = world.builder().http_client(Arc::clone(&recording)).build().unwrap();
    assert_eq!(status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await), "200 accepted");
    let domain = world.tenant.domain();
    assert_eq!(
        *recording.seen.lock().unwrap(),
        [
            (format!("{domain}/.well-known/openid-configuration"), "application/json".to_owned()),
            (format!("{domain}/.well-known/jwks.json"), "application/jwk-set+json, application/json".to_owned()),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_custom_http_client_times_out_after_5_s() {
    let world = World::new().await;
    let api = world.builder().http_client(Misbehaving::Silent).build().unwrap();
    // Time is paused: tokio advances the time to the next timer when all tasks wait.
    let outcome = timeout(Duration::from_millis(5_001), api.verify_access_token(&world.tenant.mint().sign())).await;
    assert_eq!(rejection(&api, outcome.unwrap()), unavailable());
}

#[tokio::test]
async fn a_panic_of_a_custom_http_client_is_a_failed_fetch_with_back_off() {
    let world = World::new().await;
    let times = Arc::new(AtomicUsize::new(0));
    let api = world.builder().http_client(Misbehaving::Panicking(Arc::clone(&times))).build().unwrap();
    for _ in 0..5 {
        assert_eq!(rejection(&api, api.verify_access_token(&world.tenant.mint().sign()).await), unavailable());
    }
    assert_eq!(times.load(Ordering::Relaxed), 1);

    // Setting the clock back by hours does not extend the back-off of one second.
    world.clock.set(world.clock.now() - Duration::from_secs(3 * 3600));
    assert_eq!(rejection(&api, api.verify_access_token(&world.tenant.mint().sign()).await), unavailable());
    assert_eq!(times.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_response_above_the_limit_from_a_custom_http_client_is_rejected() {
    let world = World::new().await;
    for length in [512 * 1024, 512 * 1024 + 1] {
        let api =
            world.builder().http_client(Misbehaving::Long { issuer: world.tenant.issuer().into(), length }).build();
        let api = api.unwrap();
        let error = api.verify_access_token(&world.tenant.mint().sign()).await.unwrap_err();
        // The client reads a document of exactly the limit, and then rejects it because it has no `jwks_uri`.
        let read = error.hint().is_some_and(|hint| hint.contains("allow_jwks_host"));
        assert_eq!(read, length == 512 * 1024, "{error:?}");
        assert_eq!(rejection(&api, Err(error)), unavailable());
    }
    assert_eq!(fetched(&world), (0, 0));
}

#[tokio::test]
async fn an_error_of_a_custom_http_client_makes_keys_unavailable() {
    let world = World::new().await;
    for error in [
        || HttpError::Connect("unreachable".into()),
        || HttpError::Exchange("reset".into()),
        || HttpError::Timeout,
        || HttpError::TooLarge,
    ] {
        let api = world.builder().http_client(Misbehaving::Failing(error)).build().unwrap();
        let outcome = api.verify_access_token(&world.tenant.mint().sign()).await;
        assert_eq!(rejection(&api, outcome), unavailable());
    }
}

/// Records the URL and the `accept` header of each request.
#[derive(Debug)]
struct Recording {
    client: ReqwestClient,
    seen: Mutex<Vec<(String, String)>>,
}

impl HttpClient for Recording {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        assert_eq!((request.method, request.body.len(), request.max_response_bytes), (HttpMethod::Get, 0, 512 * 1024));
        let accept = request.headers.iter().find(|(name, _)| name == "accept").unwrap().1.clone();
        self.seen.lock().unwrap().push((request.url.clone(), accept));
        self.client.send(request)
    }
}

/// A client that ignores the limits of its requests, or fails.
#[derive(Debug)]
enum Misbehaving {
    Failing(fn() -> HttpError),
    Long { issuer: String, length: usize },
    Panicking(Arc<AtomicUsize>),
    Silent,
}

#[expect(clippy::panic, reason = "one variant panics on purpose")]
impl HttpClient for Misbehaving {
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
