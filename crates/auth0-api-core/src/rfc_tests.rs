//! Tests with the published examples of RFCs 7515, 7520, 7638, 8037, 8705 and 9449.
//!
//! Each vector passes, fails, or is skipped. [`run`] states the reason for each skipped vector. A vector of an unknown
//! kind fails.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test may panic")]

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::Value;

use crate::called_url::TargetUrl;
use crate::certificate::ClientCertificate;
use crate::digest::sha256;
use crate::dpop::{DpopPolicy, Expected, HoldingProof, ProofError, check_proof};
use crate::jose::{Algorithm, AlgorithmSet, Hash, JoseError, Jwk, JwkError, Jws, Thumbprint, VerificationKey};

const VECTORS: &str = include_str!("testdata/rfc.json");

/// Why a vector was not run.
struct Skipped(&'static str);

#[test]
fn published_vectors_pass() {
    let document: Value = serde_json::from_str(VECTORS).unwrap();
    let (mut passed, mut skipped) = (0, 0);
    for vector in document["vectors"].as_array().unwrap() {
        match run(vector) {
            Ok(()) => passed += 1,
            Err(Skipped(reason)) => {
                assert!(!reason.is_empty());
                eprintln!("skipped: {}: {reason}", vector["id"]);
                skipped += 1;
            }
        }
    }
    eprintln!("{passed} passed, {skipped} skipped");
    assert_eq!((passed, skipped), (18, 9));
}

fn run(vector: &Value) -> Result<(), Skipped> {
    match text(vector, "kind") {
        "jws_verify" => verify_jws(vector),
        "jws_must_refuse" => reject_jws(vector),
        "jwk_thumbprint" => thumbprint(vector),
        "jwk" => public_key(vector),
        "jwt_decode" => decode_jwt(vector),
        "dpop_proof" => proof(vector),
        "ath" => return Err(Skipped("the proof RFC9449-7.1-fig13 tests the same token and hash")),
        "x5t_s256" => certificate_thumbprint(vector),
        "cnf_example" => return Err(Skipped("only claims: no code reads claims without a signature")),
        "token_response" => return Err(Skipped("a token response: these tests do not read responses")),
        "challenge_parse" => return Err(Skipped("this crate writes challenges, and never parses them")),
        kind => assert_eq!(kind, "", "{}: unknown kind", vector["id"]),
    }
    Ok(())
}

fn verify_jws(vector: &Value) {
    let id = text(vector, "id");
    let algorithm: Algorithm = text(vector, "alg").parse().unwrap();
    let allowed = AlgorithmSet::new([algorithm]).unwrap();
    let key = Jwk::parse(&vector["jwk"].to_string()).unwrap().verification_key(algorithm).unwrap();
    let (jws, payload) = Jws::with_any_payload(text(vector, "compact"), &allowed).unwrap();
    assert!(jws.verify([&key], Hash::NotNeeded).is_ok(), "{id}");
    assert_eq!(payload, text(vector, "payload_utf8").as_bytes(), "{id}");
    let (header, rest) = text(vector, "compact").split_once('.').unwrap();
    let other_payload = format!("{header}.AA.{}", rest.split_once('.').unwrap().1);
    let (jws, _) = Jws::with_any_payload(&other_payload, &allowed).unwrap();
    assert_eq!(jws.verify([&key], Hash::NotNeeded).unwrap_err(), JoseError::Signature, "{id}");
}

fn reject_jws(vector: &Value) {
    let expected = if text(vector, "alg") == "HS256" { JoseError::Symmetric } else { JoseError::AlgorithmUnknown };
    assert_eq!(Jws::with_any_payload(text(vector, "compact"), &AlgorithmSet::ANY).unwrap_err(), expected);
    if !vector["jwk"].is_null() {
        assert_eq!(Jwk::parse(&vector["jwk"].to_string()).unwrap_err(), JwkError::Private);
    }
}

fn thumbprint(vector: &Value) {
    let jwk = Jwk::parse(&vector["jwk"].to_string()).unwrap();
    assert_eq!(jwk.thumbprint().to_string(), text(vector, "sha256"), "{}", vector["id"]);
}

fn certificate_thumbprint(vector: &Value) {
    let der = CertificateDer::from_pem_slice(text(vector, "certificate_pem").as_bytes()).unwrap();
    let thumbprint = ClientCertificate::from_der(&der).thumbprint();
    assert_eq!(thumbprint.to_string(), text(vector, "x5t_s256"), "{}", vector["id"]);
    assert_eq!(thumbprint.to_string(), text(&vector["cnf"], "x5t#S256"), "{}", vector["id"]);
}

fn public_key(vector: &Value) {
    let mut jwk = vector["jwk"].clone();
    assert!(Jwk::parse(&jwk.to_string()).unwrap().verification_key(Algorithm::EdDSA).is_ok());
    jwk["d"] = vector["private_d"].clone();
    assert_eq!(Jwk::parse(&jwk.to_string()).unwrap_err(), JwkError::Private);
}

fn decode_jwt(vector: &Value) {
    let jws = Jws::parse(text(vector, "compact"), &AlgorithmSet::ANY).unwrap();
    assert_eq!(jws.header().algorithm().name(), text(&vector["header"], "alg"));
    assert_eq!(jws.header().key_id(), vector["header"]["kid"].as_str());
    assert_eq!(json(jws.unverified_payload().as_str()), vector["claims"]);
}

fn proof(vector: &Value) {
    let jws = Jws::parse(text(vector, "proof"), &AlgorithmSet::ANY).unwrap();
    let key = embedded_key(&jws);
    assert_eq!(json(jws.verify([key], Hash::NotNeeded).unwrap().payload().as_str()), vector["claims"]);
    if vector["resource_request"] == true {
        resource_request(vector);
    } else {
        // RFC 9449 §4.3 (3): a proof for a token endpoint has no ath. A proof for an API must have one.
        let thumbprint = Jwk::parse(&vector["header"]["jwk"].to_string()).unwrap().thumbprint();
        let claims = &vector["claims"];
        let rejected = check(
            text(vector, "proof"),
            &Circumstances {
                method: text(claims, "htm"),
                url: text(claims, "htu"),
                access_token: "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU",
                thumbprint,
                now: claims["iat"].as_u64().unwrap(),
            },
        );
        assert!(matches!(rejected, Err(ProofError::Claim { claim: "ath" })), "{rejected:?}");
    }
}

fn resource_request(vector: &Value) {
    let good = &vector["check"];
    assert_eq!(check_under(vector, good), good["valid"] == true);
    for negative in vector["negative_checks"].as_array().unwrap() {
        let mut changed = good.clone();
        for (name, value) in negative["change"].as_object().unwrap() {
            changed[name] = value.clone();
        }
        assert_eq!(check_under(vector, &changed), negative["valid"] == true, "{negative}");
    }
}

fn check_under(vector: &Value, conditions: &Value) -> bool {
    let mut digest = [0; 32];
    URL_SAFE_NO_PAD.decode_slice(text(conditions, "cnf_jkt"), &mut digest).unwrap();
    let circumstances = Circumstances {
        method: text(conditions, "method"),
        url: text(conditions, "url"),
        access_token: text(conditions, "access_token"),
        thumbprint: Thumbprint::from_bytes(digest),
        now: conditions["now"].as_u64().unwrap(),
    };
    check(text(vector, "proof"), &circumstances).is_ok()
}

/// The values that a proof must match.
struct Circumstances<'v> {
    method: &'v str,
    url: &'v str,
    access_token: &'v str,
    thumbprint: Thumbprint,
    now: u64,
}

fn check(proof: &str, circumstances: &Circumstances<'_>) -> Result<HoldingProof, ProofError> {
    let policy = DpopPolicy::accept().check().unwrap();
    let expected = Expected {
        method: circumstances.method,
        target: &TargetUrl::parse(circumstances.url).unwrap(),
        token_hash: &sha256(circumstances.access_token.as_bytes()),
        thumbprint: &circumstances.thumbprint,
    };
    let now = UNIX_EPOCH + Duration::from_secs(circumstances.now);
    check_proof(proof, &expected, &policy.proofs, now)
}

fn embedded_key(jws: &Jws<'_>) -> VerificationKey {
    let key = Jwk::parse(jws.header().embedded_key().unwrap()).unwrap();
    key.verification_key(jws.header().algorithm()).unwrap()
}

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
