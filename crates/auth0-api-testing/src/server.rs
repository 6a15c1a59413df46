//! Connections: accepted, served, cut on command, and all gone when the tenant is.

use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tower_service::Service as _;

use crate::misbehaviour::HangUp;

/// A running server; dropping it closes the port and every connection.
#[derive(Debug)]
pub(crate) struct Server(JoinHandle<Infallible>);

impl Server {
    pub(crate) fn start(listener: TcpListener, router: Router) -> Self {
        Self(tokio::spawn(accept(listener, router)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Who a request comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Owns the connections, so that they end with it.
async fn accept(listener: TcpListener, router: Router) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => drop(connections.spawn(serve(stream, Peer(peer.ip()), router.clone()))),
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, peer: Peer, router: Router) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let mut router = router.clone();
        async move {
            let Ok(response) = router.call(request.map(Body::new)).await;
            // hyper closes the connection when a service fails.
            if response.extensions().get::<HangUp>().is_some() { Err(HungUp) } else { Ok(response) }
        }
    });
    // A client that leaves early is no event.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

/// The connection is closed on purpose.
#[derive(Debug)]
struct HungUp;

impl fmt::Display for HungUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the local tenant hung up, as it was told to")
    }
}

impl std::error::Error for HungUp {}

/// Until another process has closed some files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
