//! What an orchestrator relies on: readiness, graceful shutdown, a log without secrets.

use std::time::Duration;

use auth0_api_testing::{Endpoint, LocalTenant, Misbehaviour};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::process::{Holder, PRIVATE, Process, command, eventually, header};

pub async fn the_api_is_ready_once_keys_are_available() {
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

pub async fn requests_to_this_machine_bypass_the_proxy() {
    let tenant = LocalTenant::start().await.unwrap();
    // No proxy listens on port 9, so a request through it would fail.
    let proxy = "http://127.0.0.1:9";
    let settings = [("HTTP_PROXY", proxy), ("HTTPS_PROXY", proxy), ("ALL_PROXY", proxy), ("NO_PROXY", "")];
    let api = Process::start(&tenant, &settings).await;
    assert_eq!(api.get("/health/ready", &[]).await.status(), 204);
}

pub async fn requests_to_other_hosts_use_the_proxy() {
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

pub async fn the_api_fetches_keys_before_the_first_request() {
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[]).await;
    assert_eq!((tenant.requests().discovery, tenant.requests().jwks), (1, 1));
    assert_eq!(api.get("/health/ready", &[]).await.status(), 204);
    assert_eq!((tenant.requests().discovery, tenant.requests().jwks), (1, 1));
}

pub async fn on_sigterm_the_api_finishes_requests_in_progress() {
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

pub async fn an_invalid_configuration_ends_the_program_with_the_reason() {
    let (domain, audience) = (("AUTH0_DOMAIN", "tenant.eu.auth0.com"), ("AUTH0_AUDIENCE", "a"));
    for (settings, reason) in [
        (&[][..], "AUTH0_DOMAIN: not set; AUTH0_AUDIENCE: not set"),
        (&[audience], "AUTH0_DOMAIN: not set"),
        (&[domain], "AUTH0_AUDIENCE: not set"),
        (
            &[("AUTH0_DOMAIN", "http://tenant.eu.auth0.com"), audience],
            "AUTH0_DOMAIN: https is required; http works for loopback addresses, after insecure_http_loopback()",
        ),
        (
            &[domain, audience, ("DPOP", "maybe"), ("TRUSTED_PROXIES", "x"), ("REDIS_URL", "http://:hush@redis")],
            "DPOP: \"maybe\" is not one of accept, ignore, require; \
             TRUSTED_PROXIES: \"x\" is neither an address nor a network; \
             REDIS_URL: the Redis URL is malformed: it has the form redis://[user[:password]@]host[:port][/database]",
        ),
        (&[domain, audience, ("PUBLIC_URL", "x")], "PUBLIC_URL: the URL is not an absolute http or https URL"),
    ] {
        let output = command(settings).output().await.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{settings:?}: {error}");
        assert_eq!(error, format!("the configuration is unusable: {reason}\n"), "{settings:?}");
    }
}

pub async fn a_port_in_use_is_an_error_in_words() {
    let tenant = LocalTenant::start().await.unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let settings = [("AUTH0_DOMAIN", tenant.domain()), ("AUTH0_AUDIENCE", tenant.audience()), ("PORT", port.as_str())];
    let output = command(&settings).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let expected = format!("PORT: another program listens on port {port}; 0 chooses a free port\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
}

pub async fn the_program_prints_what_it_serves() {
    let tenant = LocalTenant::start().await.unwrap();
    let settings = [
        ("AUTH0_DPOP", "require"),
        ("DPOP_NONCE", "on"),
        ("PUBLIC_URL", "https://api.example.com"),
        ("REDIS_URL", "redis://:hush@127.0.0.1:9"),
        ("CORS_ORIGINS", "https://app.example.com"),
    ];
    let api = Process::start(&tenant, &settings).await;
    eventually(async || api.log().contains("  curl ")).await;
    let (log, url) = (api.log(), api.url(""));
    let expected = format!(
        "  issuer        {}/
  audience      {}
  algorithms    RS256
  tokens        DPoP only
  nonces        required, new every 60s
  used proofs   remembered in the store of the application
  called URL    https://api.example.com
  proxies       none
  certificates  none
  exchanges     none
  Redis         records used proofs
  CORS          https://app.example.com

try it
  curl -i {url}/api/private -H \"Authorization: Bearer $TOKEN\"
",
        tenant.domain(),
        tenant.audience()
    );
    assert!(log.starts_with(&expected), "{log}");
}

pub async fn the_log_names_rejections_and_contains_no_credentials() {
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
