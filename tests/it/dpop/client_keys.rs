//! A cached client key: the API makes all checks, as for a new key.

use auth0_api_core::{Algorithm, DpopPolicy};

use auth0_api_testing::{TestWorld, status_and_label};

use super::URL;

#[tokio::test]
async fn a_cached_key_must_have_signed_the_proof() {
    let world = TestWorld::start().await;
    let (api, holder, attacker) = (world.api.clone(), world.tenant.token_holder(), world.tenant.token_holder());
    for _ in 0..2 {
        assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL)).await), "200 accepted");
    }
    let unsigned = holder.proof("GET", URL).raw_signature("A".repeat(86));
    assert_eq!(status_and_label(&holder.get(&api, URL, &unsigned).await), "401 dpop_signature");
    let signed_by_the_attacker =
        attacker.proof("GET", URL).access_token(&holder.token).header("jwk", holder.key.public_jwk());
    assert_eq!(status_and_label(&holder.get(&api, URL, &signed_by_the_attacker).await), "401 dpop_signature");
}

#[tokio::test]
async fn a_cached_key_must_be_the_key_of_the_token() {
    let world = TestWorld::start().await;
    let (api, holder, attacker) = (world.api.clone(), world.tenant.token_holder(), world.tenant.token_holder());
    for holder in [&holder, &attacker] {
        assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL)).await), "200 accepted");
    }
    let with_the_attackers_key = attacker.proof("GET", URL).access_token(&holder.token);
    assert_eq!(status_and_label(&holder.get(&api, URL, &with_the_attackers_key).await), "401 dpop_key_mismatch");
}

#[tokio::test]
async fn a_cached_key_is_accepted_only_for_its_algorithm() {
    let world = TestWorld::start().await;
    let policy = DpopPolicy::accept().algorithms([Algorithm::ES256, Algorithm::ES384]);
    let (api, holder) = (world.builder().dpop(policy).build().unwrap(), world.tenant.token_holder());
    assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL)).await), "200 accepted");
    let other = holder.proof("GET", URL).header("alg", "ES384");
    assert_eq!(status_and_label(&holder.get(&api, URL, &other).await), "401 dpop_key");
}
