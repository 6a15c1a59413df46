//! The [Wycheproof](https://github.com/C2SP/wycheproof) JWS files: compact texts, verified with keys that this crate
//! selects from a key set.
//!
//! The files have several megabytes and are not part of the crate: `WYCHEPROOF_DIR` names the folder with
//! `json_web_*_test.json`. Without this variable, the tests are skipped. With `STRICT=1` and without the variable, they
//! fail.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::key_set::KeySet;
use crate::jose::jwe::Jwe;
use crate::jose::{AlgorithmSet, Hash, Jws};

/// The expected results for a file, and where this crate differs from it on purpose.
struct Expected {
    file: &'static str,
    /// Tests with asymmetric keys; this crate verifies `verified` of them.
    asymmetric: usize,
    verified: usize,
    /// Tests with symmetric keys: all are rejected, even those that the file marks valid.
    symmetric: usize,
    /// Tests with encrypted messages: all are rejected. None has RSA-OAEP with SHA-2 and A256GCM.
    encrypted: usize,
    /// Tests that the file marks valid and this crate rejects.
    stricter: &'static [u64],
    /// Tests that the file marks invalid and this crate accepts.
    laxer: &'static [u64],
}

#[test]
fn signature_file_has_the_expected_results() {
    check(&Expected {
        file: "json_web_signature_test.json",
        asymmetric: 361,
        verified: 32,
        symmetric: 40,
        encrypted: 0,
        // The `alg` of the JWK differs from the `alg` of the header (RFC 7517 §4.4). In 346 and 350, the JWK has PS256
        // and the header PS384. In 347 and 351, the JWK has ES521, which is not registered, and the header ES512.
        stricter: &[346, 347, 350, 351],
        laxer: &[],
    });
}

#[test]
fn key_file_has_the_expected_results() {
    check(&Expected {
        file: "json_web_key_test.json",
        asymmetric: 11,
        verified: 2,
        symmetric: 15,
        encrypted: 0,
        stricter: &[],
        // The key has a ROCA-weak modulus (CVE-2017-15361). Only a fingerprint test finds such a key. This crate has no
        // such test, because issuers choose their own keys.
        laxer: &[7],
    });
}

#[test]
fn crypto_file_has_the_expected_results() {
    check(&Expected {
        file: "json_web_crypto_test.json",
        asymmetric: 29,
        verified: 3,
        symmetric: 20,
        encrypted: 34,
        stricter: &[],
        // The key has the same ROCA-weak modulus.
        laxer: &[46],
    });
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    private: Value,
    public: Option<Value>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    #[serde(rename = "tcId")]
    id: u64,
    /// A JSON serialization in one test, a compact text in the others.
    jws: Option<Value>,
    jwe: Option<Value>,
    result: String,
}

fn check(expected: &Expected) {
    let Some(text) = read(expected.file) else { return };
    let (mut asymmetric, mut verified, mut symmetric, mut encrypted) = (0, 0, 0, 0);
    let (mut stricter, mut laxer) = (Vec::new(), Vec::new());
    for group in serde_json::from_str::<File>(&text).unwrap().test_groups {
        let keys = key_set(group.public.as_ref().unwrap_or(&group.private));
        for test in group.tests {
            let Some(jws) = &test.jws else {
                let jwe = test.jwe.as_ref().unwrap();
                let compact = jwe.as_str().map_or_else(|| jwe.to_string(), Into::into);
                // A text that is no JWE of five parts is parsed as a JWS.
                let is_rejected = match Jwe::read(&compact) {
                    Ok(jwe) => jwe.is_none() && Jws::parse(&compact, &AlgorithmSet::ANY).is_err(),
                    Err(_) => true,
                };
                assert!(is_rejected, "{}", test.id);
                encrypted += 1;
                continue;
            };
            let compact = jws.as_str().map_or_else(|| jws.to_string(), Into::into);
            if group.public.is_none() {
                // The token is rejected before a key is looked up.
                assert!(Jws::with_any_payload(&compact, &AlgorithmSet::ANY).is_err(), "{}", test.id);
                symmetric += 1;
                continue;
            }
            asymmetric += 1;
            match (verifies(&compact, &keys), test.result == "valid") {
                (true, true) => verified += 1,
                (true, false) => {
                    verified += 1;
                    laxer.push(test.id);
                }
                (false, true) => stricter.push(test.id),
                (false, false) => {}
            }
        }
    }
    assert_eq!((stricter.as_slice(), laxer.as_slice()), (expected.stricter, expected.laxer));
    let counts = [asymmetric, verified, symmetric, encrypted];
    assert_eq!(counts, [expected.asymmetric, expected.verified, expected.symmetric, expected.encrypted]);
}

fn key_set(keys: &Value) -> String {
    if keys.get("keys").is_some() { keys.to_string() } else { json!({ "keys": [keys] }).to_string() }
}

/// Verifies as an API does: the header's algorithm and `kid` select the key.
fn verifies(compact: &str, keys: &str) -> bool {
    let Ok((jws, _)) = Jws::with_any_payload(compact, &AlgorithmSet::ANY) else { return false };
    let Ok(keys) = KeySet::parse(keys.as_bytes(), &AlgorithmSet::ANY, 100) else { return false };
    let candidates = keys.find(jws.header().algorithm(), jws.header().key_id());
    candidates.is_ok_and(|candidates| jws.verify(candidates, Hash::NotNeeded).is_ok())
}

fn read(file: &str) -> Option<String> {
    if let Some(folder) = variable("WYCHEPROOF_DIR") {
        return Some(std::fs::read_to_string(Path::new(&folder).join(file)).unwrap());
    }
    assert!(variable("STRICT").as_deref() != Some("1"), "WYCHEPROOF_DIR is not set");
    eprintln!("skipped: WYCHEPROOF_DIR is not set");
    None
}

#[expect(clippy::disallowed_methods, reason = "the only way to pass the location of the files to a test")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
