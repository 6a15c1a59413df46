//! Key rotation, and tokens that name unknown keys.

use auth0_api_core::{Algorithm, ApiClient};
use auth0_api_testing::{Endpoint, Misbehaviour, SigningKey, TestWorld, status_and_label};

use super::fetched;
use crate::log::Log;
use crate::world::{Rejected, invalid_token, rejection};

const KEY_UNKNOWN: &str =
    r#"Bearer realm="api", error="invalid_token", error_description="the signing key of the access token is unknown""#;

#[tokio::test]
async fn a_token_with_a_new_key_causes_a_fetch_of_the_keys() {
    let (world, api) = warm().await;
    let before = world.tenant.mint().sign();
    world.tenant.rotate_keys();
    assert_eq!(outcome_of(&api, &world.tenant.mint().sign()).await, "200 accepted");
    assert_eq!(fetched(&world), (2, 2));
    assert_eq!(outcome_of(&api, &before).await, "200 accepted");
    assert_eq!(fetched(&world), (2, 2));
}

#[tokio::test]
async fn a_removed_key_is_rejected_after_the_next_fetch() {
    let (world, api) = warm().await;
    let token = world.tenant.mint().sign();
    let removed = world.tenant.current_kid();
    world.tenant.rotate_keys();
    world.tenant.remove_key(&removed);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    world.pass(600);
    let outcome = api.verify_access_token(&token).await;
    assert_eq!(rejection(&api, outcome), invalid_token("key_unknown", KEY_UNKNOWN));
}

#[tokio::test]
async fn a_removed_key_is_rejected_after_the_fetch_for_a_new_key() {
    let (world, api) = warm().await;
    let token = world.tenant.mint().sign();
    let removed = world.tenant.current_kid();
    world.tenant.rotate_keys();
    world.tenant.remove_key(&removed);
    assert_eq!(outcome_of(&api, &world.tenant.mint().sign()).await, "200 accepted");
    assert_eq!(outcome_of(&api, &token).await, "401 key_unknown");
}

#[tokio::test]
async fn tokens_of_a_removed_key_cause_fetches_at_growing_intervals() {
    let (world, api) = warm().await;
    let token = world.tenant.mint().sign();
    let removed = world.tenant.current_kid();
    world.tenant.rotate_keys();
    world.tenant.remove_key(&removed);
    world.pass(600);
    for (pass, fetches) in [(0, 2), (29, 2), (1, 3), (59, 3), (1, 4), (119, 4), (1, 5)] {
        world.pass(pass);
        assert_eq!(outcome_of(&api, &token).await, "401 key_unknown");
        assert_eq!(fetched(&world), (fetches, fetches), "after {pass} s more");
    }
}

#[tokio::test]
async fn many_unknown_keys_cause_three_fetches_and_then_one_per_ten_seconds() {
    let (world, api) = warm().await;
    let mut before = 1;
    for (round, (pass, fetches)) in [(0, 4), (9, 4), (1, 5), (9, 5), (1, 6), (25, 8)].into_iter().enumerate() {
        world.pass(pass);
        for number in 0..20 {
            let token = world.tenant.mint().header("kid", format!("unknown-{round}-{number}")).sign();
            let outcome = api.verify_access_token(&token).await;
            let expected =
                if number < fetches - before { invalid_token("key_unknown", KEY_UNKNOWN) } else { not_looked_for() };
            assert_eq!(rejection(&api, outcome), expected);
        }
        assert_eq!(fetched(&world), (fetches, fetches), "after {pass} s more");
        before = fetches;
    }
    assert_eq!(outcome_of(&api, &world.tenant.mint().sign()).await, "200 accepted");
}

#[tokio::test]
async fn a_key_that_was_not_looked_for_is_503_until_the_next_permit() {
    let (world, api) = warm().await;
    for number in 0..3 {
        bogus(&world, &api, number).await;
    }
    world.tenant.rotate_keys();
    let token = world.tenant.mint().sign();
    for (pass, left) in [(0, "10"), (1, "9"), (7, "2"), (1, "1")] {
        world.pass(pass);
        let error = api.verify_access_token(&token).await.unwrap_err();
        let answer = api.reject(&error);
        let retry_after = answer.headers().find(|(name, _)| *name == "retry-after");
        assert_eq!(retry_after.unwrap().1, left, "after {pass} s more");
        assert!(error.hint().is_some_and(|hint| hint.contains("unknown_key_fetches")));
        assert_eq!(rejection(&api, Err(error)), not_looked_for());
    }
    world.pass(1);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    assert_eq!(fetched(&world), (5, 5));
}

#[tokio::test]
async fn a_key_that_was_not_looked_for_is_no_warning_because_strangers_can_cause_it() {
    let (world, api) = warm().await;
    let (log, subscribed) = Log::subscribe();
    for number in 0..3 {
        bogus(&world, &api, number).await;
    }
    outcome_of(&api, &world.tenant.mint().header("kid", "bogus").sign()).await;
    world.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Down);
    world.pass(10);
    outcome_of(&api, &world.tenant.mint().header("kid", "bogus").sign()).await;
    drop(subscribed);
    let key_unknown = "INFO key_unknown";
    let expected = [key_unknown, key_unknown, key_unknown, "INFO key_not_looked_for", "WARN keys_unavailable"];
    assert_eq!(log.rejections(), expected);
}

