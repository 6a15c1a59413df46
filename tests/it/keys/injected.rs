//! HTTP clients that the application provides: the limits of the default client also apply to them.

use std::time::Duration;

use auth0_api_core::http::{HttpMethod, ReqwestClient};
use auth0_api_core::{ApiClient, Clock as _};
use auth0_api_testing::{HttpAnswer, ScriptedHttp, TestWorld, status_and_label};
use serde_json::json;
use tokio::time::timeout;

use super::{fetched, unavailable};
use crate::world::rejection;

#[tokio::test]
async fn a_custom_http_client_receives_two_requests() {
    let world = TestWorld::start().await;
    let http = ScriptedHttp::new();
    http.other_urls().forward_to(ReqwestClient::new().unwrap());
    let api = world.builder().http_client(http.clone()).build().unwrap();
    assert_eq!(status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await), "200 accepted");
    let requests = http.requests();
    for request in &requests {
        let sent = (request.method, request.body.len(), request.max_response_bytes);
        assert_eq!(sent, (HttpMethod::Get, 0, 512 * 1024));
    }
    let accept = |headers: &[(String, String)]| headers.iter().find(|(name, _)| name == "accept").unwrap().1.clone();
    let seen: Vec<_> = requests.iter().map(|request| (request.url.clone(), accept(&request.headers))).collect();
    let domain = world.tenant.domain();
    assert_eq!(
        seen,
        [
            (format!("{domain}/.well-known/openid-configuration"), "application/json".to_owned()),
            (format!("{domain}/.well-known/jwks.json"), "application/jwk-set+json, application/json".to_owned()),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_custom_http_client_times_out_after_5_s() {
    let world = TestWorld::start().await;
    let (api, _) = answered(&world, HttpAnswer::too_late());
    // Time is paused: tokio advances the time to the next timer when all tasks wait.
    let outcome = timeout(Duration::from_millis(5_001), api.verify_access_token(&world.tenant.mint().sign())).await;
    assert_eq!(rejection(&api, outcome.unwrap()), unavailable());
}

#[tokio::test]
async fn a_panic_of_a_custom_http_client_is_a_failed_fetch_with_back_off() {
    let world = TestWorld::start().await;
    let (api, http) = answered(&world, HttpAnswer::panic());
    for _ in 0..5 {
        assert_eq!(rejection(&api, api.verify_access_token(&world.tenant.mint().sign()).await), unavailable());
    }
    assert_eq!(http.count(), 1);

    // Setting the clock back by hours does not extend the back-off of one second.
    world.clock.set(world.clock.now() - Duration::from_secs(3 * 3600));
    assert_eq!(rejection(&api, api.verify_access_token(&world.tenant.mint().sign()).await), unavailable());
    assert_eq!(http.count(), 2);
}

#[tokio::test]
async fn a_response_above_the_limit_from_a_custom_http_client_is_rejected() {
    let world = TestWorld::start().await;
    for length in [512 * 1024, 512 * 1024 + 1] {
        let mut body = json!({ "issuer": world.tenant.issuer() }).to_string().into_bytes();
        body.resize(length, b' ');
        let (api, _) = answered(&world, HttpAnswer::status(200).body(body));
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
    let world = TestWorld::start().await;
    for error in [HttpAnswer::unreachable(), HttpAnswer::broken(), HttpAnswer::timed_out(), HttpAnswer::too_large()] {
        let (api, _) = answered(&world, error);
        let outcome = api.verify_access_token(&world.tenant.mint().sign()).await;
        assert_eq!(rejection(&api, outcome), unavailable());
    }
}

/// Returns a client whose requests all get this answer, and its HTTP client.
fn answered(world: &TestWorld, answer: HttpAnswer) -> (ApiClient, ScriptedHttp) {
    let http = ScriptedHttp::new();
    http.other_urls().answer([answer]);
    (world.builder().http_client(http.clone()).build().unwrap(), http)
}
