//! The certificate of a client reaches the API through a proxy, and nobody else's does.

use auth0_api_core::{ApiClient, CertificateSource, TrustedProxies};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Folder, Identity, Proxy, haproxy, nginx, serve, shown, skip};
use crate::world::World;

const GUIDE: &str = include_str!("../../../crates/auth0-api-core/src/guide/mtls.md");

#[tokio::test]
async fn nginx_passes_on_what_it_has_seen_itself() {
    let (world, folder, header) = (World::new().await, Folder::new("nginx-certificates"), "X-SSL-Client-Cert");
    let backend = serve(api(&world, CertificateSource::pem_header(header))).await;
    let Some(proxy) = nginx(&folder, backend, &shown(GUIDE, "nginx")) else { return skip("nginx") };
    check(&world, &folder, &proxy, header, |identity| identity.pem.replace('\n', "%0A")).await;
}

#[tokio::test]
async fn haproxy_passes_on_what_it_has_seen_itself() {
    let (world, folder) = (World::new().await, Folder::new("haproxy-certificates"));
    let backend = serve(api(&world, CertificateSource::client_cert_header())).await;
    let Some(proxy) = haproxy(&folder, backend, &shown(GUIDE, "`HAProxy`")) else { return skip("haproxy") };
    check(&world, &folder, &proxy, "Client-Cert", |identity| format!(":{}:", STANDARD.encode(&identity.der))).await;
}

fn api(world: &World, certificates: CertificateSource) -> ApiClient {
    let proxies = TrustedProxies::networks(["127.0.0.0/8"]).unwrap();
    world.builder().trusted_proxies(proxies).client_certificates(certificates).build().unwrap()
}

/// Who has the certificate gets in with the token; who only says so in the header does not.
async fn check(world: &World, folder: &Folder, proxy: &Proxy, header: &str, write: fn(&Identity) -> String) {
    let (ours, theirs) = (Identity::self_signed("client"), Identity::self_signed("other client"));
    let token = world.tenant.mint().bound_to_certificate(&ours.der).sign();
    let (mismatch, missing) = ("bound to another client certificate", "client certificate and none was presented");
    for (identity, claims_ours, status, told) in [
        (Some(&ours), false, 200, "orders"),
        (Some(&theirs), false, 401, mismatch),
        (Some(&theirs), true, 401, mismatch),
        (None, false, 401, missing),
        (None, true, 401, missing),
    ] {
        let mut client = proxy.client(folder);
        if let Some(identity) = identity {
            client = client.identity(reqwest::Identity::from_pem(identity.with_key().as_bytes()).unwrap());
        }
        let mut request = client.build().unwrap().get(proxy.url()).bearer_auth(&token);
        if claims_ours {
            request = request.header(header, write(&ours));
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{told}");
        assert!(response.text().await.unwrap().contains(told), "{told}");
    }
}
