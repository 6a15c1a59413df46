//! Every setting of the key policy has an effect, and a value out of bounds is a build error.

use auth0_api_core::{Algorithm, ApiClient, ConfigProblem, KeyPolicy};
use auth0_api_testing::{Endpoint, Misbehaviour, SigningKey, TestWorld, status_and_label};
use serde_json::json;

use super::fetched;
use crate::world::seconds;

#[test]
fn a_number_out_of_bounds_and_an_invalid_host_are_build_errors() {
    let builder = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com");
    let builder = builder.key_policy(KeyPolicy::new().max_issuers(0));
    let error = builder.allow_jwks_host("https://keys.example.com").allow_jwks_host("*").build().unwrap_err();
    let options: Vec<_> = error.problems().iter().map(ConfigProblem::option).collect();
    assert_eq!(options, ["allow_jwks_host", "allow_jwks_host", "key_policy"]);
    assert_eq!(
        error.to_string(),
        "the configuration is unusable: \
         allow_jwks_host: \"https://keys.example.com\": a domain has no path, query, fragment or credentials; \
         allow_jwks_host: \"*\": the host is not a valid name or address; \
         key_policy: max_issuers is from 1 to 100 000"
    );
}

#[tokio::test]
async fn fresh_for_and_stale_for_are_configurable() {
    let (world, api) = with(|policy| policy.fresh_for(seconds(10)).stale_for(seconds(20))).await;
    let token = world.tenant.mint().sign();
    world.pass(10);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    assert_eq!(fetched(&world), (2, 2));
    world.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Down);
    world.pass(19);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    assert!(api.is_ready());
    world.pass(1);
    assert_eq!(outcome_of(&api, &token).await, "503 keys_unavailable");
    assert!(!api.is_ready());
}

#[tokio::test]
async fn unknown_key_fetches_are_configurable() {
    let (world, api) = with(|policy| policy.unknown_key_fetches(1, seconds(60))).await;
    for (pass, fetches) in [(0, 2), (59, 2), (1, 3)] {
        world.pass(pass);
        for number in 0..3 {
            let token = world.tenant.mint().header("kid", format!("unknown-{pass}-{number}")).sign();
            let looked_for = pass != 59 && number == 0;
            let expected = if looked_for { "401 key_unknown" } else { "503 key_not_looked_for" };
            assert_eq!(outcome_of(&api, &token).await, expected, "after {pass} s more");
        }
        assert_eq!(fetched(&world), (fetches, fetches), "after {pass} s more");
    }
}

#[tokio::test]
async fn max_keys_and_max_document_bytes_are_configurable() {
    let world = TestWorld::start().await;
    let token = world.tenant.mint().sign();
    let key = SigningKey::generate(Algorithm::ES256).public_jwk();
    world.tenant.set_jwks(json!({ "keys": [key.clone(), key.clone(), key] }));
    let policy = KeyPolicy::new().max_keys(2);
    let api = world.builder().key_policy(policy).build().unwrap();
    let error = api.verify_access_token(&token).await.unwrap_err();
    assert_eq!(causes(&error), "the key set is unusable: the set has more than 2 keys");

    world.tenant.set_jwks(json!({ "keys": [], "padding": "p".repeat(8 * 1024) }));
    let api = world.builder().key_policy(KeyPolicy::new().max_document_bytes(8 * 1024)).build().unwrap();
    let error = api.verify_access_token(&token).await.unwrap_err();
    assert_eq!(causes(&error), "the key set is unavailable: the response body is too large");
}

async fn with(set: impl Fn(KeyPolicy) -> KeyPolicy) -> (TestWorld, ApiClient) {
    let world = TestWorld::start().await;
    let policy = set(KeyPolicy::new().jitter_percent(0).refresh_from_percent(100));
    let api = world.builder().key_policy(policy).build().unwrap();
    api.warm_up().await.unwrap();
    (world, api)
}

/// Returns the sources of the error, without the error itself.
fn causes(error: &auth0_api_core::Error) -> String {
    let sources = std::iter::successors(std::error::Error::source(error), |error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}
