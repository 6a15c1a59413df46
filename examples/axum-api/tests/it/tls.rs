//! A tenant over TLS: the API trusts the certificate that `SSL_CERT_FILE` names.

use auth0_api_testing::LocalTenant;

use crate::PROGRAM;
use crate::process::{PRIVATE, Process, header};

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_api_trusts_the_certificate_of_ssl_cert_file() {
    let tenant = LocalTenant::builder().host("localhost").tls().start().await.unwrap();
    let program = PROGRAM.rsplit(['/', '\\']).next().unwrap();
    let file = format!("{}/{program}-ca-{}.pem", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    std::fs::write(&file, tenant.ca_certificate().unwrap()).unwrap();
    let bearer = format!("Bearer {}", tenant.mint().sign());
    for (settings, status) in [(&[("SSL_CERT_FILE", file.as_str())][..], 200), (&[], 503)] {
        let api = Process::start(&tenant, settings).await;
        assert_eq!(api.get(PRIVATE, &[("authorization", &bearer)]).await.status(), status, "{settings:?}");
    }
}

#[tokio::test]
async fn pages_of_this_machine_may_call_the_api_of_a_local_tenant_with_tls() {
    let tenant = LocalTenant::builder().host("localhost").tls().start().await.unwrap();
    let api = Process::start(&tenant, &[]).await;
    for (origin, allowed) in [("http://localhost:5173", true), ("https://app.example.com", false)] {
        let answer = api.get("/api/public", &[("origin", origin)]).await;
        assert_eq!(!header(&answer, "access-control-allow-origin").is_empty(), allowed, "{origin}");
    }
}
