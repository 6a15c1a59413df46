//! The key in a proof: public, canonical, on its curve, and for an algorithm of the policy.

use auth0_api_core::{Algorithm, ApiClient, DpopPolicy};
use auth0_api_testing::{ProofKey, SigningAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{URL, proof_rejected};
use crate::world::{Holder, World, rejection, status_and_label};

const KEY: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the key of the proof is unusable", algs="ES256""#;

#[tokio::test]
async fn every_algorithm_serves_when_it_is_allowed_and_only_then() {
    let world = World::new().await;
    let policy = |algorithms: Vec<Algorithm>| world.api_with(DpopPolicy::accept().algorithms(algorithms));
    for signed_with in SigningAlgorithm::ALL {
        let key = ProofKey::generate_with(signed_with).with_clock(world.clock.clone());
        let holder = Holder::with_key(&world, key);
        let listed: Algorithm = signed_with.name().parse().unwrap();
        let outcome = holder.get(&policy(vec![listed]), URL, &holder.proof(URL)).await;
        assert_eq!(status_and_label(&outcome), "200 accepted", "{signed_with}");

        let others = Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != listed).collect();
        let outcome = holder.get(&policy(others), URL, &holder.proof(URL)).await;
        assert_eq!(status_and_label(&outcome), "401 dpop_alg_not_allowed", "{signed_with}");
    }
}

#[tokio::test]
async fn es256_alone_is_the_default() {
    let world = World::new().await;
    let api = world.api();
    let key = ProofKey::generate_with(SigningAlgorithm::ES384).with_clock(world.clock.clone());
    let holder = Holder::with_key(&world, key);
    let challenge = r#"DPoP error="invalid_dpop_proof", error_description="the signature algorithm of the proof is not allowed", algs="ES256""#;
    let outcome = holder.get(&api, URL, &holder.proof(URL)).await;
    assert_eq!(rejection(&api, outcome), proof_rejected("dpop_alg_not_allowed", challenge));
}

#[tokio::test]
async fn any_private_member_is_rejected() {
    let bench = Bench::new().await;
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        bench.rejects(|jwk| jwk[member] = json!("AA")).await;
    }
}

#[tokio::test]
async fn a_key_says_one_thing() {
    let bench = Bench::new().await;
    bench.rejects(|jwk| *jwk = json!(null)).await;
    bench.rejects(|jwk| *jwk = json!("key")).await;
    bench.rejects(|jwk| *jwk = json!({})).await;
    bench.rejects(|jwk| jwk["kty"] = json!("oct")).await;
    bench.rejects(|jwk| jwk["kty"] = json!("RSA")).await;
    bench.rejects(|jwk| jwk["crv"] = json!("P-384")).await;
    bench.rejects(|jwk| jwk["alg"] = json!("ES384")).await;
    bench.rejects(|jwk| jwk["use"] = json!("enc")).await;
    bench.rejects(|jwk| jwk["key_ops"] = json!(["sign"])).await;
    bench.rejects(|jwk| drop(jwk.as_object_mut().unwrap().remove("y"))).await;
}

#[tokio::test]
async fn coordinates_have_their_one_length_and_spelling_and_are_on_the_curve() {
    let bench = Bench::new().await;
    let longer = |coordinate: &Value| {
        let octets = URL_SAFE_NO_PAD.decode(coordinate.as_str().unwrap()).unwrap();
        json!(URL_SAFE_NO_PAD.encode([vec![0], octets].concat()))
    };
    bench.rejects(|jwk| jwk["x"] = longer(&jwk["x"])).await;
    bench.rejects(|jwk| jwk["y"] = longer(&jwk["y"])).await;
    bench.rejects(|jwk| jwk["x"] = json!(format!("{}=", jwk["x"].as_str().unwrap()))).await;
    bench.rejects(|jwk| jwk["x"] = jwk["y"].clone()).await;
    bench.rejects(|jwk| jwk["y"] = json!("A".repeat(43))).await;
    bench.rejects(|jwk| jwk["x"] = json!("")).await;
}

#[tokio::test]
async fn an_rsa_modulus_has_no_leading_zero() {
    let world = World::new().await;
    let api = world.api_with(DpopPolicy::accept().algorithms([Algorithm::RS256]));
    let key = ProofKey::generate_with(SigningAlgorithm::RS256).with_clock(world.clock.clone());
    let holder = Holder::with_key(&world, key);
    let mut jwk = holder.key.public_jwk();
    let modulus = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    jwk["n"] = json!(URL_SAFE_NO_PAD.encode([vec![0], modulus].concat()));
    let outcome = holder.get(&api, URL, &holder.proof(URL).header("jwk", jwk)).await;
    assert_eq!(status_and_label(&outcome), "401 dpop_key");
}

#[tokio::test]
async fn public_members_that_agree_are_fine() {
    let world = World::new().await;
    let (api, holder) = (world.api(), Holder::new(&world));
    let mut jwk = holder.key.public_jwk();
    for (name, value) in
        [("kid", json!("k")), ("alg", json!("ES256")), ("use", json!("sig")), ("key_ops", json!(["verify"]))]
    {
        jwk[name] = value;
    }
    let outcome = holder.get(&api, URL, &holder.proof(URL).header("jwk", jwk)).await;
    assert_eq!(status_and_label(&outcome), "200 accepted");
}

/// A client, and a holder whose key each check changes in the proof's header.
struct Bench {
    api: ApiClient,
    holder: Holder,
    _world: World,
}

impl Bench {
    async fn new() -> Self {
        let world = World::new().await;
        Self { api: world.api(), holder: Holder::new(&world), _world: world }
    }

    async fn rejects(&self, change: impl Fn(&mut Value)) {
        let mut jwk = self.holder.key.public_jwk();
        change(&mut jwk);
        let outcome = self.holder.get(&self.api, URL, &self.holder.proof(URL).header("jwk", jwk.clone())).await;
        assert_eq!(rejection(&self.api, outcome), proof_rejected("dpop_key", KEY), "{jwk}");
    }
}
