//! Reverse proxies that keep their connections to the server, and a client that keeps its connection to the proxy.

use std::net::SocketAddr;

use auth0_api_testing::{TestWorld, free_address};

use super::{Framing, Kind, actix, axum, broken};
use crate::proxies::{Folder, Proxy, skip};

#[tokio::test]
async fn nginx_keeps_its_connections_to_axum() {
    behind("nginx", nginx, Backend::Axum).await;
}

#[tokio::test]
async fn haproxy_keeps_its_connections_to_axum() {
    behind("haproxy", haproxy, Backend::Axum).await;
}

#[tokio::test]
async fn haproxy_keeps_its_http_2_connections_to_axum() {
    behind("haproxy", haproxy_with_http_2, Backend::Axum).await;
}

#[tokio::test]
async fn apache_keeps_its_connections_to_axum() {
    behind("apache2", apache, Backend::Axum).await;
}

#[tokio::test]
async fn caddy_keeps_its_connections_to_axum() {
    behind("caddy", caddy, Backend::Axum).await;
}

#[tokio::test]
async fn caddy_keeps_its_http_2_connections_to_axum() {
    behind("caddy", caddy_with_http_2, Backend::Axum).await;
}

#[tokio::test]
async fn nginx_keeps_its_connections_to_actix() {
    behind("nginx", nginx, Backend::Actix).await;
}

#[tokio::test]
async fn haproxy_keeps_its_connections_to_actix() {
    behind("haproxy", haproxy, Backend::Actix).await;
}

#[tokio::test]
async fn apache_keeps_its_connections_to_actix() {
    behind("apache2", apache, Backend::Actix).await;
}

#[tokio::test]
async fn caddy_keeps_its_connections_to_actix() {
    behind("caddy", caddy, Backend::Actix).await;
}

#[derive(Clone, Copy, Debug)]
enum Backend {
    Actix,
    Axum,
}

async fn behind(program: &str, start: fn(&Folder, SocketAddr) -> Option<Proxy>, backend: Backend) {
    let (world, folder) = (TestWorld::start().await, Folder::new("bodies"));
    let server = match backend {
        Backend::Actix => actix(world.api.clone()),
        Backend::Axum => axum(world.api.clone()).await,
    };
    let Some(proxy) = start(&folder, server) else { return skip(program) };
    for framing in Framing::BOTH {
        assert_eq!(broken(proxy.address, Kind::Layer, framing, &world).await, [] as [String; 0], "{framing:?}");
    }
}

fn nginx(folder: &Folder, backend: SocketAddr) -> Option<Proxy> {
    let (address, path) = (free_address(), folder.path.display());
    let settings = format!(
        "pid {path}/pid; error_log {path}/errors; events {{}}
        http {{
            access_log off; client_body_temp_path {path}/body; proxy_temp_path {path}/proxy;
            fastcgi_temp_path {path}/fastcgi; uwsgi_temp_path {path}/uwsgi; scgi_temp_path {path}/scgi;
            upstream backend {{ server {backend}; keepalive 8; }}
            server {{
                listen {address};
                location / {{
                    proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection \"\";
                }}
            }}
        }}"
    );
    Proxy::nginx(folder, address, &settings)
}

fn haproxy(folder: &Folder, backend: SocketAddr) -> Option<Proxy> {
    haproxy_to(folder, &backend.to_string())
}

fn haproxy_with_http_2(folder: &Folder, backend: SocketAddr) -> Option<Proxy> {
    haproxy_to(folder, &format!("{backend} proto h2"))
}

fn haproxy_to(folder: &Folder, backend: &str) -> Option<Proxy> {
    let address = free_address();
    let settings = format!(
        "defaults\nmode http\ntimeout connect 5s\ntimeout client 5s\ntimeout server 5s\nhttp-reuse always\n\
         frontend site\nbind {address}\ndefault_backend api\n\
         backend api\nserver api {backend}\n"
    );
    Proxy::haproxy(folder, address, &settings)
}

fn apache(folder: &Folder, backend: SocketAddr) -> Option<Proxy> {
    let address = free_address();
    Proxy::apache(folder, address, &format!("ProxyPass / http://{backend}/"))
}

fn caddy(folder: &Folder, backend: SocketAddr) -> Option<Proxy> {
    caddy_to(folder, &backend.to_string())
}

fn caddy_with_http_2(folder: &Folder, backend: SocketAddr) -> Option<Proxy> {
    caddy_to(folder, &format!("h2c://{backend}"))
}

fn caddy_to(folder: &Folder, backend: &str) -> Option<Proxy> {
    let address = free_address();
    Proxy::caddy(
        folder,
        address,
        &format!("http://:{} {{\nbind 127.0.0.1\nreverse_proxy {backend}\n}}\n", address.port()),
    )
}
