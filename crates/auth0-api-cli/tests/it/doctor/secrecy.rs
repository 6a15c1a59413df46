//! No output contains a secret: neither as text nor as JSON, whatever is wrong. Each run of the other tests checks this too.

use std::collections::BTreeMap;
use std::process::Command;

use auth0_api_testing::LocalTenant;
use serde_json::json;

use super::outcome::Outcome;
use super::setup::SECRETS;
use crate::PROGRAM;

#[tokio::test(flavor = "multi_thread")]
async fn secrets_in_each_variable_stay_secret() {
    let [secret, ..] = SECRETS;
    for variable in [
        "AUTH0_CLIENT_ID",
        "AUTH0_CLIENT_SECRET",
        "AUTH0_MANAGEMENT_CLIENT_SECRET",
        "AUTH0_MANAGEMENT_TOKEN",
        "HTTPS_PROXY",
        "REDIS_URL",
    ] {
        for value in [
            secret.to_owned(),
            format!("http://user:{secret}@127.0.0.1:1/"),
            format!("redis://:{secret}@127.0.0.1:1"),
            format!("\"{secret}\u{0}").replace('\u{0}', "\u{1}"),
        ] {
            let domain = "https://127.0.0.1:1".to_owned();
            let variables = BTreeMap::from([
                ("AUTH0_DOMAIN".to_owned(), domain),
                ("AUTH0_AUDIENCE".to_owned(), "https://api.example.com".to_owned()),
                (variable.to_owned(), value),
            ]);
            let outcome = Outcome::of(&variables, &[]).await;
            assert!(!outcome.text.contains(secret), "{variable}: {}", outcome.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_the_tenant_cannot_control_the_terminal() {
    let tenant = LocalTenant::start().await.unwrap();
    let odd = format!("\u{1b}]0;owned\u{7}\u{202e}{}\n✓ all is well", "x".repeat(100_000));
    let key = json!({ "kty": &odd, "kid": &odd, "alg": &odd, "crv": &odd, "n": "AQAB" });
    tenant.set_jwks(json!({ "keys": vec![key; 50] }));
    let (issuer, jwks_uri) = (tenant.issuer(), format!("{}/.well-known/jwks.json", tenant.domain()));
    for document in [
        json!({ "issuer": issuer, "jwks_uri": jwks_uri }),
        json!({ "issuer": format!("https://{odd}/"), "jwks_uri": format!("https://{odd}/") }),
    ] {
        tenant.set_discovery(document);
        let mut command = Command::new(PROGRAM);
        command
            .arg("doctor")
            .env_clear()
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_AUDIENCE", "https://api.example.com");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']) && text.len() < 10_000, "{text}");
        assert!(!text.lines().any(|line| line.starts_with("✓ all")), "{text}");
    }
}
