//! What an orchestrator relies on: readiness, graceful shutdown, a log without secrets.

use std::time::Duration;

use auth0_api_testing::{Endpoint, LocalTenant, Misbehaviour};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::process::{Holder, PRIVATE, Process, command, eventually, header};

#[tokio::test]
async fn the_api_is_ready_once_keys_are_available() {
    let tenant = LocalTenant::start().await.unwrap();
    tenant.misbehave(Endpoint::Discovery, Misbehaviour::Down);
    let api = Process::start(&tenant, &[]).await;
    assert_eq!(api.get("/health/ready", &[]).await.status(), 503);
    assert_eq!(api.get("/api/public", &[]).await.status(), 200);
    let bearer = format!("Bearer {}", tenant.mint().sign());
    let rejected = api.get(PRIVATE, &[("authorization", &bearer)]).await;
    assert_eq!((rejected.status().as_u16(), header(&rejected, "retry-after").len()), (503, 1));

    tenant.behave();
    eventually(async || api.get("/health/ready", &[]).await.status() == 204).await;
    assert_eq!(api.get(PRIVATE, &[("authorization", &bearer)]).await.status(), 200);
}

#[tokio::test]
async fn requests_to_this_machine_bypass_the_proxy() {
    let tenant = LocalTenant::start().await.unwrap();
    // No proxy listens on port 9, so a request through it would fail.
    let proxy = "http://127.0.0.1:9";
    let settings = [("HTTP_PROXY", proxy), ("HTTPS_PROXY", proxy), ("ALL_PROXY", proxy), ("NO_PROXY", "")];
    let api = Process::start(&tenant, &settings).await;
    assert_eq!(api.get("/health/ready", &[]).await.status(), 204);
}

#[tokio::test]
async fn requests_to_other_hosts_use_the_proxy() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let settings = [
        ("AUTH0_DOMAIN", "tenant.example"),
        ("AUTH0_AUDIENCE", "https://api.example.com"),
        ("HTTPS_PROXY", address.as_str()),
        ("NO_PROXY", ""),
    ];
    let _api = command(&settings).spawn().unwrap();
    let (connection, _) = timeout(Duration::from_secs(30), proxy.accept()).await.unwrap().unwrap();
    let mut lines = BufReader::new(connection).lines();
    assert_eq!(lines.next_line().await.unwrap().unwrap(), "CONNECT tenant.example:443 HTTP/1.1");
}

#[tokio::test]
async fn the_api_fetches_keys_before_the_first_request() {
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[]).await;
    assert_eq!((tenant.requests().discovery, tenant.requests().jwks), (1, 1));
    assert_eq!(api.get("/health/ready", &[]).await.status(), 204);
    assert_eq!((tenant.requests().discovery, tenant.requests().jwks), (1, 1));
}

#[tokio::test]
async fn on_sigterm_the_api_finishes_requests_in_progress() {
    let tenant = LocalTenant::start().await.unwrap();
    let mut api = Process::start(&tenant, &[]).await;
    tenant.rotate_keys();
    tenant.misbehave(Endpoint::Jwks, Misbehaviour::Slow(Duration::from_millis(500)));
    let bearer = format!("Bearer {}", tenant.mint().sign());
    let in_progress = tokio::spawn(api.request(PRIVATE).header("authorization", bearer).send());
    eventually(async || tenant.requests().jwks == 2).await;

    api.terminate().await;
    assert_eq!(in_progress.await.unwrap().unwrap().status(), 200);
    assert!(api.ended().await.success());
}

#[tokio::test]
async fn an_invalid_configuration_ends_the_program_with_the_reason() {
    for (settings, code, reason) in [
        (&[("AUTH0_AUDIENCE", "a")][..], 2, "--domain"),
        (&[("AUTH0_DOMAIN", "tenant.eu.auth0.com")], 2, "--audience"),
        (&[("AUTH0_DOMAIN", "http://tenant.eu.auth0.com"), ("AUTH0_AUDIENCE", "a")], 1, "https is required"),
        (&[("AUTH0_DOMAIN", "tenant.eu.auth0.com"), ("AUTH0_AUDIENCE", "a"), ("DPOP", "maybe")], 2, "maybe"),
        (&[("AUTH0_DOMAIN", "tenant.eu.auth0.com"), ("AUTH0_AUDIENCE", "a"), ("TRUSTED_PROXIES", "x")], 2, "x"),
        (&[("AUTH0_DOMAIN", "tenant.eu.auth0.com"), ("AUTH0_AUDIENCE", "a"), ("PUBLIC_URL", "x")], 1, "public_url"),
    ] {
        let output = command(settings).output().await.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{settings:?}: {error}");
        assert!(error.contains(reason), "{settings:?}: {error}");
    }
}

#[tokio::test]
async fn the_log_names_rejections_and_contains_no_credentials() {
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[]).await;
    let holder = Holder::new(&tenant);
    let wrong = format!("Bearer {}", tenant.mint().audience("https://other.example.com").sign());
    assert_eq!(api.get(PRIVATE, &[("authorization", &wrong)]).await.status(), 401);
    assert_eq!(api.prove(&holder, "https://other.example.com", &[]).await.status(), 401);
    let labels = [r#"error.type="token_audience""#, r#"error.type="dpop_htu_mismatch""#];
    eventually(async || labels.iter().all(|label| api.log().contains(label))).await;
    // Every token and every proof starts with `eyJ`, which is base64url of `{"` and the first bits of a letter.
    assert!(!api.log().contains("eyJ"), "{}", api.log());
}
