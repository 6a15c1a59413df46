//! Tokens from `mint`.

use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::Algorithm;
use auth0_api_testing::{DpopClient, EncryptionAlgorithm, EncryptionKey, LocalTenant, ManualClock, SigningKey};
use serde_json::{Value, json};

use crate::caller::{get, part, verifies};

#[tokio::test]
async fn a_minted_token_has_the_documented_defaults() {
    let tenant = start().await;
    let token = tenant.mint().sign();
    assert_eq!(part(&token, 0), json!({ "alg": "RS256", "kid": tenant.current_kid(), "typ": "JWT" }));
    assert_eq!(
        part(&token, 1),
        json!({
            "iss": tenant.issuer(),
            "sub": "auth0|local-user",
            "aud": "https://api.example.com",
            "azp": "local-client",
            "iat": 1_700_000_000,
            "exp": 1_700_003_600,
        })
    );
    assert!(verifies(&token, &jwks(&tenant).await));
}

#[tokio::test]
async fn every_claim_can_be_set_and_left_out() {
    let tenant = start().await;
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let key = DpopClient::generate();
    let token = tenant
        .mint()
        .subject("auth0|ada")
        .audiences(["urn:a", "urn:b"])
        .scope("read write")
        .permissions(["p", "q"])
        .issuer("https://other.example/")
        .issued_at(at(1))
        .not_before(at(2))
        .expires_at(at(3))
        .bound_to(&key)
        .claim("org_id", "org_1")
        .without_claim("azp")
        .sign();
    assert_eq!(
        part(&token, 1),
        json!({
            "iss": "https://other.example/",
            "sub": "auth0|ada",
            "aud": ["urn:a", "urn:b"],
            "scope": "read write",
            "permissions": ["p", "q"],
            "iat": 1,
            "nbf": 2,
            "exp": 3,
            "cnf": { "jkt": key.thumbprint().to_string() },
            "org_id": "org_1",
        })
    );
    let short = tenant.mint().issued_at(at(1)).expires_in(Duration::from_secs(5)).sign();
    assert_eq!(part(&short, 1)["exp"], 1_700_000_005);
}

#[tokio::test]
async fn iat_is_the_time_at_which_mint_is_called() {
    let clock = ManualClock::new();
    let tenant = LocalTenant::builder().clock(clock.clone()).start().await.unwrap();
    clock.advance(Duration::from_secs(10));
    let begun = tenant.mint();
    clock.advance(Duration::from_secs(10));
    assert_eq!(part(&begun.sign(), 1)["iat"], 1_700_000_010);
}

#[tokio::test]
async fn the_header_can_be_changed_without_changing_the_key() {
    let tenant = start().await;
    let token = tenant.mint().header("typ", "at+jwt").without_header("kid").header("crit", json!(["x"])).sign();
    assert_eq!(part(&token, 0), json!({ "alg": "RS256", "typ": "at+jwt", "crit": ["x"] }));
    let renamed = tenant.mint().without_header("alg").header("alg", "PS256").sign();
    assert_eq!(part(&renamed, 0)["alg"], "PS256");
    assert!(verifies(&renamed, &jwks(&tenant).await));
}

#[tokio::test]
async fn raw_parts_are_used_unchanged_and_are_signed() {
    let tenant = start().await;
    let header = format!(r#"{{"alg":"RS256","alg":"none","kid":"{}"}}"#, tenant.current_kid());
    let token = tenant.mint().raw_header(&header).raw_claims(r#"{"exp":1e999}"#).sign();
    assert!(verifies(&token, &jwks(&tenant).await));
    assert_eq!(tenant.mint().raw_header("{}").raw_claims("[").raw_signature("!!").sign(), "e30.Ww.!!");
    assert!(tenant.mint().raw_signature("").sign().ends_with('.'));
}

#[tokio::test]
async fn each_algorithm_has_its_own_published_key() {
    let tenant = start().await;
    for algorithm in Algorithm::ALL {
        let (first, second) = (tenant.mint().algorithm(algorithm).sign(), tenant.mint().algorithm(algorithm).sign());
        let header = part(&first, 0);
        assert_eq!((&header["alg"], &header["kid"]), (&json!(algorithm.name()), &part(&second, 0)["kid"]));
        let jwks = jwks(&tenant).await;
        let published = jwks["keys"].as_array().unwrap().iter().filter(|jwk| jwk["kid"] == header["kid"]);
        assert_eq!(published.map(|jwk| jwk["alg"].clone()).collect::<Vec<_>>(), [algorithm.name()]);
    }
    assert_eq!(jwks(&tenant).await["keys"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn a_token_of_a_given_key_verifies_while_the_key_is_published() {
    let tenant = start().await;
    let key = SigningKey::generate(Algorithm::RS256).with_kid("mine");
    let token = tenant.mint().key(&key).sign();
    assert_eq!(part(&token, 0)["kid"], "mine");
    assert!(!verifies(&token, &jwks(&tenant).await));
    tenant.publish(&key);
    assert!(verifies(&token, &jwks(&tenant).await));
    tenant.remove_key("mine");
    assert!(!verifies(&token, &jwks(&tenant).await));
}

async fn start() -> LocalTenant {
    LocalTenant::builder().clock(ManualClock::new()).start().await.unwrap()
}

async fn jwks(tenant: &LocalTenant) -> Value {
    get(&format!("{}/.well-known/jwks.json", tenant.domain())).await.json()
}

#[tokio::test]
async fn a_minted_token_can_be_encrypted() {
    let (tenant, key) = (start().await, EncryptionKey::generate());
    for algorithm in EncryptionAlgorithm::ALL {
        let encryption = key.encryption().algorithm(algorithm).key_id("k").header("cty", "at+jwt");
        let token = tenant.mint().encrypt(&encryption).sign();
        assert_eq!(part(&token, 0), json!({ "alg": algorithm.name(), "enc": "A256GCM", "cty": "at+jwt", "kid": "k" }));
        let octets = |index: usize| token.split('.').nth(index).map(|part| part.len() * 3 / 4);
        assert_eq!((token.split('.').count(), octets(1), octets(2), octets(4)), (5, Some(256), Some(12), Some(16)));
        assert_ne!(token, tenant.mint().encrypt(&encryption).sign(), "each token has its own content key");
    }
    assert_eq!(part(&tenant.mint().encrypt(&key.encryption()).sign(), 0).get("kid"), None);
}