#[tokio::test]
async fn a_key_that_was_looked_for_a_short_time_ago_is_401_without_a_permit() {
    let (world, api) = warm().await;
    for number in 0..3 {
        bogus(&world, &api, number).await;
    }
    for number in 0..3 {
        bogus(&world, &api, number).await;
    }
    assert_eq!(fetched(&world), (4, 4));
}

#[tokio::test]
async fn a_new_key_is_found_after_a_few_unknown_keys() {
    let (world, api) = warm().await;
    for number in 0..2 {
        bogus(&world, &api, number).await;
    }
    world.tenant.rotate_keys();
    assert_eq!(outcome_of(&api, &world.tenant.mint().sign()).await, "200 accepted");
    assert_eq!(fetched(&world), (4, 4));
}

#[tokio::test]
async fn a_new_key_is_found_ten_seconds_after_many_unknown_keys() {
    let (world, api) = warm().await;
    for number in 0..3 {
        bogus(&world, &api, number).await;
    }
    world.tenant.rotate_keys();
    world.pass(10);
    // Even if a token of the attacker uses the permit, the fetch returns the new key.
    bogus(&world, &api, 3).await;
    assert_eq!(outcome_of(&api, &world.tenant.mint().sign()).await, "200 accepted");
    assert_eq!(fetched(&world), (5, 5));
}

#[tokio::test]
async fn an_invalid_signature_causes_no_fetch() {
    let (world, api) = warm().await;
    let forger = SigningKey::generate(Algorithm::RS256).with_kid(world.tenant.current_kid());
    let outcome = api.verify_access_token(&world.tenant.mint().key(&forger).sign()).await;
    let challenge = r#"Bearer realm="api", error="invalid_token", error_description="the signature of the access token is invalid""#;
    assert_eq!(rejection(&api, outcome), invalid_token("token_signature", challenge));
    assert_eq!(fetched(&world), (1, 1));
}

#[tokio::test]
async fn two_keys_may_have_the_same_key_id() {
    let (world, api) = warm().await;
    let twin = SigningKey::generate(Algorithm::RS256).with_kid(world.tenant.current_kid());
    world.tenant.publish(&twin);
    world.pass(600);
    assert_eq!(outcome_of(&api, &world.tenant.mint().sign()).await, "200 accepted");
    assert_eq!(outcome_of(&api, &world.tenant.mint().key(&twin).sign()).await, "200 accepted");
}

#[tokio::test]
async fn a_known_header_does_not_keep_a_key_that_was_replaced_under_its_key_id() {
    let (world, api) = warm().await;
    let [replaced, new] = [(); 2].map(|()| SigningKey::generate(Algorithm::RS256).with_kid("k"));
    world.tenant.publish(&replaced);
    let (old_token, new_token) = (world.tenant.mint().key(&replaced).sign(), world.tenant.mint().key(&new).sign());
    let header = |token: &str| token.split('.').next().map(str::to_owned);
    assert_eq!(header(&old_token), header(&new_token));
    assert_eq!(outcome_of(&api, &old_token).await, "200 accepted");
    assert_eq!(outcome_of(&api, &new_token).await, "401 token_signature");
    world.tenant.remove_key("k");
    world.tenant.publish(&new);
    api.refresh_now(world.tenant.issuer()).await.unwrap();
    assert_eq!(outcome_of(&api, &old_token).await, "401 token_signature");
    assert_eq!(outcome_of(&api, &new_token).await, "200 accepted");
}

#[tokio::test]
async fn a_token_without_kid_is_verified_with_the_only_suitable_key() {
    let (world, api) = warm().await;
    let unnamed = world.tenant.mint().without_header("kid").sign();
    assert_eq!(outcome_of(&api, &unnamed).await, "200 accepted");
    world.tenant.publish(&SigningKey::generate(Algorithm::ES256));
    world.pass(600);
    assert_eq!(outcome_of(&api, &unnamed).await, "200 accepted");
    world.tenant.publish(&SigningKey::generate(Algorithm::RS256));
    world.pass(600);
    let outcome = api.verify_access_token(&unnamed).await;
    let challenge =
        r#"Bearer realm="api", error="invalid_token", error_description="the access token names no signing key""#;
    assert_eq!(rejection(&api, outcome), invalid_token("key_ambiguous", challenge));
}

fn not_looked_for() -> Rejected {
    Rejected { status: 503, label: "key_not_looked_for", challenges: vec![] }
}

async fn warm() -> (TestWorld, ApiClient) {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    api.warm_up().await.unwrap();
    (world, api)
}

async fn bogus(world: &TestWorld, api: &ApiClient, number: usize) {
    let token = world.tenant.mint().header("kid", format!("bogus-{number}")).sign();
    assert_eq!(outcome_of(api, &token).await, "401 key_unknown");
}

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}
