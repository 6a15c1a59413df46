//! Each check of a proof (RFC 9449 §4.3).

use auth0_api_core::{ApiClient, DpopPolicy, Error, VerifiedToken};
use auth0_api_testing::{ProofBuilder, TestWorld, TokenHolder, status_and_label};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{URL, proof_rejected};
use crate::world::{get, rejection, seconds};

const CLAIM: &str = r#"DPoP error="invalid_dpop_proof", error_description="a claim of the proof is missing or malformed", algs="ES256""#;
const MALFORMED: &str = r#"DPoP error="invalid_dpop_proof", error_description="the proof is malformed", algs="ES256""#;
const METHOD: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the proof was made for another method", algs="ES256""#;
const SIGNATURE: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the signature of the proof is invalid", algs="ES256""#;
const TOKEN_HASH: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the proof was made for another access token", algs="ES256""#;
const TYPE: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the type of the proof is not dpop+jwt", algs="ES256""#;
const WINDOW: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the proof is too old or from the future", algs="ES256""#;

/// A change to a valid proof.
type Change = fn(ProofBuilder) -> ProofBuilder;

#[tokio::test]
async fn each_required_proof_claim_must_be_present_and_of_its_type() {
    let setup = Setup::new().await;
    for (claim, wrong) in [("jti", json!(5)), ("htm", json!(null)), ("htu", json!([URL])), ("ath", json!({}))] {
        setup.rejects(|proof| proof.without_claim(claim), "dpop_claim", CLAIM).await;
        setup.rejects(|proof| proof.claim(claim, wrong.clone()), "dpop_claim", CLAIM).await;
    }
    setup.rejects(|proof| proof.without_claim("iat"), "dpop_claim", CLAIM).await;
    for wrong in [json!("1700000000"), json!(null), json!([1_700_000_000])] {
        setup.rejects(|proof| proof.claim("iat", wrong.clone()), "dpop_claim", CLAIM).await;
    }
    for claim in ["nbf", "exp"] {
        setup.rejects(|proof| proof.claim(claim, "later"), "dpop_claim", CLAIM).await;
    }
}

#[tokio::test]
async fn the_typ_of_a_proof_is_dpop_jwt_in_any_case_with_or_without_prefix() {
    let setup = Setup::new().await;
    for typ in ["dpop+jwt", "DPoP+JWT", "application/dpop+jwt", "Application/DPOP+jwt"] {
        setup.accepts(|proof| proof.header("typ", typ)).await;
    }
    setup.rejects(|proof| proof.without_header("typ"), "dpop_typ", TYPE).await;
    for typ in [json!("JWT"), json!("at+jwt"), json!("dpop"), json!("dpop+jwt "), json!("text/dpop+jwt"), json!(5)] {
        setup.rejects(|proof| proof.header("typ", typ.clone()), "dpop_typ", TYPE).await;
    }
}

#[tokio::test]
async fn the_method_is_compared_exactly() {
    let setup = Setup::new().await;
    for method in ["POST", "get", "Get", "GET ", ""] {
        setup.rejects(|proof| proof.claim("htm", method), "dpop_htm_mismatch", METHOD).await;
    }
}

#[tokio::test]
async fn iat_may_be_300_s_in_the_past_and_30_s_in_the_future() {
    let setup = Setup::new().await;
    let start = 1_700_000_000_i64;
    for offset in [-300, -1, 0, 30] {
        setup.accepts(|proof| proof.claim("iat", start + offset)).await;
    }
    for offset in [-301, 31, -1_700_000_001, 253_402_300_800 - start] {
        setup.rejects(|proof| proof.claim("iat", start + offset), "dpop_iat_window", WINDOW).await;
    }
    setup.accepts(|proof| proof.claim("iat", 1_699_999_700.0)).await;
    setup.rejects(|proof| proof.claim("iat", 1_699_999_699.5), "dpop_iat_window", WINDOW).await;
}

#[tokio::test]
async fn the_limits_of_iat_are_configurable() {
    let world = TestWorld::start().await;
    let api = world.builder().dpop(DpopPolicy::accept().max_age(seconds(60)).leeway(seconds(5))).build().unwrap();
    let holder = world.tenant.token_holder();
    for (offset, expected) in
        [(-61, "401 dpop_iat_window"), (-60, "200 accepted"), (5, "200 accepted"), (6, "401 dpop_iat_window")]
    {
        let proof = holder.proof("GET", URL).claim("iat", 1_700_000_000 + offset);
        assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), expected, "{offset}");
    }
}

#[tokio::test]
async fn nbf_and_exp_of_a_proof_are_checked() {
    let setup = Setup::new().await;
    let now = 1_700_000_000;
    setup.accepts(|proof| proof.claim("nbf", now).claim("exp", now + 1)).await;
    setup.rejects(|proof| proof.claim("nbf", now + 1), "dpop_iat_window", WINDOW).await;
    setup.rejects(|proof| proof.claim("exp", now), "dpop_iat_window", WINDOW).await;
}

#[tokio::test]
async fn ath_is_the_canonical_hash_of_the_presented_token() {
    let setup = Setup::new().await;
    let other = setup.world.tenant.token_holder().token;
    setup.rejects(|proof| proof.access_token(&other), "dpop_ath_mismatch", TOKEN_HASH).await;
    setup.rejects(|proof| proof.claim("ath", ""), "dpop_ath_mismatch", TOKEN_HASH).await;
    let hash = hash_of(&setup.holder);
    for wrong in [format!("{hash}="), hash.to_lowercase(), hash.chars().take(42).collect()] {
        setup.rejects(|proof| proof.claim("ath", wrong.as_str()), "dpop_ath_mismatch", TOKEN_HASH).await;
    }
}

