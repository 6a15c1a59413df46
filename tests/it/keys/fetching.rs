//! All waiting requests share one fetch, and no fetch happens while the keys are fresh.

use auth0_api_core::ApiClient;
use auth0_api_core::http::ReqwestClient;
use auth0_api_testing::{ScriptedHttp, TestWorld, status_and_label};
use futures_util::future::join_all;

use super::fetched;
use crate::world::seconds;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_cold_requests_fetch_once() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let outcomes = at_once(&api, &world.tenant.mint().sign(), 1_000).await;
    assert!(outcomes.iter().all(|outcome| outcome == "200 accepted"), "{outcomes:?}");
    assert_eq!(fetched(&world), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_requests_for_a_new_key_fetch_once() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    api.warm_up().await.unwrap();
    for rotation in 1..=3 {
        world.tenant.rotate_keys();
        let outcomes = at_once(&api, &world.tenant.mint().sign(), 300).await;
        assert!(outcomes.iter().all(|outcome| outcome == "200 accepted"), "rotation {rotation}: {outcomes:?}");
        assert_eq!(fetched(&world), (1 + rotation, 1 + rotation));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn waiting_requests_share_a_failed_fetch() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    world.tenant.misbehave(auth0_api_testing::Endpoint::Discovery, auth0_api_testing::Misbehaviour::Down);
    let outcomes = at_once(&api, &world.tenant.mint().sign(), 200).await;
    assert!(outcomes.iter().all(|outcome| outcome == "503 keys_unavailable"), "{outcomes:?}");
    assert_eq!(fetched(&world), (1, 0));
}

#[tokio::test]
async fn keys_are_fresh_for_ten_minutes() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let token = world.tenant.mint().expires_in(seconds(7_200)).sign();
    for (pass, fetches) in [(0, 1), (300, 1), (179, 1), (600, 2), (479, 2), (600, 3)] {
        world.pass(pass);
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
        assert_eq!(fetched(&world), (fetches, fetches));
    }
}

#[tokio::test]
async fn after_warm_up_the_first_request_fetches_nothing() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    api.warm_up().await.unwrap();
    api.warm_up().await.unwrap();
    assert_eq!(status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await), "200 accepted");
    assert_eq!(fetched(&world), (1, 1));
}

#[tokio::test]
async fn a_cancelled_caller_does_not_cancel_the_fetch() {
    let world = TestWorld::start().await;
    let (http, tenant) = (ScriptedHttp::new(), world.tenant.domain());
    let gate = http.route(format!("{tenant}/.well-known/openid-configuration"));
    http.other_urls().forward_to(ReqwestClient::new().unwrap());
    gate.close();
    let api = world.builder().http_client(http.clone()).build().unwrap();
    let token = world.tenant.mint().sign();

    let impatient = tokio::spawn(verify(api.clone(), token.clone()));
    gate.arrival().await;
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());

    let patient = tokio::spawn(verify(api.clone(), token));
    gate.open();
    assert_eq!(patient.await.unwrap(), "200 accepted");
    assert_eq!((http.count(), fetched(&world)), (2, (1, 1)));
}

#[tokio::test]
async fn a_key_published_during_a_fetch_is_found_by_another_fetch() {
    let world = TestWorld::start().await;
    let (http, tenant) = (ScriptedHttp::new(), world.tenant.domain());
    let gate = http.route(format!("{tenant}/.well-known/jwks.json"));
    http.other_urls().forward_to(ReqwestClient::new().unwrap());
    let api = world.builder().http_client(http).build().unwrap();
    api.warm_up().await.unwrap();
    gate.arrival().await;
    // Delays the key set of the second fetch.
    gate.close();
    let bogus = world.tenant.mint().header("kid", "bogus").sign();
    let other = tokio::spawn(verify(api.clone(), bogus));
    gate.arrival().await;
    // The tenant has already sent the key set. This key set does not contain the key that the tenant publishes now.
    world.pass(1);
    world.tenant.rotate_keys();
    let user = tokio::spawn(verify(api.clone(), world.tenant.mint().sign()));
    tokio::task::yield_now().await;
    gate.open();
    assert_eq!(other.await.unwrap(), "401 key_unknown");
    assert_eq!(user.await.unwrap(), "200 accepted");
    assert_eq!(fetched(&world), (3, 3));
}

#[tokio::test]
async fn clones_of_a_client_share_its_keys() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let token = world.tenant.mint().sign();
    for client in [api.clone(), api.clone(), api] {
        assert_eq!(status_and_label(&client.verify_access_token(&token).await), "200 accepted");
    }
    assert_eq!(fetched(&world), (1, 1));
}

async fn at_once(api: &ApiClient, token: &str, requests: usize) -> Vec<String> {
    let tasks = (0..requests).map(|_| tokio::spawn(verify(api.clone(), token.to_owned())));
    join_all(tasks.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).collect()
}

async fn verify(api: ApiClient, token: String) -> String {
    status_and_label(&api.verify_access_token(&token).await)
}
