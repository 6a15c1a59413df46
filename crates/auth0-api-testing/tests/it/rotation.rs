//! Key rotation and revocation.

use auth0_api_core::Algorithm;
use auth0_api_testing::{LocalTenant, SigningKey};
use serde_json::{Value, json};

use crate::caller::{get, part, verifies};

#[tokio::test]
async fn after_a_rotation_new_tokens_have_the_new_key_and_old_ones_still_verify() {
    let tenant = LocalTenant::start().await.unwrap();
    let (before, old_kid) = (tenant.mint().sign(), tenant.current_kid());
    tenant.rotate_keys();
    let (after, new_kid) = (tenant.mint().sign(), tenant.current_kid());
    assert_ne!(old_kid, new_kid);
    assert_eq!((&part(&before, 0)["kid"], &part(&after, 0)["kid"]), (&json!(old_kid), &json!(new_kid)));
    let jwks = jwks(&tenant).await;
    assert_eq!(kids(&jwks), [old_kid, new_kid]);
    assert!(verifies(&before, &jwks) && verifies(&after, &jwks));
}

#[tokio::test]
async fn a_removed_key_is_no_longer_published() {
    let tenant = LocalTenant::start().await.unwrap();
    let (before, old_kid) = (tenant.mint().sign(), tenant.current_kid());
    tenant.rotate_keys();
    tenant.remove_key(&old_kid);
    let jwks = jwks(&tenant).await;
    assert_eq!(kids(&jwks), [tenant.current_kid()]);
    assert!(!verifies(&before, &jwks));
}

#[tokio::test]
async fn no_key_is_published_after_the_current_key_is_removed() {
    let tenant = LocalTenant::start().await.unwrap();
    tenant.remove_key(&tenant.current_kid());
    assert_eq!(jwks(&tenant).await, json!({ "keys": [] }));
    assert_eq!(part(&tenant.mint().sign(), 0)["kid"], tenant.current_kid());
}

#[tokio::test]
async fn a_rotation_replaces_the_keys_of_every_algorithm() {
    let tenant = LocalTenant::start().await.unwrap();
    let mint = || part(&tenant.mint().algorithm(Algorithm::ES256).sign(), 0)["kid"].clone();
    let before = mint();
    tenant.rotate_keys();
    assert_ne!(before, mint());
}

#[tokio::test]
async fn a_tenant_that_starts_again_with_its_keys_signs_and_publishes_the_same_keys() {
    let key = SigningKey::generate(Algorithm::RS256);
    let saved = key.private_key_pem();
    let first = LocalTenant::start().await.unwrap();
    first.sign_with(&key);
    let token = first.mint().sign();
    assert_eq!(part(&token, 0)["kid"], key.kid());
    drop(first);

    let again = LocalTenant::start().await.unwrap();
    let read = SigningKey::from_private_key_pem(Algorithm::RS256, &saved).unwrap().with_kid(key.kid());
    again.sign_with(&read);
    assert_eq!(kids(&jwks(&again).await), [key.kid()]);
    assert!(verifies(&token, &jwks(&again).await));

    again.sign_with(&SigningKey::generate(Algorithm::RS256));
    assert_ne!(again.current_kid(), key.kid());
    assert!(verifies(&token, &jwks(&again).await), "the key before stays published");
}

async fn jwks(tenant: &LocalTenant) -> Value {
    get(&format!("{}/.well-known/jwks.json", tenant.domain())).await.json()
}

fn kids(jwks: &Value) -> Vec<String> {
    jwks["keys"].as_array().unwrap().iter().map(|jwk| jwk["kid"].as_str().unwrap().to_owned()).collect()
}
