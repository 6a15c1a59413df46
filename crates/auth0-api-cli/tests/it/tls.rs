//! `auth0-api tenant --tls`: clients that trust the printed certificate can use the tenant.

use auth0_api_core::ApiClient;
use auth0_api_core::http::ReqwestClient;
use reqwest::{Certificate, Client, redirect};
use serde_json::Value;

use crate::process::Running;

#[tokio::test]
async fn an_api_client_uses_the_tenant_over_tls() {
    for host in ["127.0.0.1", "localhost"] {
        let tenant = Running::start(&["--tls", "--host", host]);
        let http = client(&tenant);
        let domain = tenant.variable("AUTH0_DOMAIN").unwrap();
        assert_eq!(tenant.value("domain"), format!("https://{domain}"));
        assert_eq!(tenant.variable("SSL_CERT_FILE"), tenant.variable("NODE_EXTRA_CA_CERTS"));
        let api = ApiClient::builder(&domain, tenant.value("audience"));
        let api = api.http_client(ReqwestClient::with_client(http.clone())).build().unwrap();
        let verified = api.verify_access_token(&token(&http, &domain).await).await.unwrap();
        assert_eq!(verified.subject(), Some("local-client@clients"));
    }
}

#[tokio::test]
async fn the_certificate_is_written_to_the_file_that_the_flag_names() {
    let file = format!("{}/ca-{}.pem", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let tenant = Running::start(&["--tls", "--ca-file", &file]);
    assert_eq!(tenant.variable("SSL_CERT_FILE"), Some(file));
    let domain = tenant.variable("AUTH0_DOMAIN").unwrap();
    let jwks = client(&tenant).get(format!("https://{domain}/.well-known/jwks.json")).send().await.unwrap();
    assert_eq!(jwks.status(), 200);
}

/// Returns a client that trusts only the certificate that the program has written.
fn client(tenant: &Running) -> Client {
    let pem = std::fs::read(tenant.variable("SSL_CERT_FILE").unwrap()).unwrap();
    let trusted = Certificate::from_pem(&pem).unwrap();
    let builder = Client::builder().tls_certs_only([trusted]).no_proxy().redirect(redirect::Policy::none());
    builder.build().unwrap()
}

async fn token(http: &Client, domain: &str) -> String {
    let form = "grant_type=client_credentials&client_id=local-client&client_secret=local-secret\
        &audience=https://api.example.com";
    let request = http.post(format!("https://{domain}/oauth/token")).body(form);
    let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}
