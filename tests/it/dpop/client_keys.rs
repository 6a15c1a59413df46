//! A key that was parsed before vouches for nothing.

use auth0_api_core::{Algorithm, DpopPolicy};

use super::URL;
use crate::world::{Holder, World, status_and_label};

#[tokio::test]
async fn a_key_that_is_known_must_still_have_signed_this_proof() {
    let world = World::new().await;
    let (api, holder, thief) = (world.api(), Holder::new(&world), Holder::new(&world));
    for _ in 0..2 {
        assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof(URL)).await), "200 accepted");
    }
    let unsigned = holder.proof(URL).raw_signature("A".repeat(86));
    assert_eq!(status_and_label(&holder.get(&api, URL, &unsigned).await), "401 dpop_signature");
    let signed_by_the_thief = thief.proof(URL).access_token(&holder.token).header("jwk", holder.key.public_jwk());
    assert_eq!(status_and_label(&holder.get(&api, URL, &signed_by_the_thief).await), "401 dpop_signature");
}

#[tokio::test]
async fn a_key_that_is_known_is_not_the_one_that_another_token_is_bound_to() {
    let world = World::new().await;
    let (api, holder, thief) = (world.api(), Holder::new(&world), Holder::new(&world));
    for holder in [&holder, &thief] {
        assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof(URL)).await), "200 accepted");
    }
    let with_the_thiefs_key = thief.proof(URL).access_token(&holder.token);
    assert_eq!(status_and_label(&holder.get(&api, URL, &with_the_thiefs_key).await), "401 dpop_key_mismatch");
}

#[tokio::test]
async fn a_key_is_known_for_the_algorithm_that_it_was_used_with() {
    let world = World::new().await;
    let policy = DpopPolicy::accept().algorithms([Algorithm::ES256, Algorithm::ES384]);
    let (api, holder) = (world.api_with(policy), Holder::new(&world));
    assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof(URL)).await), "200 accepted");
    let other = holder.proof(URL).header("alg", "ES384");
    assert_eq!(status_and_label(&holder.get(&api, URL, &other).await), "401 dpop_key");
}