#[tokio::test]
async fn a_proof_with_a_missing_or_foreign_signature_is_rejected() {
    let setup = Setup::new().await;
    setup.rejects(|proof| proof.raw_signature(""), "dpop_signature", SIGNATURE).await;
    setup.rejects(|proof| proof.raw_signature("A".repeat(86)), "dpop_signature", SIGNATURE).await;
    let other = TestWorld::start().await.tenant.dpop_client().public_jwk();
    setup.rejects(|proof| proof.header("jwk", other.clone()), "dpop_signature", SIGNATURE).await;
}

#[tokio::test]
async fn a_malformed_proof_is_rejected() {
    let setup = Setup::new().await;
    let changes: [Change; 9] = [
        |proof| proof.header("crit", json!(["exp"])),
        |proof| proof.header("b64", false),
        |proof| proof.header("alg", "none").raw_signature(""),
        |proof| proof.header("alg", "HS256"),
        |proof| proof.without_header("alg"),
        |proof| proof.raw_claims("[]"),
        |proof| proof.raw_claims(r#"{"jti":"a","jti":"b"}"#),
        |proof| proof.raw_header("{"),
        |proof| proof.raw_signature("AA=="),
    ];
    for change in changes {
        setup.rejects(change, "dpop_malformed", MALFORMED).await;
    }
}

#[tokio::test]
async fn a_proof_may_have_8_kib() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    for (length, expected) in [(8 * 1024, "200 accepted"), (8 * 1024 + 1, "401 dpop_malformed")] {
        let proof = of_length(&holder, length);
        let headers = [("authorization", &*holder.authorization()), ("dpop", &proof)];
        assert_eq!(status_and_label(&get(&api, URL, &headers).await), expected, "{length}");
    }
}

#[tokio::test]
async fn a_jti_may_have_256_bytes() {
    let setup = Setup::new().await;
    for good in [1, 256] {
        setup.accepts(|proof| proof.jti(&"j".repeat(good))).await;
    }
    for bad in [0, 257] {
        setup.rejects(|proof| proof.jti(&"j".repeat(bad)), "dpop_claim", CLAIM).await;
    }
}

#[tokio::test]
async fn unknown_claims_and_header_parameters_are_ignored() {
    let setup = Setup::new().await;
    setup.accepts(|proof| proof.claim("nonce", "n".repeat(300)).claim("x", json!([1, { "y": null }]))).await;
    setup.accepts(|proof| proof.header("kid", "any").header("x5u", "https://evil.example/").header("x", 1)).await;
}

#[tokio::test]
async fn proof_errors_are_reported_in_the_order_of_the_rfc() {
    // RFC 9449 §4.3: (3) claims, (4) typ, (5) alg, (7) signature, (8) htm, (9) htu, (11) iat, (12) ath; then the key.
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    let other = world.tenant.dpop_client();
    let mut proof = other.proof("POST", "https://other.example.com/").access_token("other");
    proof = proof.claim("iat", 1).header("typ", "JWT").without_claim("jti").raw_signature("AA");
    for (label, repair) in [
        ("401 dpop_claim", (|proof: ProofBuilder| proof.jti("j")) as Change),
        ("401 dpop_typ", |proof| proof.header("typ", "dpop+jwt")),
    ] {
        assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), label);
        proof = repair(proof);
    }
    assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), "401 dpop_signature");
    let mut proof = other.proof("POST", "https://other.example.com/").access_token("other").claim("iat", 1);
    for (label, repair) in [
        ("401 dpop_htm_mismatch", (|proof: ProofBuilder| proof.claim("htm", "GET")) as Change),
        ("401 dpop_htu_mismatch", |proof| proof.claim("htu", URL)),
        ("401 dpop_iat_window", |proof| proof.claim("iat", 1_700_000_000)),
    ] {
        assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), label);
        proof = repair(proof);
    }
    assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), "401 dpop_ath_mismatch");
    proof = proof.access_token(&holder.token);
    assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), "401 dpop_key_mismatch");
}

/// A client, and a token holder. Each test changes the holder's valid proof.
struct Setup {
    world: TestWorld,
    api: ApiClient,
    holder: TokenHolder,
}

impl Setup {
    async fn new() -> Self {
        let world = TestWorld::start().await;
        let (api, holder) = (world.api.clone(), world.tenant.token_holder());
        Self { world, api, holder }
    }

    async fn accepts(&self, change: impl Fn(ProofBuilder) -> ProofBuilder) {
        assert_eq!(status_and_label(&self.present(change).await), "200 accepted");
    }

    async fn rejects(&self, change: impl Fn(ProofBuilder) -> ProofBuilder, label: &'static str, challenge: &str) {
        let outcome = self.present(change).await;
        assert_eq!(rejection(&self.api, outcome), proof_rejected(label, challenge));
    }

    async fn present(&self, change: impl Fn(ProofBuilder) -> ProofBuilder) -> Result<VerifiedToken, Error> {
        self.holder.get(&self.api, URL, &change(self.holder.proof("GET", URL))).await
    }
}

/// The `ath` of the holder's token.
fn hash_of(holder: &TokenHolder) -> String {
    let proof = holder.proof("GET", URL).sign();
    let payload = URL_SAFE_NO_PAD.decode(proof.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    claims["ath"].as_str().unwrap().to_owned()
}

/// Returns a valid proof of exactly this length.
fn of_length(holder: &TokenHolder, length: usize) -> String {
    crate::world::of_length(length, |claim, header| {
        holder.proof("GET", URL).claim("padding", claim).header("padding", header).sign()
    })
}
