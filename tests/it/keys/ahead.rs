//! The client refreshes keys in the background before they expire, so that no request waits. It sends conditional
//! requests.

use std::time::Duration;

use auth0_api_core::{Algorithm, ApiClient};
use auth0_api_testing::{HttpAnswer, SigningKey, TestWorld, status_and_label};
use tokio::time::timeout;

use super::fetched;
use super::published::{Published, later};
use crate::world::seconds;

#[tokio::test]
async fn keys_are_refreshed_in_the_background_from_80_percent_of_their_life() {
    let (world, api, token, published) = warm().await;
    for (pass, fetches) in [(479, 1), (1, 2), (479, 2), (1, 3)] {
        world.pass(pass);
        // The request does not wait for the fetch.
        assert_eq!(without_waiting(&api, &token).await, "200 accepted");
        run_background_tasks().await;
        assert_eq!(published.asked().len(), fetches, "after {pass} s more");
    }
}

#[tokio::test]
async fn a_hundred_requests_cause_one_background_fetch() {
    let (world, api, token, published) = warm().await;
    world.pass(480);
    for _ in 0..100 {
        assert_eq!(without_waiting(&api, &token).await, "200 accepted");
    }
    run_background_tasks().await;
    assert_eq!(published.asked().len(), 2);
}

#[tokio::test]
async fn after_a_failed_background_fetch_the_client_backs_off_without_delaying_requests() {
    let (world, api, token, published) = warm().await;
    published.answer(&later(500, "0"));
    for (pass, fetches) in [(479, 1), (1, 2), (0, 2), (1, 3), (1, 3), (1, 4), (3, 4), (1, 5), (100, 6)] {
        world.pass(pass);
        assert_eq!(without_waiting(&api, &token).await, "200 accepted");
        run_background_tasks().await;
        assert_eq!(published.fetches(), fetches, "after {pass} s more");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_at_most_one_second_for_a_refresh_of_stale_keys() {
    let (world, api, token, published) = warm().await;
    published.answer(&HttpAnswer::too_late());
    world.pass(600);
    assert!(timeout(Duration::from_millis(999), api.verify_access_token(&token)).await.is_err());
    let in_time = timeout(Duration::from_millis(1_001), api.verify_access_token(&token)).await;
    assert_eq!(status_and_label(&in_time.unwrap()), "200 accepted");

    // After the fetch has failed, no request waits for ten minutes.
    tokio::time::sleep(seconds(11)).await;
    for _ in 0..10 {
        assert_eq!(without_waiting(&api, &token).await, "200 accepted");
        world.pass(60);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_after_an_idle_time_waits_for_newer_keys_although_the_last_fetch_failed() {
    let (world, api, token, published) = warm().await;
    published.answer(&HttpAnswer::json(500, &serde_json::json!({})));
    world.pass(600);
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
    // The outage ends while nobody sends requests, and the tenant replaces the key.
    published.answer_correctly();
    published.set_key(&SigningKey::generate(Algorithm::RS256), "\"two\"");
    world.pass(7_200);
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "401 key_unknown");
}

#[tokio::test]
async fn a_304_answer_keeps_the_cached_keys() {
    let (world, api, token, published) = warm_with_etag("\"one\"").await;
    world.pass(600);
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
    let other = SigningKey::generate(Algorithm::RS256);
    published.set_key(&other, "W/\"two\"");
    world.pass(600);
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "401 key_unknown");
    world.pass(600);
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "401 key_unknown");
    // The tenant has answered 200, 304, 200 and 304.
    assert_eq!(
        published.asked(),
        [None, Some("\"one\""), Some("\"one\""), Some("W/\"two\"")].map(|etag| etag.map(str::to_owned))
    );
}

#[tokio::test]
async fn after_a_304_answer_the_keys_are_fresh_for_another_ten_minutes() {
    let (world, api, token, published) = warm_with_etag("\"one\"").await;
    for pass in [600, 479] {
        world.pass(pass);
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
        run_background_tasks().await;
        assert_eq!(published.asked().len(), 2, "after {pass} s more");
    }
}

#[tokio::test]
async fn an_invalid_etag_is_not_sent_back() {
    let long = format!("\"{}\"", "e".repeat(255));
    for etag in ["one", "\"one", "\"o ne\"", "\"o\"ne\"", "\"one\"\r\nx-injected: 1", "w/\"one\"", &long] {
        let (world, api, token, published) = warm_with_etag(etag).await;
        world.pass(600);
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
        assert_eq!(published.asked(), [None, None], "{etag}");
    }
}

#[tokio::test]
async fn a_304_to_an_unconditional_request_is_a_failed_fetch() {
    let (world, api, token, published) = warm().await;
    published.answer(&later(304, "0"));
    world.pass(600);
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
    assert_eq!(
        status_and_label(&api.verify_access_token(&world.tenant.mint().header("kid", "x").sign()).await),
        "503 keys_unavailable"
    );
}

#[tokio::test]
async fn the_tenant_answers_conditional_requests() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let token = world.tenant.mint().expires_in(seconds(7_200)).sign();
    for fetches in 1..=3 {
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
        assert_eq!(fetched(&world), (fetches, fetches));
        world.pass(600);
    }
}

#[tokio::test]
async fn a_removed_key_is_rejected_after_refresh_now() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let (token, removed) = (world.tenant.mint().sign(), world.tenant.current_kid());
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
    world.tenant.rotate_keys();
    world.tenant.remove_key(&removed);
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
    api.refresh_now(world.tenant.issuer()).await.unwrap();
    assert_eq!(fetched(&world), (2, 2));
    // The token with the removed key causes one more fetch. The new key set does not contain this key.
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "401 key_unknown");
}

#[tokio::test]
async fn refresh_now_asks_past_the_caches_on_the_way() {
    let (world, api, token, published) = warm_with_etag("\"one\"").await;
    api.refresh_now(world.tenant.issuer()).await.unwrap();
    for _ in 0..2 {
        world.pass(500);
        assert_eq!(without_waiting(&api, &token).await, "200 accepted");
        run_background_tasks().await;
    }
    // A tag would ask for changes only. No later fetch may bring back the keys of a cache.
    let no_cache = || Some("no-cache".to_owned());
    let each = vec![None, no_cache(), no_cache(), no_cache()];
    assert_eq!(published.cache_control(), [each.clone(), each]);
    assert_eq!(published.asked(), [const { None }; 4]);
}

/// Returns a client with keys, a token that is valid throughout the test, and the issuer.
async fn warm() -> (TestWorld, ApiClient, String, Published) {
    with(|_, _| ()).await
}

async fn warm_with_etag(etag: &str) -> (TestWorld, ApiClient, String, Published) {
    with(|published, key| published.set_key(key, etag)).await
}

async fn with(prepare: impl Fn(&Published, &SigningKey)) -> (TestWorld, ApiClient, String, Published) {
    let world = TestWorld::start().await;
    let key = SigningKey::generate(Algorithm::RS256);
    let published = Published::by(world.tenant.issuer(), &key);
    prepare(&published, &key);
    let api = world.builder().http_client(published.http.clone()).build().unwrap();
    api.warm_up().await.unwrap();
    let token = world.tenant.mint().key(&key).expires_in(seconds(90_000)).sign();
    (world, api, token, published)
}

/// Returns the outcome of a request that must not wait.
async fn without_waiting(api: &ApiClient, token: &str) -> String {
    let verified = futures_util::FutureExt::now_or_never(api.verify_access_token(token));
    tokio::task::yield_now().await;
    status_and_label(&verified.unwrap())
}

/// Runs background tasks until they finish.
pub(super) async fn run_background_tasks() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}
