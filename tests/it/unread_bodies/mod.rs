//! Requests that are rejected before their body has arrived: the connection stays usable.

mod client;
mod direct;
mod proxied;

use std::net::{Ipv4Addr, SocketAddr};

use auth0_api_axum::AuthLayer;
use auth0_api_core::ApiClient;
use axum::Router;
use axum::routing::post;
use client::KeepAlive;
use tokio::net::TcpListener;

/// The sizes of the bodies, in octets.
const SIZES: [usize; 4] = [2_000, 20_000, 300_000, 950_000];

/// How many requests a test sends with each size.
const REQUESTS: usize = 300;

/// Serves an axum router behind the layer. The router never reads a body.
async fn axum(api: ApiClient) -> SocketAddr {
    let app = Router::new().route("/orders", post(|| async { "orders" })).layer(AuthLayer::new(api));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Serves the same API with actix-web.
fn actix(api: ApiClient) -> SocketAddr {
    use actix_web::{App, HttpServer, rt, web};
    use auth0_api_actix::Auth;

    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let app = move || App::new().route("/orders", web::post().to(|| async { "orders" })).wrap(Auth::new(api.clone()));
    let server = move || HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    std::thread::spawn(move || rt::System::new().block_on(server()));
    address
}

/// Sends requests without a token, and returns what went wrong with each size of the body.
async fn broken(server: SocketAddr) -> Vec<String> {
    let mut broken = Vec::new();
    for size in SIZES {
        let (mut client, body) = (KeepAlive::new(server), vec![b'x'; size]);
        let lines = format!("content-type: application/octet-stream\r\ncontent-length: {size}\r\n");
        let mut failures = Vec::new();
        for _ in 0..REQUESTS {
            match client.post(&lines, &body).await {
                Ok(answer) if answer.status == 401 => (),
                other => failures.push(format!("{other:?}")),
            }
        }
        if let Some(last) = failures.last() {
            broken.push(format!("{} of {REQUESTS} with {size} octets, the last: {last}", failures.len()));
        }
    }
    broken
}
