//! The documents of a tenant: the client skips unusable keys, and rejects a document with another issuer or host.

use auth0_api_core::{Algorithm, ApiClient};
use auth0_api_testing::{HttpAnswer, LocalTenant, OfflineTenant, SigningKey, TestWorld, status_and_label};
use serde_json::{Value, json};

use super::{fetched, unavailable};
use crate::log::Log;
use crate::world::{rejection, seconds};

#[tokio::test]
async fn a_jwks_uri_on_another_host_must_be_allowed_by_name() {
    let world = TestWorld::start().await;
    let elsewhere = world.tenant.domain().replace("127.0.0.1", "localhost");
    let port = elsewhere.rsplit_once(':').unwrap().1.to_owned();
    world.tenant.set_discovery(with_jwks_uri(&world, &format!("{elsewhere}/.well-known/jwks.json")));
    let token = world.tenant.mint().sign();

    let strict = world.api.clone();
    let error = strict.verify_access_token(&token).await.unwrap_err();
    let hint = "the jwks_uri is missing, not https, or on another host: allow that host, and its port, with \
                allow_jwks_host()";
    assert_eq!(error.hint().as_deref(), Some(hint));
    assert_eq!(rejection(&strict, Err(error)), unavailable());
    assert_eq!(fetched(&world), (1, 0));

    for (host, expected) in [
        (format!("localhost.:{port}"), "503 keys_unavailable"),
        ("localhost".to_owned(), "503 keys_unavailable"),
        (format!("LOCALHOST:{port}"), "200 accepted"),
    ] {
        let api = world.builder().allow_jwks_host(host.as_str()).build().unwrap();
        assert_eq!(outcome_of(&api, &token).await, expected, "{host}");
    }
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_or_host_is_rejected() {
    let world = TestWorld::start().await;
    let decoy = LocalTenant::start().await.unwrap();
    let token = world.tenant.mint().sign();
    let own = format!("{}/.well-known/jwks.json", world.tenant.domain());
    let issuer = |issuer: &str| json!({ "issuer": issuer, "jwks_uri": own });
    for document in [
        issuer(world.tenant.domain()),
        issuer(decoy.issuer()),
        issuer(&world.tenant.issuer().to_uppercase()),
        json!({ "jwks_uri": own }),
        json!({ "issuer": world.tenant.issuer() }),
        json!({ "issuer": world.tenant.issuer(), "jwks_uri": 5 }),
        json!([]),
        json!("document"),
        with_jwks_uri(&world, "/.well-known/jwks.json"),
        with_jwks_uri(&world, ""),
        with_jwks_uri(&world, &own.replace("http://", "file://")),
        with_jwks_uri(&world, &own.replace("http://", "https://")),
        with_jwks_uri(&world, &own.replace("http://127.0.0.1", "http://user@127.0.0.1")),
        with_jwks_uri(&world, "http://169.254.169.254/latest/meta-data"),
    ] {
        let api = world.builder().build().unwrap();
        world.tenant.set_discovery(document.clone());
        let outcome = api.verify_access_token(&token).await;
        assert_eq!(rejection(&api, outcome), unavailable(), "{document}");
    }
    assert_eq!(world.tenant.requests().jwks, 0);
    assert_eq!((decoy.requests().discovery, decoy.requests().jwks), (0, 0));
}

#[tokio::test]
async fn unusable_keys_in_a_set_are_skipped() {
    let world = TestWorld::start().await;
    let key = SigningKey::generate(Algorithm::RS256);
    let mut encryption = SigningKey::generate(Algorithm::RS256).public_jwk();
    encryption.as_object_mut().unwrap().insert("use".into(), "enc".into());
    let keys = [
        json!(5),
        json!({}),
        json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "hmac" }),
        json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "short" }),
        json!({ "kty": "RSA", "n": 5, "e": "AQAB" }),
        encryption.clone(),
        key.public_jwk(),
    ];
    world.tenant.set_jwks(json!({ "keys": keys }));
    let api = world.api.clone();
    assert_eq!(outcome_of(&api, &world.tenant.mint().key(&key).sign()).await, "200 accepted");
}

#[tokio::test]
async fn a_key_set_without_usable_keys_does_not_replace_the_cached_key_set() {
    let world = TestWorld::start().await;
    let token = world.tenant.mint().expires_in(seconds(7_200)).sign();
    let too_many = vec![SigningKey::generate(Algorithm::ES256).public_jwk(); 101];
    for bad in [
        json!({ "keys": [] }),
        json!({ "keys": [{ "kty": "oct", "k": "AAAA" }] }),
        json!({ "keys": too_many }),
        json!({ "keys": {} }),
        json!({}),
        json!([]),
    ] {
        world.tenant.set_jwks(bad.clone());
        let cold = world.builder().build().unwrap();
        assert_eq!(outcome_of(&cold, &token).await, "503 keys_unavailable", "{bad}");

        world.tenant.set_jwks(None);
        let warm = world.builder().build().unwrap();
        warm.warm_up().await.unwrap();
        world.tenant.set_jwks(bad.clone());
        world.pass(600);
        assert_eq!(outcome_of(&warm, &token).await, "200 accepted", "{bad}");
        world.tenant.set_jwks(None);
    }
}

#[tokio::test]
async fn a_key_set_may_have_a_hundred_keys() {
    let world = TestWorld::start().await;
    let (key, filler) = (SigningKey::generate(Algorithm::RS256), SigningKey::generate(Algorithm::ES256));
    let mut keys = vec![filler.public_jwk(); 99];
    keys.push(key.public_jwk());
    world.tenant.set_jwks(json!({ "keys": keys }));
    assert_eq!(outcome_of(&world.api, &world.tenant.mint().key(&key).sign()).await, "200 accepted");
}

/// Returns the tenant's discovery document with another `jwks_uri`.
fn with_jwks_uri(world: &TestWorld, jwks_uri: &str) -> Value {
    json!({ "issuer": world.tenant.issuer(), "jwks_uri": jwks_uri })
}

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}

#[tokio::test]
async fn each_fetch_is_logged_with_its_result_and_unusable_keys_with_a_warning() {
    let tenant = OfflineTenant::new();
    let jwks = tenant.http().route(OfflineTenant::JWKS_URL);
    let good = SigningKey::generate(Algorithm::RS256).public_jwk();
    let keys = |keys: Value| HttpAnswer::json(200, &json!({ "keys": keys }));
    let other = SigningKey::generate(Algorithm::RS256).public_jwk();
    for (answer, expected, count) in [
        (keys(json!([good])), vec!["keys_fetched"], Some(1)),
        (keys(json!([good, other, { "kty": "RSA" }])), vec!["keys_skipped", "keys_fetched"], Some(2)),
        (HttpAnswer::status(500), vec!["keys_fetch_failed"], None),
    ] {
        jwks.answer([answer]);
        let api = tenant.api();
        let (log, subscribed) = Log::subscribe();
        _ = api.warm_up().await;
        drop(subscribed);
        let (mut events, fields) = log.read();
        events.retain(|event| event.starts_with("keys_"));
        assert_eq!(events, expected);
        assert!(count.is_none_or(|count| fields.contains(&format!(r#"("keys", "{count}")"#))), "{fields}");
    }
}
