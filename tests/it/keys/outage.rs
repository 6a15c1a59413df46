//! Outages of the tenant: without cached keys, requests get 503; with cached keys, the client verifies tokens for a
//! day.

use auth0_api_core::ApiClient;
use auth0_api_testing::{Endpoint, LocalTenant, Misbehaviour, TestWorld, status_and_label};

use super::{fetched, unavailable};
use crate::log::Log;
use crate::world::{rejection, seconds};

#[tokio::test]
async fn without_cached_keys_requests_get_503_until_the_misbehaviour_ends() {
    let decoy = LocalTenant::start().await.unwrap();
    let redirect = |path| Misbehaviour::Redirect(format!("{}{path}", decoy.domain()));
    let world = TestWorld::start().await;
    let token = world.tenant.mint().expires_in(seconds(7_200)).sign();
    for endpoint in [Endpoint::Discovery, Endpoint::Jwks] {
        for (misbehaviour, wait) in [
            (Misbehaviour::Down, 1),
            (Misbehaviour::Garbage, 1),
            (Misbehaviour::Huge, 1),
            (Misbehaviour::RateLimited { retry_after: seconds(30) }, 30),
            (redirect("/.well-known/openid-configuration"), 1),
            (redirect("/.well-known/jwks.json"), 1),
            (Misbehaviour::Status(200), 1),
            (Misbehaviour::Status(204), 1),
            (Misbehaviour::Status(404), 1),
            (Misbehaviour::Status(500), 1),
        ] {
            let what = format!("{endpoint:?} {misbehaviour:?}");
            world.tenant.misbehave(endpoint, misbehaviour);
            let api = world.builder().build().unwrap();
            assert_eq!(retry_after(&api, &token).await, Some(wait.to_string()), "{what}");
            assert!(!api.is_ready(), "{what}");
            assert!(api.warm_up().await.is_err(), "{what}");

            // During the back-off, no request causes a fetch. After the back-off, the next request causes one.
            world.tenant.behave();
            world.tenant.reset_requests();
            world.pass(wait - 1);
            assert_eq!(outcome_of(&api, &token).await, "503 keys_unavailable", "{what}");
            assert_eq!(fetched(&world), (0, 0), "{what}");
            world.pass(1);
            assert_eq!(outcome_of(&api, &token).await, "200 accepted", "{what}");
            let postponed = wait == 30 && endpoint == Endpoint::Jwks;
            assert_eq!(fetched(&world), (usize::from(!postponed), 1), "{what}");
        }
    }
    assert_eq!((decoy.requests().discovery, decoy.requests().jwks), (0, 0), "redirects are not followed");
}

#[tokio::test]
async fn a_request_waits_for_a_slow_tenant() {
    let world = TestWorld::start().await;
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Slow(std::time::Duration::from_millis(50)));
    assert_eq!(outcome_of(&world.api, &world.tenant.mint().sign()).await, "200 accepted");
}

#[tokio::test]
async fn each_further_failure_doubles_the_back_off_up_to_60_s() {
    let world = TestWorld::start().await;
    world.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Down);
    let api = world.api.clone();
    let token = world.tenant.mint().sign();
    for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(retry_after(&api, &token).await, Some(wait.to_string()));
        world.pass(wait);
    }
    assert_eq!(fetched(&world), (8, 0));

    // A success resets the back-off.
    world.tenant.behave();
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    world.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Down);
    let unknown = world.tenant.mint().header("kid", "unknown").sign();
    assert_eq!(retry_after(&api, &unknown).await, Some("1".to_owned()));
}

#[tokio::test]
async fn cached_keys_are_used_for_24_hours_without_the_tenant() {
    let (world, api) = warm().await;
    let token = world.tenant.mint().expires_in(seconds(200_000)).sign();
    world.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Down);
    for pass in [600, 3_600, 80_000, 2_199] {
        world.pass(pass);
        let (log, subscribed) = Log::subscribe();
        assert_eq!(outcome_of(&api, &token).await, "200 accepted", "after {pass} s more");
        drop(subscribed);
        assert!(log.read().0.contains(&"keys_stale".to_owned()), "after {pass} s more");
        assert!(api.is_ready());
    }
    world.pass(1);
    let outcome = api.verify_access_token(&token).await;
    assert_eq!(rejection(&api, outcome), unavailable());
    assert!(!api.is_ready());

    world.tenant.behave();
    world.pass(60);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
}

