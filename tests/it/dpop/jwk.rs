//! The key in a proof must be public, canonical, on its curve, and for an algorithm of the policy.

use auth0_api_core::{Algorithm, ApiClient, DpopPolicy};
use auth0_api_testing::{DpopClient, TestWorld, TokenHolder, status_and_label};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{URL, proof_rejected};
use crate::world::{rejection, with_key};

const KEY: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the key of the proof is unusable", algs="ES256""#;

#[tokio::test]
async fn a_proof_algorithm_is_accepted_only_if_configured() {
    let world = TestWorld::start().await;
    let policy =
        |algorithms: Vec<Algorithm>| world.builder().dpop(DpopPolicy::accept().algorithms(algorithms)).build().unwrap();
    for signed_with in Algorithm::ALL {
        let key = DpopClient::generate_with(signed_with).with_clock(world.clock.clone());
        let holder = with_key(&world.tenant, &key);
        let listed: Algorithm = signed_with.name().parse().unwrap();
        let outcome = holder.get(&policy(vec![listed]), URL, &holder.proof("GET", URL)).await;
        assert_eq!(status_and_label(&outcome), "200 accepted", "{signed_with}");

        let others = Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != listed).collect();
        let outcome = holder.get(&policy(others), URL, &holder.proof("GET", URL)).await;
        assert_eq!(status_and_label(&outcome), "401 dpop_alg_not_allowed", "{signed_with}");
    }
}

#[tokio::test]
async fn only_es256_proofs_are_accepted_by_default() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let key = DpopClient::generate_with(Algorithm::ES384).with_clock(world.clock.clone());
    let holder = with_key(&world.tenant, &key);
    let challenge = r#"DPoP error="invalid_dpop_proof", error_description="the signature algorithm of the proof is not allowed", algs="ES256""#;
    let outcome = holder.get(&api, URL, &holder.proof("GET", URL)).await;
    assert_eq!(rejection(&api, outcome), proof_rejected("dpop_alg_not_allowed", challenge));
}

#[tokio::test]
async fn a_proof_key_with_a_private_member_is_rejected() {
    let setup = Setup::new().await;
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        setup.rejects(|jwk| jwk[member] = json!("AA")).await;
    }
}

#[tokio::test]
async fn a_proof_key_with_missing_or_contradictory_members_is_rejected() {
    let setup = Setup::new().await;
    setup.rejects(|jwk| *jwk = json!(null)).await;
    setup.rejects(|jwk| *jwk = json!("key")).await;
    setup.rejects(|jwk| *jwk = json!({})).await;
    setup.rejects(|jwk| jwk["kty"] = json!("oct")).await;
    setup.rejects(|jwk| jwk["kty"] = json!("RSA")).await;
    setup.rejects(|jwk| jwk["crv"] = json!("P-384")).await;
    setup.rejects(|jwk| jwk["alg"] = json!("ES384")).await;
    setup.rejects(|jwk| jwk["use"] = json!("enc")).await;
    setup.rejects(|jwk| jwk["key_ops"] = json!(["sign"])).await;
    setup.rejects(|jwk| drop(jwk.as_object_mut().unwrap().remove("y"))).await;
}

#[tokio::test]
async fn coordinates_have_one_encoding_and_are_on_the_curve() {
    let setup = Setup::new().await;
    let longer = |coordinate: &Value| {
        let octets = URL_SAFE_NO_PAD.decode(coordinate.as_str().unwrap()).unwrap();
        json!(URL_SAFE_NO_PAD.encode([vec![0], octets].concat()))
    };
    setup.rejects(|jwk| jwk["x"] = longer(&jwk["x"])).await;
    setup.rejects(|jwk| jwk["y"] = longer(&jwk["y"])).await;
    setup.rejects(|jwk| jwk["x"] = json!(format!("{}=", jwk["x"].as_str().unwrap()))).await;
    setup.rejects(|jwk| jwk["x"] = jwk["y"].clone()).await;
    setup.rejects(|jwk| jwk["y"] = json!("A".repeat(43))).await;
    setup.rejects(|jwk| jwk["x"] = json!("")).await;
}

#[tokio::test]
async fn an_rsa_modulus_has_no_leading_zero() {
    let world = TestWorld::start().await;
    let api = world.builder().dpop(DpopPolicy::accept().algorithms([Algorithm::RS256])).build().unwrap();
    let key = DpopClient::generate_with(Algorithm::RS256).with_clock(world.clock.clone());
    let holder = with_key(&world.tenant, &key);
    let mut jwk = holder.key.public_jwk();
    let modulus = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    jwk["n"] = json!(URL_SAFE_NO_PAD.encode([vec![0], modulus].concat()));
    let outcome = holder.get(&api, URL, &holder.proof("GET", URL).header("jwk", jwk)).await;
    assert_eq!(status_and_label(&outcome), "401 dpop_key");
}

#[tokio::test]
async fn consistent_optional_key_members_are_accepted() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    let mut jwk = holder.key.public_jwk();
    for (name, value) in
        [("kid", json!("k")), ("alg", json!("ES256")), ("use", json!("sig")), ("key_ops", json!(["verify"]))]
    {
        jwk[name] = value;
    }
    let outcome = holder.get(&api, URL, &holder.proof("GET", URL).header("jwk", jwk)).await;
    assert_eq!(status_and_label(&outcome), "200 accepted");
}

/// A client, and a token holder. Each test changes the holder's key in the proof's header.
struct Setup {
    api: ApiClient,
    holder: TokenHolder,
    _world: TestWorld,
}

impl Setup {
    async fn new() -> Self {
        let world = TestWorld::start().await;
        Self { api: world.api.clone(), holder: world.tenant.token_holder(), _world: world }
    }

    async fn rejects(&self, change: impl Fn(&mut Value)) {
        let mut jwk = self.holder.key.public_jwk();
        change(&mut jwk);
        let outcome = self.holder.get(&self.api, URL, &self.holder.proof("GET", URL).header("jwk", jwk.clone())).await;
        assert_eq!(rejection(&self.api, outcome), proof_rejected("dpop_key", KEY), "{jwk}");
    }
}
