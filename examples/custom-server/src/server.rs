//! Accepts connections and serves each connection in a separate task.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use crate::routes::App;

pub(crate) async fn serve(listener: TcpListener, app: Arc<App>) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => drop(tokio::spawn(serve_connection(stream, peer.ip(), Arc::clone(&app)))),
            // The usual reason is that the process has no free file descriptor. A descriptor becomes free when another
            // connection ends, so the server waits and tries again.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn serve_connection(stream: TcpStream, peer: IpAddr, app: Arc<App>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let app = Arc::clone(&app);
        async move {
            let (parts, _) = request.into_parts();
            Ok::<_, Infallible>(app.answer(&parts, peer).await)
        }
    });
    // The timer lets hyper close connections whose client sends its headers too slowly. An error, such as a client that
    // disconnects early, needs no action.
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    drop(connection.await);
}

/// The pause after a failed `accept`.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
