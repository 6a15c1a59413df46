//! An attacker sends unknown key ids while the tenant rotates its keys.

use std::sync::Arc;

use auth0_api_core::{Algorithm, ApiClient, TrustedDomains};
use auth0_api_testing::{SigningKey, TestWorld, status_and_label};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;

use super::fetched;

#[tokio::test]
async fn a_repeated_unknown_key_causes_one_fetch_in_30_s() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    api.warm_up().await.unwrap();
    let bogus = world.tenant.mint().header("kid", "bogus").sign();
    for (pass, fetches) in [(0, 2), (10, 2), (10, 2), (9, 2), (1, 3), (29, 3), (1, 4)] {
        world.pass(pass);
        for _ in 0..20 {
            assert_eq!(status_and_label(&api.verify_access_token(&bogus).await), "401 key_unknown");
        }
        assert_eq!(fetched(&world), (fetches, fetches), "after {pass} s more");
    }
    world.tenant.rotate_keys();
    assert_eq!(status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await), "200 accepted");
}

#[tokio::test]
async fn a_key_published_after_its_first_token_is_found_after_a_refresh() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    api.warm_up().await.unwrap();
    let late = SigningKey::generate(Algorithm::RS256);
    let token = world.tenant.mint().key(&late).sign();
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "401 key_unknown");
    world.tenant.publish(&late);
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "401 key_unknown");
    // Any fetch that returns a newer key set is enough.
    api.refresh_now(world.tenant.issuer()).await.unwrap();
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_unknown_keys_during_a_rotation_do_not_affect_valid_tokens() {
    let (world, other) = (TestWorld::start().await, TestWorld::start().await);
    let domains = TrustedDomains::list([world.tenant.domain(), other.tenant.domain()]);
    let api = ApiClient::builder(domains, world.tenant.audience());
    let api = api.insecure_http_loopback().clock(world.clock.clone()).build().unwrap();
    api.warm_up().await.unwrap();
    let (old, elsewhere) = (world.tenant.mint().sign(), other.tenant.mint().sign());

    let (first, second) = (bogus(&world, 0..5_000), bogus(&world, 5_000..10_000));
    let attack = attack(&api, first);
    assert_eq!(sixteen(&api, &old).await, ["200 accepted"; 16]);
    attack.await;
    world.tenant.rotate_keys();
    let new = world.tenant.mint().sign();
    // After ten seconds, the client has one more permit. Even if a token of the attacker uses the permit, all requests
    // use the fetched keys.
    world.pass(10);
    let attack = self::attack(&api, second);
    assert_eq!(sixteen(&api, &new).await, ["200 accepted"; 16]);
    attack.await;
    assert_eq!(sixteen(&api, &old).await, ["200 accepted"; 16]);
    assert_eq!(sixteen(&api, &elsewhere).await, ["200 accepted"; 16]);

    let (fetches, _) = fetched(&world);
    assert!(
        (2..=5).contains(&fetches),
        "one fetch at the start, three for the burst, one after ten seconds: {fetches}"
    );
    assert_eq!(fetched(&other), (1, 1));
}

/// Presents all tokens concurrently, each in a task.
fn attack(api: &ApiClient, tokens: Vec<String>) -> impl Future<Output = ()> + use<> {
    let api = Arc::new(api.clone());
    let present = |token: String| {
        let api = Arc::clone(&api);
        tokio::spawn(async move { status_and_label(&api.verify_access_token(&token).await) })
    };
    let tasks: Vec<_> = tokens.into_iter().map(present).collect();
    async move {
        for status_and_label in join_all(tasks).await {
            let answer = status_and_label.unwrap();
            assert!(["401 key_unknown", "503 key_not_looked_for"].contains(&&*answer), "{answer}");
        }
    }
}

async fn sixteen(api: &ApiClient, token: &str) -> Vec<String> {
    let outcomes = (0..16).map(|_| async { status_and_label(&api.verify_access_token(token).await) });
    join_all(outcomes).await
}

/// Returns tokens with unknown key ids. They contain the signature of a valid token. The signature does not match, but the
/// client never checks it, because it has no key with such an id.
fn bogus(world: &TestWorld, numbers: std::ops::Range<usize>) -> Vec<String> {
    let token = world.tenant.mint().sign();
    let (_, rest) = token.split_once('.').unwrap();
    let header = |number| URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"RS256","kid":"random-{number}"}}"#));
    numbers.map(|number| format!("{}.{rest}", header(number))).collect()
}
