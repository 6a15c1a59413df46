//! The client uses a discovery document only if its `issuer` is the expected issuer, and fetches keys only from the
//! issuer's host. After a failure, the time until the next attempt is bounded, for any `Retry-After`.
//!
//! Input: a line with `Retry-After`, then the document. If the first line is not empty, the status is 429.
#![no_main]

use auth0_api_fuzz::json::Json;
use auth0_api_fuzz::{ISSUER, Tenant, client, run, split_line, token};

libfuzzer_sys::fuzz_target!(
    init: assert!(leads_to_keys(include_bytes!("../seeds/discovery/good"))),
    |data: &[u8]| {
        leads_to_keys(data);
    }
);

/// Returns whether a token can be verified with the keys at the document's `jwks_uri`.
fn leads_to_keys(data: &[u8]) -> bool {
    let (retry_after, document) = split_line(data);
    let tenant = Tenant {
        document: document.to_vec(),
        status: if retry_after.is_empty() { 200 } else { 429 },
        retry_after: String::from_utf8_lossy(retry_after).into_owned(),
        ..Tenant::default()
    };
    // `Tenant` asserts that keys are fetched from the issuer's host only.
    let api = client(tenant).build().expect("a client");
    let verified = run(api.verify_access_token(token()));
    assert_eq!(api.is_ready(), verified.is_ok());
    match (run(api.warm_up()), verified) {
        (Ok(()), Ok(_)) => {
            let document = Json::read_any_number(document).expect("a discovery document is JSON");
            assert!(retry_after.is_empty());
            assert_eq!(document.text("issuer"), Some(ISSUER));
            assert!(document.text("jwks_uri").is_some());
            true
        }
        (Err(unavailable), Err(rejected)) => {
            // The client honours `Retry-After` up to ten minutes, and adds jitter of at most 20 %.
            assert!((1.0..=720.0).contains(&unavailable.retry_after.as_secs_f64().ceil()));
            assert_eq!(rejected.status(), 503);
            false
        }
        disagreement => panic!("{disagreement:?}"),
    }
}
