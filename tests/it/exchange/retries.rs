//! Which failures are retried, and how long a call waits.

use std::time::Duration;

use auth0_api_core::http::{HttpConnection, HttpRequest};
use auth0_api_core::jose::PrivateKey;
use auth0_api_core::{ClientAuth, ExchangeError};
use auth0_api_testing::HttpAnswer;
use tokio::time::Instant;

use super::scene::{P256, Scene, text};
use super::scripted::{error, later, tokens};

/// Runs an exchange. Returns its outcome, the number of token requests, and its duration.
async fn run(replies: impl IntoIterator<Item = HttpAnswer>) -> (Result<String, ExchangeError>, usize, Duration) {
    let scene = Scene::new();
    scene.tokens.answer(replies);
    // While time is paused, tokio advances the time to the next timer when all tasks wait.
    tokio::time::pause();
    let start = now();
    let outcome = scene.profile().await.map(|tokens| tokens.access_token().expose().to_owned());
    let took = now() - start;
    tokio::time::resume();
    (outcome, scene.sent(), took)
}

#[expect(clippy::disallowed_methods, reason = "measures the waits that the paused clock skips")]
fn now() -> Instant {
    Instant::now()
}

async fn succeeds(replies: impl IntoIterator<Item = HttpAnswer>, requests: usize, waited: u64) {
    let (outcome, sent, took) = run(replies).await;
    assert_eq!((outcome.unwrap().as_str(), sent), ("token", requests));
    assert_eq!(took.as_millis() / 10, u128::from(waited) / 10);
}

async fn fails(replies: impl IntoIterator<Item = HttpAnswer>, requests: usize, retry_after: u64) {
    let (outcome, sent, _) = run(replies).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.retry_after(), sent), (Some(Duration::from_secs(retry_after)), requests), "{error:?}");
}

#[tokio::test]
async fn a_failed_connection_is_retried_twice() {
    succeeds([HttpAnswer::unreachable(), tokens("token")], 2, 100).await;
    succeeds([HttpAnswer::unreachable(), HttpAnswer::unreachable(), tokens("token")], 3, 300).await;
}

#[tokio::test]
async fn a_failed_connection_is_not_retried_a_third_time() {
    fails([HttpAnswer::unreachable()], 3, 1).await;
}

#[tokio::test]
async fn a_call_waits_for_a_short_retry_after() {
    succeeds([later(429, 1), tokens("token")], 2, 1_000).await;
    succeeds([later(429, 2), later(503, 2), tokens("token")], 3, 4_000).await;
}

#[tokio::test]
async fn a_longer_retry_after_is_returned_to_the_caller() {
    fails([later(429, 3), tokens("token")], 1, 3).await;
    fails([later(503, 600), tokens("token")], 1, 600).await;
    fails([later(503, 1_000_000), tokens("token")], 1, 3_600).await;
}

#[tokio::test]
async fn without_retry_after_a_request_is_not_retried() {
    fails([HttpAnswer::status(429), tokens("token")], 1, 1).await;
    fails([HttpAnswer::status(503), tokens("token")], 1, 1).await;
    fails([later(502, 1), tokens("token")], 1, 1).await;
}

#[tokio::test]
async fn a_request_that_may_have_used_the_subject_token_is_not_retried() {
    fails([HttpAnswer::broken(), tokens("token")], 1, 1).await;
    for reply in [error(400, "invalid_grant"), error(500, "server_error"), HttpAnswer::json(201, &"".into())] {
        let (outcome, sent, _) = run([reply, tokens("token")]).await;
        assert!(outcome.is_err());
        assert_eq!(sent, 1);
    }
}

#[tokio::test]
async fn a_profile_exchange_whose_connection_ended_is_not_repeated() {
    fails([HttpAnswer::disconnected(), tokens("token")], 1, 1).await;
}

#[tokio::test]
async fn an_on_behalf_of_exchange_whose_connection_ended_is_repeated_once_on_a_new_connection() {
    let key = PrivateKey::from_jwk(P256).unwrap();
    let scene = Scene::with(|builder| builder.client_auth(ClientAuth::private_key_jwt("api-client", key)));
    let caller = scene.caller("auth0|ada").await;
    scene.tokens.answer([HttpAnswer::disconnected(), tokens("token")]);
    assert_eq!(text(&scene.on_behalf_of(&caller).await), Ok("token"));
    let [first, second] = scene.tokens.requests().try_into().unwrap();
    assert_eq!([first.connection, second.connection], [HttpConnection::Any, HttpConnection::New]);
    assert_ne!(assertion(&first), assertion(&second));

    scene.pass(3000);
    let caller = scene.caller("auth0|bob").await;
    scene.tokens.answer([HttpAnswer::disconnected(), HttpAnswer::disconnected(), tokens("token")]);
    assert_eq!(text(&scene.on_behalf_of(&caller).await), Err("the token endpoint is unavailable".to_owned()));
    assert_eq!(scene.sent(), 4);
}

#[tokio::test]
async fn discovery_is_repeated_once_if_the_connection_ended() {
    let scene = Scene::new();
    scene.discovery.answer([HttpAnswer::disconnected(), HttpAnswer::disconnected()]);
    assert!(scene.profile().await.is_err());
    assert_eq!(scene.discovery.count(), 2);
}

#[tokio::test]
async fn an_exchange_times_out_after_10_s() {
    let (outcome, sent, took) = run([HttpAnswer::too_late()]).await;
    assert!(matches!(outcome, Err(ExchangeError::Unavailable(_))));
    assert_eq!((sent, took.as_secs()), (1, 10));
    let (outcome, sent, took) = run([later(429, 2), HttpAnswer::too_late()]).await;
    assert!(matches!(outcome, Err(ExchangeError::Unavailable(_))));
    assert_eq!((sent, took.as_secs()), (2, 10));
}

#[tokio::test]
async fn a_response_body_may_have_64_kib() {
    let body = |length: usize| {
        let start = r#"{"access_token":"token","token_type":"Bearer","padding":""#;
        format!("{start}{}\"}}", "p".repeat(length - start.len() - 2))
    };
    let scene = Scene::new();
    scene.tokens.answer([HttpAnswer::status(200).body(body(65_536))]);
    assert_eq!(text(&scene.profile().await), Ok("token"));
    scene.tokens.answer([HttpAnswer::status(200).body(body(65_537))]);
    assert_eq!(text(&scene.profile().await), Err("the token endpoint is unavailable".to_owned()));
}

fn assertion(request: &HttpRequest) -> String {
    let mut form = form_urlencoded::parse(&request.body).into_owned();
    form.find_map(|(name, value)| (name == "client_assertion").then_some(value)).unwrap()
}
