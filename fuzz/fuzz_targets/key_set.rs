//! Reading any document gives a key set or an error, in bounded time. A token is accepted only if the document contains
//! its key.
//!
//! Input: the key set.
#![no_main]

use auth0_api_core::Algorithm;
use auth0_api_fuzz::json::Json;
use auth0_api_fuzz::{Signer, Tenant, client, run, token};

libfuzzer_sys::fuzz_target!(
    init: assert!(run(client(Tenant::default()).build().expect("a client").verify_access_token(token())).is_ok()),
    |keys: &[u8]| {
        let tenant = Tenant { keys: keys.to_vec(), ..Tenant::default() };
        let api = client(tenant).algorithms(Algorithm::ALL).build().expect("a client");
        let warm = run(api.warm_up());
        assert_eq!(api.is_ready(), warm.is_ok());
        if let Err(unavailable) = &warm {
            assert!((1.0..=60.0).contains(&unavailable.retry_after.as_secs_f64().ceil()));
        }
        match run(api.verify_access_token(token())) {
            Ok(_) => assert!(warm.is_ok() && publishes_the_key(keys)),
            // Without keys, the client cannot decide whether the token is valid.
            Err(error) => assert_eq!(error.status(), if warm.is_ok() { 401 } else { 503 }, "{error:?}"),
        }
    }
);

/// Returns whether the document has a key with the token's `kid` that signed the token, is public, and is for
/// signatures.
fn publishes_the_key(document: &[u8]) -> bool {
    let document = Json::read_with_damage(document).expect("a key set is JSON");
    let Some(Json::List(keys)) = document.get("keys") else { return false };
    let (x, y) = Signer::issuer().coordinates();
    let expected = [("kid", "k1"), ("kty", "EC"), ("crv", "P-256"), ("x", x), ("y", y)];
    keys.iter().any(|key| {
        expected.iter().all(|(name, value)| key.text(name) == Some(value))
            && (key.get("alg").is_none() || key.text("alg") == Some("ES256"))
            && (key.get("use").is_none() || key.text("use") == Some("sig"))
            && key.get("d").is_none()
            && key.has_distinct_members()
    })
}
