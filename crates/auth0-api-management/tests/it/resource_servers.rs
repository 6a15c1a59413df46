//! The records of APIs.

use std::time::Duration;

use auth0_api_core::Algorithm;
use auth0_api_management::{ManagementClient, ManagementError, Mechanism, ResourceServerClient, TokenDialect};
use auth0_api_testing::{Api, EncryptionKey, LocalTenant};
use serde_json::json;

use crate::intercepting::{Intercepting, answer, is_call};
use crate::world::{World, auth, told};

fn client(tenant: &LocalTenant) -> ResourceServerClient {
    let builder = ManagementClient::builder(tenant.domain(), auth(tenant)).insecure_http_loopback();
    builder.build().unwrap().resource_servers()
}

#[tokio::test]
async fn the_record_of_an_api_is_read() {
    let key = EncryptionKey::generate();
    let api = Api::new("https://api.example.com").scopes(["read:orders", "write:orders"]).algorithm(Algorithm::PS256);
    let api = api.rfc9068().require_dpop().agent_subject_claims().token_encryption(key.encryption().key_id("2026-11"));
    let tenant = LocalTenant::builder().api(api).start().await.unwrap();
    tenant.set_record_member(tenant.audience(), "name", "Orders");
    let record = client(&tenant).get("https://api.example.com").await.unwrap();
    assert_eq!((record.identifier(), record.id().len()), ("https://api.example.com", 24));
    assert_eq!(record.scopes().collect::<Vec<_>>(), ["read:orders", "write:orders"]);
    assert_eq!(record.signing_algorithm(), Some("PS256"));
    assert_eq!(record.token_dialect(), Some(&TokenDialect::Rfc9068Profile));
    assert_eq!(record.token_lifetime(), Some(Duration::from_secs(86_400)));
    let proof = record.proof_of_possession().unwrap();
    assert_eq!((proof.mechanism(), proof.is_required(), proof.required_for()), (&Mechanism::Dpop, true, None));
    let encryption = record.token_encryption().unwrap();
    assert_eq!(
        (encryption.format(), encryption.algorithm(), encryption.key_id()),
        ("compact-nested-jwe", Some("RSA-OAEP-256"), Some("2026-11"))
    );
    assert_eq!(
        (record.enforces_policies(), record.allows_offline_access(), record.skips_consent()),
        (Some(false), Some(true), Some(true))
    );
    assert_eq!((record.anonymous_policy(), record.agent_subject_claims()), (Some("deny_all"), Some("auth0-v1")));
    assert_eq!(record.other()["name"], "Orders");
}

#[tokio::test]
async fn a_setting_that_the_tenant_does_not_show_is_none_and_no_secret_is_kept() {
    let body = json!({ "id": "1", "identifier": "https://api.example.com", "signing_alg": "HS256", "signing_secret": "hush",
        "scopes": null, "proof_of_possession": null, "token_dialect": "new_dialect" });
    let body = body.to_string();
    let http = Intercepting::new(move |request| if is_call(request, "GET") { answer(200, &[], &body) } else { None });
    let world = World::sending_with(http.clone()).await;
    let management = world.builder().http_client(http).build().unwrap();
    let record = management.resource_servers().get("https://api.example.com").await.unwrap();
    assert_eq!((record.scopes().count(), record.token_lifetime(), record.proof_of_possession()), (0, None, None));
    assert_eq!(record.token_dialect(), Some(&TokenDialect::Other("new_dialect".into())));
    assert!(!format!("{record:?}").contains("hush") && !record.other().contains_key("signing_secret"));
}

#[tokio::test]
async fn a_malformed_record_names_the_member() {
    for (member, value) in [
        ("id", json!(null)),
        ("scopes", json!("read:orders")),
        ("scopes", json!([{ "value": 1 }])),
        ("proof_of_possession", json!({ "required": true })),
        ("enforce_policies", json!("yes")),
        ("token_lifetime", json!(-1)),
        ("subject_type_authorization", json!([])),
    ] {
        let tenant = LocalTenant::start().await.unwrap();
        tenant.set_record_member(tenant.audience(), member, value);
        let error = client(&tenant).get(tenant.audience()).await.unwrap_err();
        assert_eq!(error.label(), "management_answer", "{member}");
    }
}

#[tokio::test]
async fn an_api_that_the_tenant_does_not_have_is_not_found() {
    let tenant = LocalTenant::start().await.unwrap();
    let text = "the Management API answered 404 inexistent_resource_server".to_owned();
    assert_eq!(told(client(&tenant).get("https://api.example.com/").await), ("management_not_found", text));
}

#[tokio::test]
async fn an_identifier_that_leaves_the_path_is_invalid() {
    let tenant = LocalTenant::start().await.unwrap();
    for identifier in ["", ".", "..", &"a".repeat(601)] {
        assert_eq!(told(client(&tenant).get(identifier).await).0, "management_input", "{identifier}");
    }
    assert_eq!(tenant.requests().management, 0);
}

#[tokio::test]
async fn a_given_token_is_used_and_not_replaced() {
    let tenant = LocalTenant::start().await.unwrap();
    let with = |token: String| {
        let builder = ManagementClient::builder_with_token(tenant.domain(), token).unwrap();
        builder.insecure_http_loopback().build().unwrap().resource_servers()
    };
    let token = |scope: &str| tenant.mint().audience(&tenant.management_audience()).scope(scope).sign();
    let read = with(token("read:resource_servers"));
    assert_eq!(read.get(tenant.audience()).await.unwrap().identifier(), tenant.audience());
    let error = with(token("read:users")).get(tenant.audience()).await.unwrap_err();
    let scope = Some("read:resource_servers");
    assert!(matches!(error, ManagementError::Forbidden { missing_scope, .. } if missing_scope == scope), "{error:?}");
    let error = with(tenant.mint().sign()).get(tenant.audience()).await.unwrap_err();
    assert_eq!((error.label(), tenant.requests().token), ("management_unauthorized", 0));
    assert_eq!(tenant.requests().management, 3);
}

#[test]
fn a_text_that_is_no_token_is_rejected_without_showing_it() {
    for text in ["", "hush token", "hush\n", "hush\u{e9}"] {
        let error = ManagementClient::builder_with_token("tenant.eu.auth0.com", text.to_owned()).unwrap_err();
        assert_eq!(error.to_string(), "the input is invalid: the management token must be an access token");
    }
    let builder = ManagementClient::builder_with_token("tenant.eu.auth0.com", "hush".to_owned()).unwrap();
    assert!(!format!("{builder:?} {:?}", builder.clone().build().unwrap()).contains("hush"));
}
