//! `Retry-After`: the client honours the tenant's value, and sends the remaining time to its callers.

use auth0_api_core::{Algorithm, Clock as _};
use auth0_api_testing::{Endpoint, HttpAnswer, Misbehaviour, OfflineTenant, SigningKey, TestWorld, status_and_label};
use tokio::time::timeout;

use super::ahead::run_background_tasks;
use super::fetched;
use super::published::{Published, later};
use crate::world::seconds;

#[tokio::test]
async fn retry_after_is_honoured_up_to_ten_minutes() {
    for (status, asked, wait) in [
        (429, "30", 30),
        (503, "30", 30),
        (429, " 300 ", 300),
        (429, "600", 600),
        (429, "601", 600),
        (429, "86400", 600),
        (429, "0", 1),
        (429, "99999999999999999999999", 1),
        (429, "-5", 1),
        (429, "1.5", 1),
        (429, "soon", 1),
        (429, "", 1),
        // `Retry-After` is honoured for 429 and 503 only.
        (500, "30", 1),
        (404, "30", 1),
    ] {
        let (world, api, published) = cold(&later(status, asked)).await;
        let what = format!("{status} {asked}");
        let token = world.tenant.mint().sign();
        assert_eq!(outcome_of(&api, &token).await, wait, "{what}");
        published.answer_correctly();
        world.pass(wait - 1);
        assert_eq!(outcome_of(&api, &token).await, 1, "{what}");
        assert_eq!(published.fetches(), 1, "{what}");
        world.pass(1);
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "401 key_unknown", "{what}");
        assert_eq!(published.fetches(), 2, "{what}");
    }
}

#[tokio::test]
async fn retry_after_for_callers_is_the_remaining_time() {
    let (world, api, _) = cold(&later(429, "300")).await;
    let token = world.tenant.mint().sign();
    for (pass, left) in [(0, 300), (1, 299), (199, 100), (99, 1)] {
        world.pass(pass);
        assert_eq!(outcome_of(&api, &token).await, left);
    }
}

#[tokio::test]
async fn requests_do_not_cause_fetches_before_retry_after() {
    let (world, api, published) = cold(&later(429, "20")).await;
    let token = world.tenant.mint().sign();
    for _ in 0..100 {
        for _ in 0..10 {
            outcome_of(&api, &token).await;
        }
        world.pass(1);
    }
    assert_eq!(published.fetches(), 5);
}

/// When a large fleet starts at once, the tenant answers few of its requests.
#[tokio::test]
async fn a_postponed_key_set_is_requested_again_without_the_discovery_document() {
    let world = TestWorld::start().await;
    let (api, token) = (world.api.clone(), world.tenant.mint().sign());
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::RateLimited { retry_after: seconds(100) });
    for attempt in 1..=5 {
        outcome_of(&api, &token).await;
        assert_eq!(fetched(&world), (1, attempt));
        world.pass(100);
    }
    world.tenant.behave();
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
    assert_eq!(fetched(&world), (1, 6));
    api.refresh_now(world.tenant.issuer()).await.unwrap();
    assert_eq!(fetched(&world), (2, 7), "each fetch that is not postponed begins with the discovery document");
}

/// All replicas of a large fleet call it in the same moment, after a leaked key was removed.
#[tokio::test]
async fn a_repeated_refresh_now_asks_only_for_a_postponed_key_set() {
    let world = TestWorld::start().await;
    let (api, issuer) = (world.api.clone(), world.tenant.issuer().to_owned());
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::RateLimited { retry_after: seconds(100) });
    outcome_of(&api, &world.tenant.mint().sign()).await;
    assert_eq!(fetched(&world), (1, 1));
    api.refresh_now(&issuer).await.unwrap_err();
    assert_eq!(fetched(&world), (2, 2), "a cache may have answered for the first document");
    api.refresh_now(&issuer).await.unwrap_err();
    assert_eq!(fetched(&world), (2, 3));
    world.tenant.behave();
    api.refresh_now(&issuer).await.unwrap();
    assert_eq!(fetched(&world), (2, 4));
    // Later, a fetch in the background is postponed, and then the operator asks again.
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::RateLimited { retry_after: seconds(1) });
    world.pass(700);
    api.verify_access_token(&world.tenant.mint().sign()).await.unwrap();
    assert_eq!(fetched(&world), (3, 5));
    world.tenant.behave();
    api.refresh_now(&issuer).await.unwrap();
    assert_eq!(fetched(&world), (4, 6), "the tenant may have changed `jwks_uri`");
}