#[tokio::test]
async fn requests_during_an_outage_do_not_cause_more_fetches() {
    let (world, api) = warm().await;
    let token = world.tenant.mint().sign();
    world.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Down);
    world.pass(600);
    world.tenant.reset_requests();
    for _ in 0..60 {
        for _ in 0..5 {
            assert_eq!(outcome_of(&api, &token).await, "200 accepted");
        }
        world.pass(1);
    }
    // Fetches at 0, 1, 3, 7, 15 and 31 s. The first one is sent twice: only the open connection could be dead.
    assert_eq!(fetched(&world), (7, 0));
}

#[tokio::test]
async fn an_unknown_key_during_an_outage_is_503() {
    let (world, api) = warm().await;
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(503));
    world.tenant.rotate_keys();
    let token = world.tenant.mint().sign();
    for _ in 0..5 {
        let outcome = api.verify_access_token(&token).await;
        assert_eq!(rejection(&api, outcome), unavailable());
    }
    assert_eq!(fetched(&world), (2, 2));
    world.tenant.behave();
    world.pass(1);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
}

#[tokio::test]
async fn an_outage_of_one_tenant_does_not_affect_another() {
    let (down, up) = (TestWorld::start().await, TestWorld::start().await);
    down.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Down);
    let (cold, warm) = (down.api.clone(), up.api.clone());
    assert_eq!(outcome_of(&cold, &down.tenant.mint().sign()).await, "503 keys_unavailable");
    assert_eq!(outcome_of(&warm, &up.tenant.mint().sign()).await, "200 accepted");
}

#[tokio::test]
async fn with_cached_keys_tokens_are_accepted_during_every_misbehaviour() {
    let decoy = LocalTenant::start().await.unwrap();
    for endpoint in [Endpoint::Discovery, Endpoint::Jwks] {
        for misbehaviour in [
            Misbehaviour::Down,
            Misbehaviour::Garbage,
            Misbehaviour::Huge,
            Misbehaviour::RateLimited { retry_after: seconds(30) },
            Misbehaviour::Redirect(format!("{}/.well-known/jwks.json", decoy.domain())),
            Misbehaviour::Status(204),
            Misbehaviour::Status(500),
        ] {
            let (world, api) = warm().await;
            let token = world.tenant.mint().expires_in(seconds(200_000)).sign();
            world.tenant.misbehave(endpoint, misbehaviour.clone());
            for pass in [600, 60, 82_000] {
                world.pass(pass);
                assert_eq!(
                    outcome_of(&api, &token).await,
                    "200 accepted",
                    "{endpoint:?} {misbehaviour:?} after {pass} s more"
                );
            }
            // Waits until a fetch in progress has ended.
            assert!(api.refresh_now(world.tenant.issuer()).await.is_err(), "{endpoint:?} {misbehaviour:?}");
            world.tenant.behave();
            world.tenant.rotate_keys();
            world.pass(60);
            assert_eq!(
                outcome_of(&api, &world.tenant.mint().sign()).await,
                "200 accepted",
                "{endpoint:?} {misbehaviour:?}"
            );
        }
    }
    assert_eq!((decoy.requests().discovery, decoy.requests().jwks), (0, 0), "redirects are not followed");
}

async fn warm() -> (TestWorld, ApiClient) {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    api.warm_up().await.unwrap();
    (world, api)
}

/// Returns `Retry-After` of a request that must be rejected because keys are unavailable.
async fn retry_after(api: &ApiClient, token: &str) -> Option<String> {
    let error = api.verify_access_token(token).await.unwrap_err();
    let rejection = api.reject(&error);
    assert_eq!((rejection.status(), rejection.label(), rejection.challenges().len()), (503, "keys_unavailable", 0));
    rejection.headers().find(|(name, _)| *name == "retry-after").map(|(_, value)| value.into_owned())
}

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}
