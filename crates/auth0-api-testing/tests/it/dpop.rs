//! DPoP at the token endpoint (RFC 9449 §5, §8): bound tokens, faulty proofs, nonces.

use std::time::Duration;

use auth0_api_core::Algorithm;
use auth0_api_testing::{DpopClient, LocalTenant, ManualClock};
use serde_json::json;

use crate::caller::{Answer, part, post_form};

const GOOD: &str =
    "grant_type=client_credentials&client_id=local-client&client_secret=local-secret&audience=https://api.example.com";

#[tokio::test]
async fn a_proof_binds_the_token_to_its_key() {
    let (tenant, url) = start().await;
    let key = tenant.dpop_client();
    let answer = ask(&url, &[&key.proof("POST", &url).sign()]).await;
    assert_eq!((answer.status, answer.json()["token_type"].as_str()), (200, Some("DPoP")));
    let claims = part(answer.json()["access_token"].as_str().unwrap(), 1);
    assert_eq!(claims["cnf"], json!({ "jkt": key.thumbprint().to_string() }));
    assert_eq!(answer.header("dpop-nonce"), None);
}

#[tokio::test]
async fn a_proof_with_one_fault_is_rejected() {
    let (tenant, url) = start().await;
    let key = tenant.dpop_client();
    let good = || key.proof("POST", &url);
    let es384 = DpopClient::generate_with(Algorithm::ES384).with_clock(ManualClock::new());
    for (proof, description) in [
        (key.proof("GET", &url).sign(), "htm is not the method"),
        (key.proof("POST", "http://127.0.0.1/oauth/token").sign(), "htu is not this endpoint"),
        (good().without_claim("jti").sign(), "jti is missing"),
        (good().header("typ", "JWT").sign(), "typ is not dpop+jwt"),
        (good().header("jwk", DpopClient::generate().public_jwk()).sign(), "the signature does not verify"),
        (good().issued_at(tenant.clock().now() - Duration::from_secs(301)).sign(), "iat is too old or in the future"),
        (es384.proof("POST", &url).sign(), "alg is not ES256"),
        ("x".to_owned(), "the proof is not a JWT"),
    ] {
        let answer = ask(&url, &[&proof]).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json(), json!({ "error": "invalid_dpop_proof", "error_description": description }));
    }
}

#[tokio::test]
async fn two_proofs_are_rejected() {
    let (tenant, url) = start().await;
    let proof = tenant.dpop_client().proof("POST", &url).sign();
    let answer = ask(&url, &[&proof, &proof]).await;
    let expected = json!({ "error": "invalid_dpop_proof", "error_description": "more than one DPoP header" });
    assert_eq!((answer.status, answer.json()), (400, expected));
}

#[tokio::test]
async fn a_required_nonce_is_sent_and_then_accepted() {
    let (tenant, url) = start().await;
    tenant.require_dpop_nonce(true);
    let key = tenant.dpop_client();

    let challenged = ask(&url, &[&key.proof("POST", &url).sign()]).await;
    assert_eq!((challenged.status, challenged.json()["error"].as_str()), (400, Some("use_dpop_nonce")));
    let nonce = challenged.header("dpop-nonce").unwrap();

    let issued = ask(&url, &[&key.proof("POST", &url).nonce(nonce).sign()]).await;
    assert_eq!((issued.status, issued.json()["token_type"].as_str()), (200, Some("DPoP")));
    assert_eq!(issued.header("dpop-nonce"), Some(nonce));

    tenant.require_dpop_nonce(true);
    let outdated = ask(&url, &[&key.proof("POST", &url).nonce(nonce).sign()]).await;
    assert_eq!((outdated.status, outdated.json()["error"].as_str()), (400, Some("use_dpop_nonce")));
    assert_ne!(outdated.header("dpop-nonce"), Some(nonce));

    tenant.require_dpop_nonce(false);
    assert_eq!(ask(&url, &[&key.proof("POST", &url).sign()]).await.status, 200);
}

#[tokio::test]
async fn a_nonce_can_rotate_by_the_clock() {
    let clock = ManualClock::new();
    let tenant = LocalTenant::builder().clock(clock.clone()).start().await.unwrap();
    let url = format!("{}/oauth/token", tenant.domain());
    tenant.rotate_dpop_nonces(Duration::from_secs(60));
    let key = tenant.dpop_client();
    let ask = async |nonce: &str| {
        let answer = ask(&url, &[&key.proof("POST", &url).nonce(nonce).sign()]).await;
        (answer.status, answer.header("dpop-nonce").unwrap().to_owned())
    };
    let (_, first) = ask("none").await;
    assert_eq!(ask(&first).await, (200, first.clone()));
    clock.advance(Duration::from_secs(60));
    let (status, second) = ask(&first).await;
    assert_eq!(status, 200, "the client may just have received the nonce");
    assert_ne!(first, second);
    clock.advance(Duration::from_secs(60));
    let (stale, third) = ask(&first).await;
    assert_eq!((stale, ask(&second).await.0, ask(&third).await), (400, 200, (200, third.clone())));
}

#[tokio::test]
async fn a_bearer_client_needs_no_nonce() {
    let (tenant, url) = start().await;
    tenant.require_dpop_nonce(true);
    let answer = ask(&url, &[]).await;
    assert_eq!((answer.status, answer.json()["token_type"].as_str()), (200, Some("Bearer")));
    assert_eq!(answer.header("dpop-nonce"), None);
}

async fn start() -> (LocalTenant, String) {
    let tenant = LocalTenant::builder().clock(ManualClock::new()).start().await.unwrap();
    let url = format!("{}/oauth/token", tenant.domain());
    (tenant, url)
}

async fn ask(url: &str, proofs: &[&str]) -> Answer {
    post_form(url, &proofs.iter().map(|proof| ("dpop", *proof)).collect::<Vec<_>>(), GOOD).await
}
