//! Nonces: asked for, accepted for a while, handed on, and rolled.

use auth0_api_core::{ApiClient, DpopError, DpopPolicy, Error, Reason, RotatingNonce, VerifiedToken};
use serde_json::json;

use super::URL;
use crate::api::Api;
use crate::world::{Holder, World, status_and_label};

const OLD: [u8; 32] = [1; 32];
const NEW: [u8; 32] = [2; 32];

#[tokio::test]
async fn the_nonce_of_the_rejection_is_accepted() {
    let (world, holder) = world_and_holder().await;
    let api = demanding(&world, &[OLD]);
    let nonce = asked_for(holder.get(&api, URL, &holder.proof(URL)).await);
    let token = holder.get(&api, URL, &holder.proof(URL).nonce(&nonce)).await.unwrap();
    assert_eq!(token.next_nonce(), None);
}

#[tokio::test]
async fn a_rejection_for_the_nonce_does_not_use_the_proof_up() {
    let (world, holder) = world_and_holder().await;
    let api = demanding(&world, &[OLD]);
    let nonce = asked_for(holder.get(&api, URL, &holder.proof(URL).jti("one")).await);
    assert_eq!(
        status_and_label(&holder.get(&api, URL, &holder.proof(URL).jti("one").nonce(&nonce)).await),
        "200 accepted"
    );
}

#[tokio::test]
async fn whatever_is_no_current_nonce_is_answered_alike() {
    let (world, holder) = world_and_holder().await;
    let api = demanding(&world, &[OLD]);
    let current = asked_for(holder.get(&api, URL, &holder.proof(URL)).await);
    let foreign = asked_for(holder.get(&demanding(&world, &[NEW]), URL, &holder.proof(URL)).await);
    for nonce in [
        json!(""),
        json!("A".repeat(43)),
        json!(foreign),
        json!(format!("{current}A")),
        json!("n".repeat(300)),
        json!(5),
        json!(null),
        json!([current.clone()]),
    ] {
        let outcome = holder.get(&api, URL, &holder.proof(URL).claim("nonce", nonce.clone())).await;
        assert_eq!(asked_for(outcome), current, "{nonce}");
    }
    world.pass(120);
    let expired = holder.get(&api, URL, &holder.proof(URL).nonce(&current)).await;
    let unknown = holder.get(&api, URL, &holder.proof(URL).nonce("unknown")).await;
    assert_eq!(asked_for(expired), asked_for(unknown));
}

#[tokio::test]
async fn a_nonce_lives_through_the_next_step_and_brings_its_successor() {
    let (world, holder) = world_and_holder().await;
    let api = demanding(&world, &[OLD]);
    let first = asked_for(holder.get(&api, URL, &holder.proof(URL)).await);
    // The clock starts 20 s into a step of 60 s.
    let mut second = None;
    for (pass, rotates) in [(39, false), (1, true), (59, true)] {
        world.pass(pass);
        let token = holder.get(&api, URL, &holder.proof(URL).nonce(&first)).await.unwrap();
        assert_eq!(token.next_nonce().is_some(), rotates, "after {pass} s more");
        second = token.next_nonce().map(ToOwned::to_owned);
    }
    let second = second.unwrap();
    world.pass(1);
    let third = asked_for(holder.get(&api, URL, &holder.proof(URL).nonce(&first)).await);
    assert!(first != second && second != third);
    let token = holder.get(&api, URL, &holder.proof(URL).nonce(&second)).await.unwrap();
    assert_eq!(token.next_nonce(), Some(third.as_str()));
}

#[tokio::test]
async fn the_successor_comes_with_the_response_that_nobody_may_cache() {
    let (world, holder) = world_and_holder().await;
    let api = Api::start(&demanding(&world, &[OLD])).await;
    let url = api.url("/api/private");
    let get = async |nonce: &str| {
        let proof = holder.proof(&url).nonce(nonce).sign();
        api.get("/api/private", &[("Authorization", &holder.authorization()), ("DPoP", &proof)]).await
    };
    let first = get("none").await.header("dpop-nonce").unwrap().to_owned();
    let kept = get(&first).await;
    assert_eq!(kept.lines(), ["200", "content-type: text/plain; charset=utf-8", "", "auth0|local-user"]);

    world.pass(40);
    let rotated = get(&first).await;
    let second = rotated.header("dpop-nonce").unwrap();
    assert_eq!(
        rotated.lines(),
        [
            "200",
            "content-type: text/plain; charset=utf-8",
            &format!("dpop-nonce: {second}"),
            "cache-control: no-store",
            "",
            "auth0|local-user",
        ]
    );
    assert_eq!(get(second).await.header("dpop-nonce"), None);
}

#[tokio::test]
async fn secrets_roll_across_replicas_without_a_rejection() {
    let (world, holder) = world_and_holder().await;
    let steps: [&[[u8; 32]]; 4] = [&[OLD], &[OLD, NEW], &[NEW, OLD], &[NEW]];
    for pair in steps.windows(2) {
        let [behind, ahead] = pair else { unreachable!("windows of two") };
        let (behind, ahead) = (demanding(&world, behind), demanding(&world, ahead));
        for (issuing, checking) in [(&behind, &ahead), (&ahead, &behind)] {
            let nonce = asked_for(holder.get(issuing, URL, &holder.proof(URL)).await);
            let outcome = holder.get(checking, URL, &holder.proof(URL).nonce(&nonce)).await;
            assert_eq!(status_and_label(&outcome), "200 accepted");
        }
    }
    let (before, after) = (demanding(&world, &[OLD]), demanding(&world, &[NEW]));
    let nonce = asked_for(holder.get(&before, URL, &holder.proof(URL)).await);
    let outcome = holder.get(&after, URL, &holder.proof(URL).nonce(&nonce)).await;
    assert_eq!(status_and_label(&outcome), "401 dpop_nonce_wanted");
}

#[tokio::test]
async fn bearer_tokens_need_no_nonce() {
    let (world, _) = world_and_holder().await;
    let api = demanding(&world, &[OLD]);
    assert_eq!(status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await), "200 accepted");
}

#[tokio::test]
async fn the_nonce_is_not_told_to_whoever_has_no_valid_proof() {
    let (world, holder) = world_and_holder().await;
    let api = demanding(&world, &[OLD]);
    for (proof, expected) in [
        (holder.proof(URL).claim("htm", "POST"), "401 dpop_htm_mismatch"),
        (holder.proof(URL).raw_signature("AA"), "401 dpop_signature"),
        (holder.proof("https://other.example.com/"), "401 dpop_htu_mismatch"),
        // RFC 9449 §4.3: the nonce (10) comes before the window (11), whose clock is the client's.
        (holder.proof(URL).claim("iat", 1), "401 dpop_nonce_wanted"),
    ] {
        assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), expected);
    }
}

async fn world_and_holder() -> (World, Holder) {
    let world = World::new().await;
    let holder = Holder::new(&world);
    (world, holder)
}

/// A client that demands nonces of these secrets.
fn demanding(world: &World, secrets: &[[u8; 32]]) -> ApiClient {
    world.api_with(DpopPolicy::accept().nonce(RotatingNonce::new(secrets).unwrap()))
}

/// The nonce that a rejection asks for.
fn asked_for(outcome: Result<VerifiedToken, Error>) -> String {
    let error = outcome.unwrap_err();
    assert_eq!((error.status(), error.label()), (401, "dpop_nonce_wanted"));
    let Reason::Dpop(DpopError::NonceWanted { nonce }) = error.reason() else { unreachable!("the label says so") };
    nonce.clone()
}
