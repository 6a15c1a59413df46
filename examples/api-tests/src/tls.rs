//! A tenant over TLS: the API trusts the certificate that `SSL_CERT_FILE` names, also through a proxy.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_api_testing::LocalTenant;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::process::{PRIVATE, Process, header};
use crate::temporary_file;

pub async fn the_api_trusts_the_certificate_of_ssl_cert_file() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let tenant = LocalTenant::builder().host("localhost").tls().start().await.unwrap();
    let file = certificate_file(&tenant, "ca.pem");
    let bearer = format!("Bearer {}", tenant.mint().sign());
    for (settings, status) in [(&[("SSL_CERT_FILE", file.to_str().unwrap())][..], 200), (&[], 503)] {
        let api = Process::start(&tenant, settings).await;
        assert_eq!(api.get(PRIVATE, &[("authorization", &bearer)]).await.status(), status, "{settings:?}");
    }
    std::fs::remove_file(&file).unwrap();
}

pub async fn the_api_reaches_its_tenant_through_a_proxy_unless_no_proxy_names_the_tenant() {
    if !cfg!(target_os = "linux") {
        return;
    }
    // Nobody but the proxy can reach this host.
    let tenant = LocalTenant::builder().public_url("https://tenant.example").tls().start().await.unwrap();
    let (proxy, tunnels) = proxy_to(tenant.local_url().rsplit_once('/').unwrap().1.to_owned()).await;
    let file = certificate_file(&tenant, "proxy-ca.pem");
    let bearer = format!("Bearer {}", tenant.mint().sign());
    for (no_proxy, is_used) in
        [("", true), ("tenant.example", false), ("other.example, 10.0.0.0/8", true), (".example", false)]
    {
        let before = tunnels.load(Ordering::SeqCst);
        let settings = [("HTTPS_PROXY", &*proxy), ("SSL_CERT_FILE", file.to_str().unwrap()), ("NO_PROXY", no_proxy)];
        let api = Process::start(&tenant, &settings).await;
        let answered = api.get(PRIVATE, &[("authorization", &bearer)]).await;
        assert_eq!(answered.status(), if is_used { 200 } else { 503 }, "{no_proxy}: {}", api.log());
        assert_eq!(tunnels.load(Ordering::SeqCst) > before, is_used, "{no_proxy}");
    }
    std::fs::remove_file(&file).unwrap();
}

/// Writes the certificate that the tenant's clients must trust, and returns the path of the file.
fn certificate_file(tenant: &LocalTenant, name: &str) -> PathBuf {
    let file = temporary_file(name);
    std::fs::write(&file, tenant.ca_certificate().unwrap()).unwrap();
    file
}

/// Starts a proxy for `CONNECT tenant.example:443` that tunnels to this address. Returns its URL and the count of tunnels.
async fn proxy_to(address: String) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let tunnels = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tunnels);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(tunnel(client, address.clone()));
        }
    });
    (url, tunnels)
}

async fn tunnel(client: TcpStream, address: String) {
    let mut client = BufReader::new(client);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && client.read_line(&mut head).await.unwrap() > 0 {}
    assert!(head.starts_with("CONNECT tenant.example:443 HTTP/1.1\r\n"), "{head}");
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    let mut server = TcpStream::connect(address).await.unwrap();
    _ = copy_bidirectional(&mut client, &mut server).await;
}

pub async fn pages_of_this_machine_may_call_the_api_of_a_local_tenant_with_tls() {
    let tenant = LocalTenant::builder().host("localhost").tls().start().await.unwrap();
    let api = Process::start(&tenant, &[]).await;
    for (origin, allowed) in [("http://localhost:5173", true), ("https://app.example.com", false)] {
        let answer = api.get("/api/public", &[("origin", origin)]).await;
        assert_eq!(!header(&answer, "access-control-allow-origin").is_empty(), allowed, "{origin}");
    }
}
