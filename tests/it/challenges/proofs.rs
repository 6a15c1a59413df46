//! Proofs that are missing, invalid, without the nonce, or too many in a short time.

use auth0_api_core::dpop::{MemoryReplayStore, RotatingNonce};
use auth0_api_core::{Algorithm, DpopPolicy};

use auth0_api_testing::TestWorld;

use super::{MISSING_DPOP, Modes, assert_rejected};
use crate::api::Api;

const BEARER: &str = r#"Bearer realm="api""#;
const DPOP: &str = r#"DPoP algs="ES256""#;

#[tokio::test]
async fn an_invalid_proof_gets_an_error_in_the_dpop_challenge() {
    let modes = Modes::new().await;
    let holder = modes.world.tenant.token_holder();
    let error =
        r#"DPoP error="invalid_dpop_proof", error_description="the proof was made for another method", algs="ES256""#;
    for (api, challenges) in [(&modes.accept, &[BEARER, error][..]), (&modes.require, &[error])] {
        let proof = holder.key.proof("POST", &api.url("/api/private")).access_token(&holder.token).sign();
        let headers = [("Authorization", &*holder.authorization()), ("DPoP", &proof)];
        let rejected = (401, "invalid_dpop_proof", "the proof was made for another method");
        assert_rejected(&api.get("/api/private", &headers).await, challenges, rejected);
    }
}

