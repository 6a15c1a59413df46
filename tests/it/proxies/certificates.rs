//! A proxy forwards the certificate of its TLS connection to the API. It forwards no certificate that the client writes
//! into a header.

use auth0_api_core::{ApiClient, CertificateSource, TrustedProxies};
use auth0_api_testing::TestWorld;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Folder, HOST, Identity, Proxy, apache, caddy, haproxy, nginx, serve, shown, skip};

const GUIDE: &str = include_str!("../../../crates/auth0-api-core/src/guide/mtls.md");

#[tokio::test]
async fn nginx_forwards_only_the_certificate_of_its_connection() {
    let (world, folder, header) = (TestWorld::start().await, Folder::new("nginx-certificates"), "X-SSL-Client-Cert");
    let backend = serve(api(&world, CertificateSource::pem_header(header))).await;
    let Some(proxy) = nginx(&folder, backend, &shown(GUIDE, "nginx"), "") else { return skip("nginx") };
    check(&world, &folder, &proxy, header, |identity| identity.pem.replace('\n', "%0A")).await;
}

#[tokio::test]
async fn haproxy_forwards_only_the_certificate_of_its_connection() {
    let (world, folder) = (TestWorld::start().await, Folder::new("haproxy-certificates"));
    let backend = serve(api(&world, CertificateSource::client_cert_header())).await;
    let Some(proxy) = haproxy(&folder, backend, &shown(GUIDE, "`HAProxy`")) else { return skip("haproxy") };
    check(&world, &folder, &proxy, "Client-Cert", |identity| format!(":{}:", STANDARD.encode(&identity.der))).await;
}

#[tokio::test]
async fn apache_forwards_only_the_certificate_of_its_connection() {
    let (world, folder, header) = (TestWorld::start().await, Folder::new("apache-certificates"), "X-SSL-Client-Cert");
    let backend = serve(api(&world, CertificateSource::pem_header(header))).await;
    let host = format!(
        "<VirtualHost *:443>\nServerName {HOST}\nSSLEngine on\nSSLCertificateFile site.pem\n\
         ProxyPass / http://backend/\n{}</VirtualHost>\n",
        shown(GUIDE, "Apache")
    );
    let Some(proxy) = apache(&folder, backend, &host) else { return skip("apache2") };
    check(&world, &folder, &proxy, header, |identity| identity.pem.replace('\n', "%0A")).await;
}

#[tokio::test]
async fn caddy_forwards_only_the_certificate_of_its_connection() {
    let (world, folder) = (TestWorld::start().await, Folder::new("caddy-certificates"));
    let backend = serve(api(&world, CertificateSource::client_cert_header())).await;
    let Some(proxy) = caddy(&folder, backend, &shown(GUIDE, "Caddy")) else { return skip("caddy") };
    check(&world, &folder, &proxy, "Client-Cert", |identity| format!(":{}:", STANDARD.encode(&identity.der))).await;
}

fn api(world: &TestWorld, certificates: CertificateSource) -> ApiClient {
    let proxies = TrustedProxies::networks(["127.0.0.0/8"]).unwrap();
    world.builder().trusted_proxies(proxies).client_certificates(certificates).build().unwrap()
}

/// Checks that the API accepts a token over a connection with the token's certificate, and rejects the token if the
/// client only writes the certificate into a header.
async fn check(world: &TestWorld, folder: &Folder, proxy: &Proxy, header: &str, write: fn(&Identity) -> String) {
    let (own, other) = (Identity::self_signed("client"), Identity::self_signed("other client"));
    let hostile = Identity::hostile(&write(&own));
    let token = world.tenant.mint().bound_to_certificate(&own.der).sign();
    let (mismatch, missing) = ("bound to another client certificate", "client certificate and none was presented");
    for (identity, writes_header, status, text) in [
        (Some(&own), false, 200, "orders"),
        (Some(&other), false, 401, mismatch),
        (Some(&other), true, 401, mismatch),
        (None, false, 401, missing),
        (None, true, 401, missing),
        (Some(&hostile), false, 401, mismatch),
        (Some(&hostile), true, 401, mismatch),
    ] {
        let mut client = proxy.client(folder);
        if let Some(identity) = identity {
            client = client.identity(reqwest::Identity::from_pem(identity.with_key().as_bytes()).unwrap());
        }
        let mut request = client.build().unwrap().get(proxy.url()).bearer_auth(&token);
        if writes_header {
            request = request.header(header, write(&own));
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{text}");
        assert!(response.text().await.unwrap().contains(text), "{text}");
    }
    // The names of a certificate do not change which certificate the proxy forwards.
    let token = world.tenant.mint().bound_to_certificate(&hostile.der).sign();
    let identity = reqwest::Identity::from_pem(hostile.with_key().as_bytes()).unwrap();
    let client = proxy.client(folder).identity(identity).build().unwrap();
    assert_eq!(client.get(proxy.url()).bearer_auth(&token).send().await.unwrap().status(), 200);
}
