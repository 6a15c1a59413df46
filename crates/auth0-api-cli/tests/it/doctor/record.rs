//! Differences between the tenant's record of the API and what the API has set.

use auth0_api_testing::EncryptionKey;
use serde_json::json;

use super::planted::find;
use super::setup::{Setup, file};

#[tokio::test(flavor = "multi_thread")]
async fn differences_between_the_record_and_the_api_are_found() {
    find(&[
        (
            "signing_algorithm",
            1,
            &[
                "tenant: JSON Web Token Signing Algorithm (signing_alg) in the settings of the API: RS256",
                "api: algorithms([PS256])",
            ],
            |setup| setup.record("signing_alg", json!("PS256")),
        ),
        (
            "signing_algorithm",
            1,
            &["tenant: JSON Web Token Signing Algorithm (signing_alg) in the settings of the API: RS256"],
            |setup| setup.record("signing_alg", json!("HS256")).record("signing_secret", json!("planted-api-secret")),
        ),
        ("token_dialect", 1, &["api: leave out strict_rfc9068()", "(token_dialect rfc9068_profile)"], |setup| {
            setup.flag(&["--rfc9068"])
        }),
        ("rbac_off", 1, &["api: require scopes", "tenant: switch on Enable RBAC"], |setup| {
            setup.flag(&["--permissions"]).record("token_dialect", json!("access_token_authz"))
        }),
        ("permissions_missing", 1, &["api: require scopes", "(token_dialect access_token_authz)"], |setup| {
            setup.flag(&["--permissions"]).record("enforce_policies", json!(true))
        }),
        (
            "scope_undefined",
            1,
            &[
                "api: correct the names in Requirement::scope",
                "tenant: add them to the Permissions of the API (scopes): read:invoices",
            ],
            |setup| setup.flag(&["--scope", "read:invoices"]),
        ),
        ("dpop_ignored", 1, &["api: DPOP=accept", "tenant: Sender Constraining"], |setup| {
            setup.set("DPOP", "ignore").record("proof_of_possession", json!({ "mechanism": "dpop", "required": true }))
        }),
        ("dpop_not_required", 0, &["api: DPOP=accept", "\"required\": true"], |setup| setup.set("DPOP", "require")),
        ("token_dialect", 1, &["or AUTH0_STRICT_RFC9068"], |setup| setup.set("AUTH0_STRICT_RFC9068", "on")),
        ("dpop_not_required", 0, &["api: AUTH0_DPOP=accept"], |setup| setup.set("AUTH0_DPOP", "require")),
        ("dpop_not_required", 0, &["\"required_for\": \"all_clients\""], |setup| {
            let proof = json!({ "mechanism": "dpop", "required": true, "required_for": "public_clients" });
            setup.set("DPOP", "require").record("proof_of_possession", proof)
        }),
        ("certificates_not_read", 1, &["api: client_certificates()", "proof_of_possession.mechanism dpop"], |setup| {
            setup.record("proof_of_possession", json!({ "mechanism": "mtls", "required": true }))
        }),
        (
            "decryption_key_missing",
            1,
            &["api: AUTH0_DECRYPTION_KEY_FILE", "tenant: switch off Encrypt Signed Access Tokens"],
            |setup| {
                let encryption = json!({ "format": "compact-nested-jwe", "encryption_key": { "alg": "RSA-OAEP-256" } });
                setup.record("token_encryption", encryption)
            },
        ),
        ("tokens_not_encrypted", 0, &["api: unset AUTH0_DECRYPTION_KEY_FILE", "tenant: switch on Encrypt"], |setup| {
            setup.set("AUTH0_DECRYPTION_KEY_FILE", &decryption_key())
        }),
        ("encryption_unsupported", 1, &["encryption_key.alg RSA-OAEP-256"], |setup| {
            let encryption = json!({ "format": "compact-nested-jwe", "encryption_key": { "alg": "RSA1_5" } });
            setup.set("AUTH0_DECRYPTION_KEY_FILE", &decryption_key()).record("token_encryption", encryption)
        }),
        ("anonymous_allowed", 0, &["api: Requirement::user()", "anonymous_user.policy deny_all"], |setup| {
            setup
                .record("subject_type_authorization", json!({ "anonymous_user": { "policy": "require_client_grant" } }))
        }),
        ("anonymous_denied", 1, &["anonymous_user.policy require_client_grant"], |setup| setup.flag(&["--anonymous"])),
        ("agent_claims_missing", 1, &["{\"agent_subject_claims\": \"auth0-v1\"}"], |setup| setup.flag(&["--agents"])),
        ("offline_access_denied", 1, &["tenant: switch on Allow Offline Access"], |setup| {
            setup.flag(&["--refresh-tokens"]).record("allow_offline_access", json!(false))
        }),
        ("audience_unknown", 1, &["api: AUTH0_AUDIENCE=https://api.example.com, which the tenant has"], |setup| {
            setup.set("AUTH0_AUDIENCE", "https://api.example.com/")
        }),
        (
            "audience_unknown",
            1,
            &["api: set AUTH0_AUDIENCE", "tenant: create an API with the identifier https://orders.example.com"],
            |setup| setup.set("AUTH0_AUDIENCE", "https://orders.example.com"),
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_agree_with_an_unusual_record_are_no_faults() {
    let setup = Setup::new().await.set("DPOP", "require").set("AUTH0_DECRYPTION_KEY_FILE", &decryption_key());
    let setup = setup.flag(&["--permissions", "--rfc9068", "--agents", "--anonymous", "--refresh-tokens"]);
    let outcome = setup
        .record("proof_of_possession", json!({ "mechanism": "dpop", "required": true, "required_for": "all_clients" }))
        .record("token_dialect", json!("rfc9068_profile_authz"))
        .record("enforce_policies", json!(true))
        .record("agent_subject_claims", json!("auth0-v1"))
        .record("subject_type_authorization", json!({ "anonymous_user": { "policy": "require_client_grant" } }))
        .record(
            "token_encryption",
            json!({ "format": "compact-nested-jwe", "encryption_key": { "alg": "RSA-OAEP-384" } }),
        )
        .run()
        .await;
    assert_eq!((outcome.faults(), outcome.status), (vec![], 0), "{}", outcome.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_access_to_the_record_are_found() {
    find(&[
        ("management_scope_missing", 1, &["tenant: give the application the scope read:resource_servers"], |setup| {
            let token = management_token(&setup, "read:users");
            setup.set("AUTH0_MANAGEMENT_TOKEN", &token)
        }),
        ("management_token_rejected", 1, &["machine: get a new management token"], |setup| {
            let token = setup.tenant.mint().sign();
            setup.set("AUTH0_MANAGEMENT_TOKEN", &token)
        }),
        ("management_token_rejected", 1, &["machine: get a new management token"], |setup| {
            setup.set("AUTH0_MANAGEMENT_TOKEN", "planted api secret")
        }),
        ("management_credentials_rejected", 1, &["machine: correct AUTH0_MANAGEMENT_CLIENT_ID"], |setup| {
            setup.set("AUTH0_MANAGEMENT_CLIENT_SECRET", "planted-api-secret")
        }),
        ("management_credentials_incomplete", 1, &["machine: set AUTH0_MANAGEMENT_CLIENT_SECRET"], |setup| {
            setup.unset("AUTH0_MANAGEMENT_CLIENT_SECRET")
        }),
        ("management_domain_unusable", 1, &["machine: correct AUTH0_MANAGEMENT_DOMAIN"], |setup| {
            setup.set("AUTH0_MANAGEMENT_DOMAIN", "tenant.eu.auth0.com/path")
        }),
        ("secret_file_unreadable", 1, &["machine: let AUTH0_MANAGEMENT_TOKEN_FILE name a file"], |setup| {
            setup.set("AUTH0_MANAGEMENT_TOKEN_FILE", "/no/such/file")
        }),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_a_file_reads_the_record() {
    let setup = Setup::new().await.without_record();
    let token = management_token(&setup, "read:resource_servers");
    let setup = setup.set("AUTH0_MANAGEMENT_TOKEN_FILE", &file("token", &format!("{token}\n")));
    let outcome = setup.run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec![], 0), "{}", outcome.text);
    assert!(outcome.passed().contains(&"record") && !outcome.text.contains(&token));
}

fn decryption_key() -> String {
    file("key.pem", &EncryptionKey::generate().private_key_pem())
}

fn management_token(setup: &Setup, scope: &str) -> String {
    setup.tenant.mint().audience(&setup.tenant.management_audience()).scope(scope).sign()
}
