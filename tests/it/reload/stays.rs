//! What a reload leaves as it is.

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::logout::MemoryRevocationStore;
use auth0_api_core::long_connection::Ended;
use auth0_api_core::{DpopPolicy, LogoutPolicy};
use auth0_api_testing::{OfflineTenant, status_and_label};

use super::{outcome_of, reload};
use crate::world::{get, seconds};

const URL: &str = "https://api.example.com/orders";

#[tokio::test]
async fn a_proof_that_was_used_before_is_still_a_replay() {
    let tenant = OfflineTenant::new();
    let api = tenant.api();
    let holder = tenant.token_holder();
    let (authorization, proof) = (holder.authorization(), holder.proof("GET", URL).sign());
    let headers = [("authorization", authorization.as_str()), ("dpop", proof.as_str())];
    assert_eq!(status_and_label(&get(&api, URL, &headers).await), "200 accepted");
    reload(&api, |settings| settings.required_claims(["sub"])).await;
    assert_eq!(status_and_label(&get(&api, URL, &headers).await), "401 dpop_replayed");
}

#[tokio::test]
async fn a_nonce_is_still_accepted() {
    let tenant = OfflineTenant::new();
    let nonces = RotatingNonce::generate().unwrap();
    let api = tenant.builder().dpop(DpopPolicy::require().nonce(nonces)).build().unwrap();
    let holder = tenant.token_holder();
    let authorization = holder.authorization();
    let send = async |proof: String| {
        get(&api, URL, &[("authorization", authorization.as_str()), ("dpop", proof.as_str())]).await
    };
    let rejected = api.reject(&send(holder.proof("GET", URL).sign()).await.unwrap_err());
    let nonce = rejected.headers().find(|(name, _)| *name == "dpop-nonce").unwrap().1.into_owned();
    reload(&api, |settings| settings.required_claims(["sub"])).await;
    let outcome = send(holder.proof("GET", URL).nonce(&nonce).sign()).await;
    assert_eq!(status_and_label(&outcome), "200 accepted");
}

#[tokio::test]
async fn a_logout_is_not_forgotten_and_ends_a_connection() {
    let tenant = OfflineTenant::new();
    let policy = LogoutPolicy::new(["web"], MemoryRevocationStore::new());
    let api = tenant.builder().logout(policy).build().unwrap();
    let text = tenant.mint().subject("auth0|ada").sign();
    let token = api.verify_access_token(&text).await.unwrap();
    let ended = api.until_ended(&token);
    reload(&api, |settings| settings.required_claims(["sub"])).await;
    api.receive_logout(&tenant.mint_logout("web").subject("auth0|ada").sign()).await.unwrap();
    assert_eq!(outcome_of(&api, &text).await, "401 token_revoked");
    reload(&api, |settings| settings.required_claims(["iss"])).await;
    assert_eq!(outcome_of(&api, &text).await, "401 token_revoked");
    let waiting = tokio::spawn(ended);
    while !waiting.is_finished() {
        tenant.clock().advance(seconds(10));
        tokio::task::yield_now().await;
    }
    assert_eq!(waiting.await.unwrap(), Ended::Revoked);
}
