//! The Management API: the records of the tenant's APIs.

use auth0_api_core::Algorithm;
use auth0_api_testing::{Api, EncryptionKey, LocalTenant};
use serde_json::{Value, json};

use crate::caller::{Answer, send};

const PATH: &str = "/api/v2/resource-servers/https%3A%2F%2Fapi.example.com";
const READ: &str = "read:resource_servers";

async fn get(tenant: &LocalTenant, scope: &str, path: &str) -> Answer {
    let token = tenant.mint().audience(&tenant.management_audience()).scope(scope).sign();
    let url = format!("{}{path}", tenant.domain());
    send("GET", &url, &[("authorization", &format!("Bearer {token}"))], "").await.unwrap()
}

async fn record(tenant: &LocalTenant) -> Value {
    let answer = get(tenant, READ, PATH).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn the_record_of_a_new_api_has_the_defaults_of_auth0() {
    let tenant = LocalTenant::start().await.unwrap();
    let mut record = record(&tenant).await;
    let id = record["id"].take();
    assert_eq!(id.as_str().unwrap().len(), 24);
    assert_eq!(
        record,
        json!({
            "id": null,
            "name": "https://api.example.com",
            "identifier": "https://api.example.com",
            "is_system": false,
            "scopes": [],
            "signing_alg": "RS256",
            "allow_offline_access": true,
            "skip_consent_for_verifiable_first_party_clients": true,
            "token_lifetime": 86400,
            "enforce_policies": false,
            "token_dialect": "access_token",
            "token_encryption": null,
            "proof_of_possession": null,
            "authorization_details": [],
            "subject_type_authorization": {
                "user": { "policy": "allow_all" },
                "client": { "policy": "require_client_grant" },
                "anonymous_user": { "policy": "deny_all" },
            },
        })
    );
    let by_id = get(&tenant, READ, &format!("/api/v2/resource-servers/{}", id.as_str().unwrap())).await;
    assert_eq!(by_id.json()["identifier"], "https://api.example.com");
}

#[tokio::test]
async fn the_record_follows_the_registration() {
    let key = EncryptionKey::generate();
    let api = Api::new("https://api.example.com").scopes(["read:orders"]).algorithm(Algorithm::PS256).rfc9068();
    let api = api.require_dpop().agent_subject_claims().without_offline_access();
    let api = api.token_encryption(key.encryption().key_id("2026-11"));
    let tenant = LocalTenant::builder().api(api).start().await.unwrap();
    let record = record(&tenant).await;
    assert_eq!(record["scopes"], json!([{ "value": "read:orders" }]));
    assert_eq!(record["allow_offline_access"], false);
    assert_eq!(
        (&record["signing_alg"], &record["token_dialect"], &record["agent_subject_claims"]),
        (&json!("PS256"), &json!("rfc9068_profile"), &json!("auth0-v1"))
    );
    assert_eq!(record["proof_of_possession"], json!({ "mechanism": "dpop", "required": true }));
    let encryption_key = json!({ "alg": "RSA-OAEP-256", "kid": "2026-11", "pem": key.public_key_pem() });
    let encryption = json!({ "format": "compact-nested-jwe", "encryption_key": encryption_key });
    assert_eq!(record["token_encryption"], encryption);
}

#[tokio::test]
async fn a_test_changes_a_member_of_the_record() {
    let tenant = LocalTenant::start().await.unwrap();
    tenant.set_record_member(tenant.audience(), "token_dialect", "access_token_authz");
    tenant.set_record_member("https://other.example.com", "signing_alg", "HS256");
    let record = record(&tenant).await;
    assert_eq!((&record["token_dialect"], &record["signing_alg"]), (&json!("access_token_authz"), &json!("RS256")));
}

#[tokio::test]
async fn the_record_needs_its_scope_and_an_api_of_the_tenant() {
    let tenant = LocalTenant::start().await.unwrap();
    let lacking = get(&tenant, "read:token_exchange_profiles", PATH).await;
    assert_eq!((lacking.status, &lacking.json()["errorCode"]), (403, &json!("insufficient_scope")));
    assert!(lacking.body.contains("expected any of: read:resource_servers"), "{}", lacking.body);
    let unknown = get(&tenant, READ, "/api/v2/resource-servers/https%3A%2F%2Fother.example.com").await;
    assert_eq!((unknown.status, &unknown.json()["errorCode"]), (404, &json!("inexistent_resource_server")));
    let anonymous = send("GET", &format!("{}{PATH}", tenant.domain()), &[], "").await.unwrap();
    assert_eq!(anonymous.status, 401);
}
