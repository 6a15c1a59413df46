//! Nonces: required, accepted for a limited time, renewed, and rotated to a new secret.

use auth0_api_core::binding::BindingError;
use auth0_api_core::dpop::{ProofError, RotatingNonce};
use auth0_api_core::{ApiClient, DpopPolicy, Error, Reason, VerifiedToken};
use auth0_api_testing::{TestWorld, TokenHolder, status_and_label};
use serde_json::json;

use super::URL;
use crate::api::Api;

const OLD: [u8; 32] = [1; 32];
const NEW: [u8; 32] = [2; 32];

#[tokio::test]
async fn the_nonce_of_the_rejection_is_accepted() {
    let (world, holder) = world_and_holder().await;
    let api = requiring_nonce(&world, &[OLD]);
    let nonce = required_nonce(holder.get(&api, URL, &holder.proof("GET", URL)).await);
    let token = holder.get(&api, URL, &holder.proof("GET", URL).nonce(&nonce)).await.unwrap();
    assert_eq!(token.next_nonce(), None);
}

#[tokio::test]
async fn a_proof_rejected_for_its_nonce_is_not_recorded_as_used() {
    let (world, holder) = world_and_holder().await;
    let api = requiring_nonce(&world, &[OLD]);
    let nonce = required_nonce(holder.get(&api, URL, &holder.proof("GET", URL).jti("one")).await);
    assert_eq!(
        status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL).jti("one").nonce(&nonce)).await),
        "200 accepted"
    );
}

#[tokio::test]
async fn every_invalid_nonce_gets_the_same_rejection() {
    let (world, holder) = world_and_holder().await;
    let api = requiring_nonce(&world, &[OLD]);
    let current = required_nonce(holder.get(&api, URL, &holder.proof("GET", URL)).await);
    let foreign = required_nonce(holder.get(&requiring_nonce(&world, &[NEW]), URL, &holder.proof("GET", URL)).await);
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
        let outcome = holder.get(&api, URL, &holder.proof("GET", URL).claim("nonce", nonce.clone())).await;
        assert_eq!(required_nonce(outcome), current, "{nonce}");
    }
    world.pass(120);
    let expired = holder.get(&api, URL, &holder.proof("GET", URL).nonce(&current)).await;
    let unknown = holder.get(&api, URL, &holder.proof("GET", URL).nonce("unknown")).await;
    assert_eq!(required_nonce(expired), required_nonce(unknown));
}

#[tokio::test]
async fn a_nonce_is_accepted_during_the_next_step_and_renewed() {
    let (world, holder) = world_and_holder().await;
    let api = requiring_nonce(&world, &[OLD]);
    let first = required_nonce(holder.get(&api, URL, &holder.proof("GET", URL)).await);
    // The clock starts 20 s after the beginning of a nonce step of 60 s.
    let mut second = None;
    for (pass, rotates) in [(39, false), (1, true), (59, true)] {
        world.pass(pass);
        let token = holder.get(&api, URL, &holder.proof("GET", URL).nonce(&first)).await.unwrap();
        assert_eq!(token.next_nonce().is_some(), rotates, "after {pass} s more");
        second = token.next_nonce().map(ToOwned::to_owned);
    }
    let second = second.unwrap();
    world.pass(1);
    let third = required_nonce(holder.get(&api, URL, &holder.proof("GET", URL).nonce(&first)).await);
    assert!(first != second && second != third);
    let token = holder.get(&api, URL, &holder.proof("GET", URL).nonce(&second)).await.unwrap();
    assert_eq!(token.next_nonce(), Some(third.as_str()));
}

#[tokio::test]
async fn a_response_with_a_new_nonce_has_cache_control_no_store() {
    let (world, holder) = world_and_holder().await;
    let api = Api::start(&requiring_nonce(&world, &[OLD])).await;
    let url = api.url("/api/private");
    let get = async |nonce: &str| {
        let proof = holder.proof("GET", &url).nonce(nonce).sign();
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
async fn nonce_secrets_can_be_rotated_across_replicas_without_rejections() {
    let (world, holder) = world_and_holder().await;
    let steps: [&[[u8; 32]]; 4] = [&[OLD], &[OLD, NEW], &[NEW, OLD], &[NEW]];
    for pair in steps.windows(2) {
        let [behind, ahead] = pair else { unreachable!("windows of two") };
        let (behind, ahead) = (requiring_nonce(&world, behind), requiring_nonce(&world, ahead));
        for (issuing, checking) in [(&behind, &ahead), (&ahead, &behind)] {
            let nonce = required_nonce(holder.get(issuing, URL, &holder.proof("GET", URL)).await);
            let outcome = holder.get(checking, URL, &holder.proof("GET", URL).nonce(&nonce)).await;
            assert_eq!(status_and_label(&outcome), "200 accepted");
        }
    }
    let (before, after) = (requiring_nonce(&world, &[OLD]), requiring_nonce(&world, &[NEW]));
    let nonce = required_nonce(holder.get(&before, URL, &holder.proof("GET", URL)).await);
    let outcome = holder.get(&after, URL, &holder.proof("GET", URL).nonce(&nonce)).await;
    assert_eq!(status_and_label(&outcome), "401 dpop_nonce_wanted");
}

#[tokio::test]
async fn bearer_tokens_need_no_nonce() {
    let (world, _) = world_and_holder().await;
    let api = requiring_nonce(&world, &[OLD]);
    assert_eq!(status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await), "200 accepted");
}

#[tokio::test]
async fn the_nonce_is_sent_only_for_an_otherwise_valid_proof() {
    let (world, holder) = world_and_holder().await;
    let api = requiring_nonce(&world, &[OLD]);
    for (proof, expected) in [
        (holder.proof("GET", URL).claim("htm", "POST"), "401 dpop_htm_mismatch"),
        (holder.proof("GET", URL).raw_signature("AA"), "401 dpop_signature"),
        (holder.proof("GET", "https://other.example.com/"), "401 dpop_htu_mismatch"),
        // RFC 9449 §4.3: the nonce (10) is checked before `iat` (11), which depends on the client's clock.
        (holder.proof("GET", URL).claim("iat", 1), "401 dpop_nonce_wanted"),
    ] {
        assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), expected);
    }
}

async fn world_and_holder() -> (TestWorld, TokenHolder) {
    let world = TestWorld::start().await;
    let holder = world.tenant.token_holder();
    (world, holder)
}

/// A client that requires nonces made with these secrets.
fn requiring_nonce(world: &TestWorld, secrets: &[[u8; 32]]) -> ApiClient {
    world.builder().dpop(DpopPolicy::accept().nonce(RotatingNonce::new(secrets).unwrap())).build().unwrap()
}

/// Returns the nonce that a rejection requires.
fn required_nonce(outcome: Result<VerifiedToken, Error>) -> String {
    let error = outcome.unwrap_err();
    assert_eq!((error.status(), error.label()), (401, "dpop_nonce_wanted"));
    let Reason::Binding(BindingError::Proof(ProofError::NonceWanted { nonce })) = error.reason() else {
        unreachable!("the label is dpop_nonce_wanted")
    };
    nonce.clone()
}
