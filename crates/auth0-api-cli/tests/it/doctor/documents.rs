//! Faults of the discovery document and of the key set.

use std::sync::LazyLock;

use auth0_api_core::Algorithm;
use auth0_api_testing::{LocalTenant, SigningKey};
use serde_json::{Value, json};

use super::planted::find;
use super::setup::Setup;

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_discovery_document_are_found() {
    find(&[
        ("issuer_without_slash", 1, &["tenant: serve the document of the tenant unchanged"], |setup| {
            with_document(setup, |tenant, document| document["issuer"] = tenant.domain().into())
        }),
        (
            "issuer_of_other_domain",
            1,
            &["api: AUTH0_DOMAIN=tenant.eu.auth0.com, the tenant's canonical domain", "tenant: let clients"],
            |setup| with_document(setup, |_, document| document["issuer"] = "https://tenant.eu.auth0.com/".into()),
        ),
        ("issuer_of_other_domain", 1, &["api: AUTH0_DOMAIN=login.example.com, the tenant's custom domain"], |setup| {
            with_document(setup, |_, document| document["issuer"] = "https://login.example.com/".into())
        }),
        ("jwks_uri_missing", 1, &["api: correct AUTH0_DOMAIN"], |setup| {
            with_document(setup, |_, document| document["jwks_uri"] = 5.into())
        }),
        ("dpop_not_offered", 0, &["api: DPOP=accept", "tenant: switch on Sender Constraining"], |setup| {
            with_document(setup, |_, document| document["dpop_signing_alg_values_supported"] = json!([]))
                .set("DPOP", "require")
        }),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_on_another_host_are_found() {
    let other = LocalTenant::start().await.unwrap();
    drop(other.mint().sign());
    other.rotate_keys();
    let jwks_uri = format!("{}/.well-known/jwks.json", other.domain());
    let setup = with_document(Setup::new().await, |_, document| document["jwks_uri"] = jwks_uri.into());
    let outcome = setup.run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec!["jwks_uri_elsewhere"], 1), "{}", outcome.text);
    let host = other.domain().trim_start_matches("http://");
    assert!(outcome.mends("jwks_uri_elsewhere").contains(&format!("allow_jwks_host(\"{host}\")")));
    // A document must not make the doctor send requests to any host.
    assert_eq!(other.requests().jwks, 0);
    let outcome = setup.flag(&["--jwks-host", host]).run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec![], 0), "{}", outcome.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_key_set_are_found() {
    find(&[
        ("key_set_empty", 1, &["tenant: serve the key set"], |setup| with_keys(setup, Vec::clear)),
        (
            "algorithm_not_published",
            0,
            &["api: algorithms([RS256])", "tenant: switch off Include Signing Algorithms in JSON Web Key Set"],
            |setup| setup.flag(&["--algorithm", "RS256", "--algorithm", "PS256"]),
        ),
        ("algorithm_not_published", 0, &["tenant: set the API's JSON Web Token Signing Algorithm"], |setup| {
            setup.flag(&["--algorithm", "RS256", "--algorithm", "ES256"])
        }),
        ("weak_rsa_key", 1, &["tenant: rotate the signing key"], |setup| {
            with_keys(setup, |keys| keys[1]["n"] = "A".repeat(171).into())
        }),
        ("private_key_published", 1, &["tenant: rotate the signing key"], |setup| {
            with_keys(setup, |keys| keys[1]["d"] = "planted-api-secret".into())
        }),
        ("kid_not_unique", 0, &["tenant: serve the key set"], |setup| {
            with_keys(setup, |keys| keys[1]["kid"] = keys[0]["kid"].clone())
        }),
        (
            "alg_missing",
            0,
            &["tenant: switch on Include Signing Algorithms", "api: keep algorithms([RS256])"],
            |setup| with_keys(setup, |keys| drop(keys[1].as_object_mut().unwrap().remove("alg"))),
        ),
        ("keys_unavailable", 1, &["api: "], |setup| {
            // An even modulus: nothing verifies with it.
            with_keys(setup, |keys| keys.iter_mut().for_each(|key| key["n"] = "A".repeat(342).into()))
        }),
        ("too_many_keys", 1, &["tenant: revoke old keys"], |setup| {
            with_keys(setup, |keys| *keys = (0..101).map(|_| keys[0].clone()).collect())
        }),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_for_ps256_behind_a_tenant_with_default_settings_is_found() {
    let setup = Setup::new().await.record("signing_alg", json!("PS256")).flag(&["--algorithm", "PS256"]);
    let outcome = setup.run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec!["algorithm_not_published"], 1), "{}", outcome.text);
    let mends = outcome.mends("algorithm_not_published");
    assert!(mends.contains("tenant: switch off Include Signing Algorithms in JSON Web Key Set"), "{mends}");
    assert!(mends.contains("api: algorithms([RS256])"), "{mends}");
}

fn with_document(setup: Setup, change: impl FnOnce(&LocalTenant, &mut Value)) -> Setup {
    let (issuer, domain) = (setup.tenant.issuer(), setup.tenant.domain());
    let mut document = json!({
        "issuer": issuer,
        "jwks_uri": format!("{domain}/.well-known/jwks.json"),
        "token_endpoint": format!("{domain}/oauth/token"),
        "dpop_signing_alg_values_supported": ["ES256"],
    });
    change(&setup.tenant, &mut document);
    setup.tenant.set_discovery(document);
    setup.without_record()
}

fn with_keys(setup: Setup, change: impl FnOnce(&mut Vec<Value>)) -> Setup {
    let mut keys = vec![KEYS[0].public_jwk(), KEYS[1].public_jwk()];
    change(&mut keys);
    setup.tenant.set_jwks(json!({ "keys": keys }));
    setup
}

static KEYS: LazyLock<[SigningKey; 2]> =
    LazyLock::new(|| [SigningKey::generate(Algorithm::RS256), SigningKey::generate(Algorithm::RS256)]);
