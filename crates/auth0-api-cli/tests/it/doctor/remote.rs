//! A tenant with TLS that only a proxy reaches, as in many companies.

use std::net::SocketAddr;

use auth0_api_testing::free_address;

use super::proxy::Proxy;
use super::setup::{Setup, file};

/// Starts a tenant that is `https://tenant.example`, behind a proxy.
async fn remote(status: &'static str) -> (Setup, Proxy) {
    let setup = Setup::with(|builder| builder.tls().public_url("https://tenant.example")).await;
    let authority = setup.tenant.ca_certificate().unwrap().to_owned();
    behind_proxy(setup, status, &authority).await
}

/// Puts a proxy in front of the tenant, and trusts this certificate only.
async fn behind_proxy(setup: Setup, status: &'static str, authority: &str) -> (Setup, Proxy) {
    let address: SocketAddr = setup.tenant.local_url().trim_start_matches("https://").parse().unwrap();
    let proxy = Proxy::start(status, address).await;
    let (authority, url) =
        (file("authority.pem", authority), format!("http://someone:planted-api-secret@{}", proxy.address));
    let setup = setup.set("AUTH0_DOMAIN", "tenant.example").set("SSL_CERT_FILE", &authority).set("HTTPS_PROXY", &url);
    (setup, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_behind_a_proxy_is_a_good_set_up() {
    let (setup, _proxy) = remote("200 OK").await;
    let outcome = setup.run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec![], 0), "{}", outcome.text);
    assert!(outcome.passed().contains(&"proxy") && outcome.passed().contains(&"record"), "{}", outcome.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_proxies_and_certificates_are_found() {
    type Plant = fn(Setup) -> Setup;
    let rows: [(&str, &str, &[&str], Plant); 7] = [
        (
            "proxy_unreachable",
            "200 OK",
            &["machine: correct HTTPS_PROXY, or add tenant.example to NO_PROXY"],
            |setup| {
                let closed = free_address();
                setup.set("HTTPS_PROXY", &format!("http://someone:planted-api-secret@{closed}"))
            },
        ),
        ("proxy_rejects", "403 Forbidden", &["machine: let the proxy permit CONNECT to tenant.example:443"], |setup| {
            setup
        }),
        ("proxy_rejects", "407 Proxy Authentication Required", &["machine: let the proxy permit CONNECT"], |setup| {
            setup
        }),
        (
            "certificate_untrusted",
            "200 OK",
            &["machine: name a file with the certificate of that authority in SSL_CERT_FILE"],
            |setup| {
                let other = rcgen::generate_simple_self_signed(["authority.example".to_owned()]).unwrap();
                setup.set("SSL_CERT_FILE", &file("other.pem", &other.cert.pem()))
            },
        ),
        (
            "certificate_of_other_name",
            "200 OK",
            &["api: set AUTH0_DOMAIN to a name of the certificate", "tenant: finish the set-up of the custom domain"],
            |setup| setup.set("AUTH0_DOMAIN", "other.example"),
        ),
        (
            "no_ca_certificates",
            "200 OK",
            &["machine: install them (Debian: ca-certificates), or name a file of them in SSL_CERT_FILE"],
            |setup| setup.set("SSL_CERT_FILE", "/no/such/file.pem"),
        ),
        ("next_key_missing", "200 OK", &["tenant: look at Settings, Signing Keys"], |setup| {
            let key = auth0_api_testing::SigningKey::generate(auth0_api_core::Algorithm::RS256);
            setup.tenant.set_jwks(serde_json::json!({ "keys": [key.public_jwk()] }));
            setup
        }),
    ];
    for (name, status, mends, plant) in rows {
        let (setup, _proxy) = remote(status).await;
        // Without a management token, nothing else needs the tenant.
        let setup = plant(setup).without_record();
        let outcome = setup.run().await;
        assert!(outcome.faults().contains(&name), "{name}: {}", outcome.text);
        assert_eq!(outcome.status, i32::from(name != "next_key_missing"), "{}", outcome.text);
        let told = outcome.mends(name);
        assert!(mends.iter().all(|mend| told.contains(mend)), "{name}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_certificate_is_found() {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(["tenant.example".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2021, 1, 1));
    let certificate = params.self_signed(&key).unwrap().pem();
    let own = (certificate.clone(), key.serialize_pem());
    let tenant =
        Setup::with(|builder| builder.tls_certificate(own.0, own.1).public_url("https://tenant.example")).await;
    let (setup, _proxy) = behind_proxy(tenant, "200 OK", &certificate).await;
    let outcome = setup.without_record().run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec!["certificate_out_of_time"], 1), "{}", outcome.text);
    let mends = outcome.mends("certificate_out_of_time");
    assert!(mends.contains("machine: set the clock") && mends.contains("tenant: renew the certificate"), "{mends}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_no_proxy_is_found() {
    let (setup, _proxy) = remote("200 OK").await;
    let setup =
        setup.set("HTTPS_PROXY", "http://someone:planted-api-secret@[proxy").set("RES_OPTIONS", "attempts:1 timeout:1");
    let outcome = setup.run().await;
    assert_eq!((outcome.faults().first(), outcome.status), (Some(&"proxy_malformed"), 1), "{}", outcome.text);
    assert!(outcome.mends("proxy_malformed").contains("machine: write HTTPS_PROXY like http://proxy.example.com:3128"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_knows_is_found() {
    let (setup, _proxy) = remote("200 OK").await;
    let setup =
        setup.unset("HTTPS_PROXY").set("AUTH0_DOMAIN", "tenant.invalid").set("RES_OPTIONS", "attempts:1 timeout:1");
    let outcome = setup.run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec!["name_unknown", "tenant"], 1), "{}", outcome.text);
    assert!(outcome.mends("name_unknown").contains("api: correct AUTH0_DOMAIN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_excludes_a_tenant() {
    let (setup, _proxy) = remote("200 OK").await;
    let setup = setup.set("NO_PROXY", "tenant.example").set("RES_OPTIONS", "attempts:1 timeout:1");
    let outcome = setup.run().await;
    assert!(outcome.text.contains("NO_PROXY excludes tenant.example from HTTPS_PROXY"), "{}", outcome.text);
    assert_eq!((outcome.faults(), outcome.status), (vec!["name_unknown", "tenant"], 1), "{}", outcome.text);
}