/// The fetch in progress may have begun before the tenant changed its keys, so its end is not the answer.
#[tokio::test]
async fn a_repeated_refresh_now_asks_only_for_a_postponed_key_set_also_if_a_fetch_was_in_progress() {
    let tenant = OfflineTenant::new();
    let [discovery, jwks] = [OfflineTenant::DISCOVERY_URL, OfflineTenant::JWKS_URL].map(|url| tenant.http().route(url));
    let (api, token) = (tenant.api(), tenant.mint().sign());
    jwks.close();
    let verifying = tokio::spawn({
        let api = api.clone();
        async move { status_and_label(&api.verify_access_token(&token).await) }
    });
    jwks.arrival().await;
    let refreshing = tokio::spawn({
        let api = api.clone();
        async move { api.refresh_now(OfflineTenant::ISSUER).await }
    });
    run_background_tasks().await;
    jwks.answer([HttpAnswer::status(429)]);
    jwks.open();
    assert_eq!(timeout(seconds(60), verifying).await.unwrap().unwrap(), "200 accepted");
    timeout(seconds(60), refreshing).await.unwrap().unwrap().unwrap_err();
    assert_eq!((discovery.requests().len(), jwks.requests().len()), (2, 2));
    api.refresh_now(OfflineTenant::ISSUER).await.unwrap_err();
    assert_eq!((discovery.requests().len(), jwks.requests().len()), (2, 3));
}

/// Perhaps the key set has moved, and its old host answers so.
#[tokio::test]
async fn the_discovery_document_is_fetched_again_after_503_without_a_time() {
    let world = TestWorld::start().await;
    let (api, token) = (world.api.clone(), world.tenant.mint().sign());
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(503));
    for attempt in 1..=3 {
        outcome_of(&api, &token).await;
        assert_eq!(fetched(&world), (attempt, attempt));
        world.pass(60);
    }
}

/// After another failure, `jwks_uri` may be wrong.
#[tokio::test]
async fn the_discovery_document_is_fetched_again_after_ten_minutes_another_failure_or_by_an_operator() {
    let limited = || Misbehaviour::RateLimited { retry_after: seconds(60) };
    let world = TestWorld::start().await;
    let (api, token) = (world.api.clone(), world.tenant.mint().sign());
    world.tenant.misbehave(Endpoint::Jwks, limited());
    for (attempt, documents) in (1..).zip([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]) {
        outcome_of(&api, &token).await;
        assert_eq!(fetched(&world), (documents, attempt));
        world.pass(60);
    }
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(404));
    outcome_of(&api, &token).await;
    assert_eq!(fetched(&world), (2, 12));
    world.pass(60);
    world.tenant.misbehave(Endpoint::Jwks, limited());
    outcome_of(&api, &token).await;
    assert_eq!(fetched(&world), (3, 13));
    assert!(api.refresh_now(world.tenant.issuer()).await.is_err());
    assert_eq!(fetched(&world), (4, 14));
    // The clock is set back, so the age of the document is not known.
    world.clock.set(world.clock.now() - seconds(3_600));
    outcome_of(&api, &token).await;
    assert_eq!(fetched(&world), (5, 15));
}

async fn cold(answer: &HttpAnswer) -> (TestWorld, auth0_api_core::ApiClient, Published) {
    let world = TestWorld::start().await;
    let published = Published::by(world.tenant.issuer(), &SigningKey::generate(Algorithm::RS256));
    published.answer(answer);
    let api = world.builder().http_client(published.http.clone()).build().unwrap();
    (world, api, published)
}

/// Returns `Retry-After` of a request that must be rejected because keys are unavailable.
async fn outcome_of(api: &auth0_api_core::ApiClient, token: &str) -> u64 {
    let rejection = api.reject(&api.verify_access_token(token).await.unwrap_err());
    assert_eq!((rejection.status(), rejection.label()), (503, "keys_unavailable"));
    let retry_after = rejection.headers().find(|(name, _)| *name == "retry-after");
    retry_after.unwrap().1.parse().unwrap()
}
