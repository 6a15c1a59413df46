//! A tenant over TLS: the API trusts the certificate that `SSL_CERT_FILE` names.

use auth0_api_testing::LocalTenant;

use crate::process::{PRIVATE, Process, header};
use crate::temporary_file;

pub async fn the_api_trusts_the_certificate_of_ssl_cert_file() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let tenant = LocalTenant::builder().host("localhost").tls().start().await.unwrap();
    let file = temporary_file("ca.pem");
    std::fs::write(&file, tenant.ca_certificate().unwrap()).unwrap();
    let bearer = format!("Bearer {}", tenant.mint().sign());
    for (settings, status) in [(&[("SSL_CERT_FILE", file.to_str().unwrap())][..], 200), (&[], 503)] {
        let api = Process::start(&tenant, settings).await;
        assert_eq!(api.get(PRIVATE, &[("authorization", &bearer)]).await.status(), status, "{settings:?}");
    }
    std::fs::remove_file(&file).unwrap();
}

pub async fn pages_of_this_machine_may_call_the_api_of_a_local_tenant_with_tls() {
    let tenant = LocalTenant::builder().host("localhost").tls().start().await.unwrap();
    let api = Process::start(&tenant, &[]).await;
    for (origin, allowed) in [("http://localhost:5173", true), ("https://app.example.com", false)] {
        let answer = api.get("/api/public", &[("origin", origin)]).await;
        assert_eq!(!header(&answer, "access-control-allow-origin").is_empty(), allowed, "{origin}");
    }
}