#[tokio::test]
async fn the_challenge_lists_the_configured_proof_algorithms() {
    let world = TestWorld::start().await;
    let policy = DpopPolicy::require().algorithms([Algorithm::EdDSA, Algorithm::ES256, Algorithm::PS256]);
    let api = Api::start(&world.builder().dpop(policy).build().unwrap()).await;
    assert_rejected(&api.get("/api/private", &[]).await, &[r#"DPoP algs="EdDSA ES256 PS256""#], MISSING_DPOP);
}

#[tokio::test]
async fn the_dpop_scheme_without_a_proof_is_an_invalid_request() {
    let modes = Modes::new().await;
    let authorization = modes.world.tenant.token_holder().authorization();
    let error = r#"DPoP error="invalid_request", error_description="the DPoP scheme needs a proof", algs="ES256""#;
    for headers in
        [&[("Authorization", authorization.as_str())][..], &[("Authorization", &authorization), ("DPoP", "")]]
    {
        let rejected = (400, "invalid_request", "the DPoP scheme needs a proof");
        assert_rejected(&modes.accept.get("/api/private", headers).await, &[BEARER, error], rejected);
        assert_rejected(&modes.require.get("/api/private", headers).await, &[error], rejected);
    }
}

#[tokio::test]
async fn a_proof_with_an_unbound_bearer_token_is_an_invalid_request() {
    let modes = Modes::new().await;
    let token = modes.world.tenant.mint().sign();
    let proof = modes.world.tenant.dpop_client().proof("GET", &modes.accept.url("/api/private")).sign();
    let headers = [("Authorization", &*format!("Bearer {token}")), ("DPoP", &proof)];
    let error = r#"Bearer realm="api", error="invalid_request", error_description="a proof needs the DPoP scheme and a bound token""#;
    let rejected = (400, "invalid_request", "a proof needs the DPoP scheme and a bound token");
    assert_rejected(&modes.accept.get("/api/private", &headers).await, &[error, DPOP], rejected);
    assert_eq!(modes.ignore.get("/api/private", &headers).await.status, 200);
}

#[tokio::test]
async fn more_than_one_proof_is_an_invalid_proof() {
    let modes = Modes::new().await;
    let holder = modes.world.tenant.token_holder();
    let (authorization, proof) =
        (holder.authorization(), holder.proof("GET", &modes.accept.url("/api/private")).sign());
    let joined = format!("{proof}, {proof}");
    let error = r#"DPoP error="invalid_dpop_proof", error_description="exactly one proof must be sent", algs="ES256""#;
    for proofs in [&[("DPoP", proof.as_str()), ("dpop", proof.as_str())][..], &[("DPoP", joined.as_str())]] {
        let headers = [&[("Authorization", authorization.as_str())], proofs].concat();
        let rejected = (401, "invalid_dpop_proof", "exactly one proof must be sent");
        assert_rejected(&modes.accept.get("/api/private", &headers).await, &[BEARER, error], rejected);
    }
    let headers = [("Authorization", authorization.as_str()), ("DPoP", proof.as_str())];
    assert_eq!(modes.accept.get("/api/private", &headers).await.status, 200);
}

#[tokio::test]
async fn a_replayed_proof_is_an_invalid_proof() {
    let modes = Modes::new().await;
    let holder = modes.world.tenant.token_holder();
    let headers = [
        ("Authorization", &*holder.authorization()),
        ("DPoP", &holder.proof("GET", &modes.accept.url("/api/private")).sign()),
    ];
    assert_eq!(modes.accept.get("/api/private", &headers).await.status, 200);
    let error = r#"DPoP error="invalid_dpop_proof", error_description="the proof has been used before", algs="ES256""#;
    let rejected = (401, "invalid_dpop_proof", "the proof has been used before");
    assert_rejected(&modes.accept.get("/api/private", &headers).await, &[BEARER, error], rejected);
}

#[tokio::test]
async fn a_proof_of_another_key_makes_the_token_invalid() {
    // RFC 9449 §7.1, figure 16.
    let modes = Modes::new().await;
    let holder = modes.world.tenant.token_holder();
    let proof = modes.world.tenant.dpop_client().proof("GET", &modes.accept.url("/api/private"));
    let headers = [("Authorization", &*holder.authorization()), ("DPoP", &proof.access_token(&holder.token).sign())];
    let error = r#"DPoP error="invalid_token", error_description="the access token is bound to another key than the proof's", algs="ES256""#;
    let rejected = (401, "invalid_token", "the access token is bound to another key than the proof's");
    assert_rejected(&modes.accept.get("/api/private", &headers).await, &[BEARER, error], rejected);
}

#[tokio::test]
async fn a_proof_without_the_nonce_is_answered_with_the_nonce() {
    let world = TestWorld::start().await;
    let nonces = RotatingNonce::new([[1; 32]]).unwrap();
    let api = Api::start(&world.builder().dpop(DpopPolicy::accept().nonce(nonces)).build().unwrap()).await;
    let holder = world.tenant.token_holder();
    let headers =
        [("Authorization", &*holder.authorization()), ("DPoP", &holder.proof("GET", &api.url("/api/private")).sign())];
    assert_eq!(
        api.get("/api/private", &headers).await.lines(),
        [
            "401",
            r#"www-authenticate: Bearer realm="api""#,
            r#"www-authenticate: DPoP error="use_dpop_nonce", error_description="the proof needs the nonce of the DPoP-Nonce header", algs="ES256""#,
            "content-type: application/json",
            // The nonce of this secret at 2023-11-14T22:13:20Z.
            "dpop-nonce: 0MmDAX4ESgyale3Q4d9Fmem_fzYD9cKJEoJ6_mHPjMU",
            "cache-control: no-store",
            "",
            r#"{"error":"use_dpop_nonce","error_description":"the proof needs the nonce of the DPoP-Nonce header: retry the request with a proof that has it"}"#,
        ]
    );
}

#[tokio::test]
async fn a_key_beyond_its_quota_gets_429_with_retry_after_and_no_challenge() {
    let world = TestWorld::start().await;
    let policy = DpopPolicy::accept().replay_store(MemoryReplayStore::new().per_key_quota(1));
    let api = Api::start(&world.builder().dpop(policy).build().unwrap()).await;
    let holder = world.tenant.token_holder();
    let authorization = holder.authorization();
    let first = api
        .get(
            "/api/private",
            &[("Authorization", &authorization), ("DPoP", &holder.proof("GET", &api.url("/api/private")).sign())],
        )
        .await;
    assert_eq!(first.status, 200);
    world.pass(1);
    let second = api
        .get(
            "/api/private",
            &[("Authorization", &authorization), ("DPoP", &holder.proof("GET", &api.url("/api/private")).sign())],
        )
        .await;
    assert_eq!(
        second.lines(),
        [
            "429",
            "content-type: application/json",
            "retry-after: 300",
            "",
            r#"{"error":"too_many_requests","error_description":"too many proofs of one key in a short time"}"#,
        ]
    );
}

#[tokio::test]
async fn a_request_that_names_two_hosts_is_an_invalid_request() {
    let modes = Modes::new().await;
    let holder = modes.world.tenant.token_holder();
    let host = modes.accept.authority();
    let (authorization, proof) =
        (holder.authorization(), holder.proof("GET", &modes.accept.url("/api/private")).sign());
    let credentials = [("Authorization", authorization.as_str()), ("DPoP", proof.as_str())];
    let headers = [&[("Host", host.as_str()), ("Host", host.as_str())], &credentials[..]].concat();
    let error =
        r#"DPoP error="invalid_request", error_description="the URL of the request is malformed", algs="ES256""#;
    let rejected = (400, "invalid_request", "the URL of the request is malformed");
    assert_rejected(&modes.accept.send("GET", "/api/private", &headers).await, &[BEARER, error], rejected);
}
