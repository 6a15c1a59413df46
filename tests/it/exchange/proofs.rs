//! Exchanged tokens that are bound to a key of this API.

use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::exchange::{ProofKey, ResponseError, TokenType};
use auth0_api_core::{ExchangeError, OnBehalfOf, TokenSet};
use auth0_api_testing::{HttpAnswer, OfflineTenant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::scene::{CALENDAR, Scene, header, server_error};
use super::scripted::tokens;

fn bound() -> HttpAnswer {
    HttpAnswer::json(200, &json!({ "access_token": "bound", "token_type": "DPoP", "expires_in": 60 }))
}

fn use_nonce(nonce: &str) -> HttpAnswer {
    let body = json!({ "error": "use_dpop_nonce" }).to_string();
    HttpAnswer::status(400).header("DPoP-Nonce", nonce).body(body)
}

async fn ask(scene: &Scene, key: &ProofKey) -> Result<TokenSet, ExchangeError> {
    let ada = scene.caller("auth0|ada").await;
    scene.api.get_token_on_behalf_of(&ada, OnBehalfOf::audience(CALENDAR).dpop(key)).await
}

/// Returns the header and claims of each proof that was sent.
fn proofs(scene: &Scene) -> Vec<[Value; 2]> {
    let requests = scene.tokens.requests();
    let parts = |proof: &str| -> [Value; 2] {
        let mut parts = proof.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        [(); 2].map(|()| serde_json::from_slice(&parts.next().unwrap()).unwrap())
    };
    requests.iter().map(|request| parts(header(request, "dpop").unwrap())).collect()
}

#[tokio::test]
async fn a_dpop_exchange_sends_a_proof_and_returns_a_bound_token() {
    let (scene, key) = (Scene::new(), ProofKey::generate().unwrap());
    scene.tokens.answer([bound()]);
    let tokens = ask(&scene, &key).await.unwrap();
    assert_eq!((tokens.token_type(), tokens.bound_to()), (TokenType::Dpop, Some(key.thumbprint())));

    let [header, claims] = &proofs(&scene)[0];
    assert_eq!((&header["typ"], &header["alg"]), (&json!("dpop+jwt"), &json!("ES256")));
    assert!(header["jwk"].get("d").is_none());
    let now = auth0_api_core::Clock::now(scene.tenant.clock()).duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert_eq!(
        [&claims["htm"], &claims["htu"], &claims["iat"]],
        [&json!("POST"), &json!(OfflineTenant::TOKEN_URL), &json!(now)]
    );
    assert!(claims.get("nonce").is_none() && claims.get("ath").is_none());
}

#[tokio::test]
async fn a_required_nonce_is_used_for_later_proofs() {
    let (scene, key) = (Scene::new(), ProofKey::generate().unwrap());
    scene.tokens.answer([use_nonce("n-1"), bound()]);
    ask(&scene, &key).await.unwrap();
    scene.pass(3_000);
    ask(&scene, &key).await.unwrap();
    let nonces: Vec<_> = proofs(&scene).iter().map(|[_, claims]| claims["nonce"].clone()).collect();
    assert_eq!(nonces, [Value::Null, json!("n-1"), json!("n-1")]);
    let jtis: Vec<_> = proofs(&scene).iter().map(|[_, claims]| claims["jti"].clone()).collect();
    assert!(jtis[0] != jtis[1] && jtis[1] != jtis[2], "each proof has a new jti");
}

#[tokio::test]
async fn a_second_nonce_rejection_is_an_error() {
    let (scene, key) = (Scene::new(), ProofKey::generate().unwrap());
    scene.tokens.answer([use_nonce("n-1"), use_nonce("n-2")]);
    let error = server_error(ask(&scene, &key).await).unwrap();
    assert_eq!((error.code(), scene.sent()), ("use_dpop_nonce", 2));
}

#[tokio::test]
async fn only_the_rejection_of_a_nonce_is_answered_with_another_proof() {
    let (scene, key) = (Scene::new(), ProofKey::generate().unwrap());
    for (status, code) in [(400, "invalid_grant"), (401, "invalid_client"), (403, "use_dpop_nonce")] {
        let before = scene.sent();
        let body = json!({ "error": code }).to_string();
        scene.tokens.answer([HttpAnswer::status(status).header("DPoP-Nonce", "n").body(body), bound()]);
        assert!(ask(&scene, &key).await.is_err());
        assert_eq!(scene.sent(), before + 1, "{status} {code}");
    }
}

#[tokio::test]
async fn an_invalid_nonce_is_not_sent() {
    let (scene, key) = (Scene::new(), ProofKey::generate().unwrap());
    for nonce in ["", "a b", "a\"b", "a\\b", &"n".repeat(257)] {
        scene.tokens.answer([use_nonce(nonce), bound()]);
        assert!(ask(&scene, &key).await.is_err());
    }
    scene.tokens.answer([use_nonce(&"n".repeat(256)), bound()]);
    assert!(ask(&scene, &key).await.is_ok());
}

#[tokio::test]
async fn a_nonce_in_a_successful_response_is_used_next() {
    let (scene, key) = (Scene::new(), ProofKey::generate().unwrap());
    let body = json!({ "access_token": "bound", "token_type": "DPoP" }).to_string();
    scene.tokens.answer([HttpAnswer::status(200).header("dpop-nonce", "next").body(body)]);
    for _ in 0..2 {
        ask(&scene, &key).await.unwrap();
    }
    assert_eq!(proofs(&scene)[1][1]["nonce"], "next");
}

#[tokio::test]
async fn an_unbound_token_in_the_response_to_a_proof_is_rejected() {
    let (scene, key) = (Scene::new(), ProofKey::generate().unwrap());
    scene.tokens.answer([tokens("bearer")]);
    let error = ask(&scene, &key).await.unwrap_err();
    assert!(matches!(error, ExchangeError::Response(ResponseError::NotBound)));
}

#[tokio::test]
async fn without_a_key_no_proof_is_sent() {
    let scene = Scene::new();
    scene.profile().await.unwrap();
    assert_eq!(header(&scene.last_request(), "dpop"), None);
}

#[test]
fn a_proof_for_another_api_has_no_query_in_htu() {
    let key = ProofKey::generate().unwrap();
    let proof = key.proof("GET", "https://calendar.example.com/events?day=1#top").nonce("n");
    let proof = proof.sign(UNIX_EPOCH + Duration::from_secs(7)).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(proof.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["htu"], &claims["nonce"]), (&json!("https://calendar.example.com/events"), &json!("n")));
    assert!(key.proof("GET", "no url").sign(UNIX_EPOCH).is_err());
}
