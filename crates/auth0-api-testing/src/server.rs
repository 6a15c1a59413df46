//! The tenant's server: accepts connections, serves them, and closes all of them when the tenant is dropped.

use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tower_service::Service as _;

use crate::misbehaviour::{CloseConnection, OnKeptConnection};

/// A running server; dropping it closes the port and every connection.
#[derive(Debug)]
pub(crate) struct Server(Vec<JoinHandle<Infallible>>);

/// What the server speaks on its connections.
#[derive(Clone)]
pub(crate) enum Transport {
    Plain,
    #[cfg(feature = "tls")]
    Tls(tokio_rustls::TlsAcceptor),
}

impl Server {
    pub(crate) fn start(listeners: Vec<TcpListener>, transport: &Transport, router: &Router) -> Self {
        let accept = |listener| tokio::spawn(accept(listener, transport.clone(), router.clone()));
        Self(listeners.into_iter().map(accept).collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// The IP address of the client that sent a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Accepts connections and owns their tasks. When this task is aborted, the `JoinSet` aborts the task of every
/// connection.
async fn accept(listener: TcpListener, transport: Transport, router: Router) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let connection = transport.clone().connect(stream, Peer(peer.ip()), router.clone());
                drop(connections.spawn(connection));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
        // Removes finished connections, so that the set does not grow.
        while connections.try_join_next().is_some() {}
    }
}

impl Transport {
    async fn connect(self, stream: TcpStream, peer: Peer, router: Router) {
        match self {
            Self::Plain => serve(stream, peer, router).await,
            #[cfg(feature = "tls")]
            Self::Tls(acceptor) => {
                // A client that does not trust the certificate ends the handshake. It knows the reason; the tenant does
                // not need it.
                if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_LIMIT, acceptor.accept(stream)).await {
                    serve(stream, peer, router).await;
                }
            }
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: Peer, router: Router) {
    let is_kept = AtomicBool::new(false);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(OnKeptConnection(is_kept.swap(true, Ordering::Relaxed)));
        let mut router = router.clone();
        async move {
            let Ok(response) = router.call(request.map(Body::new)).await;
            // hyper closes the connection when the service returns an error.
            if response.extensions().get::<CloseConnection>().is_some() { Err(ConnectionClosed) } else { Ok(response) }
        }
    });
    // An error means that the client closed the connection early, or that the tenant closed it on purpose. Both are
    // expected.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

/// The error that makes hyper close a connection on purpose.
#[derive(Debug)]
struct ConnectionClosed;

impl fmt::Display for ConnectionClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the local tenant closed the connection on purpose")
    }
}

impl std::error::Error for ConnectionClosed {}

/// The pause after a failed `accept`, for example when no file descriptors are left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A client that connects and sends nothing must not keep its connection for ever.
#[cfg(feature = "tls")]
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);
