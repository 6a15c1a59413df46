//! Key rotation and revocation.

use auth0_api_core::Algorithm;
use auth0_api_testing::LocalTenant;
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

async fn jwks(tenant: &LocalTenant) -> Value {
    get(&format!("{}/.well-known/jwks.json", tenant.domain())).await.json()
}

fn kids(jwks: &Value) -> Vec<String> {
    jwks["keys"].as_array().unwrap().iter().map(|jwk| jwk["kid"].as_str().unwrap().to_owned()).collect()
}
