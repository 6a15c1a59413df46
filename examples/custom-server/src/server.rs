//! Connections: accepted and served, one task each.

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
            Ok((stream, peer)) => drop(tokio::spawn(converse(stream, peer.ip(), Arc::clone(&app)))),
            // No file left, most often: until another connection has ended.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn converse(stream: TcpStream, peer: IpAddr, app: Arc<App>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let app = Arc::clone(&app);
        async move {
            let (parts, _) = request.into_parts();
            Ok::<_, Infallible>(app.answer(&parts, peer).await)
        }
    });
    // The timer gives up clients that are slow with their headers. One that leaves early is no event.
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    drop(connection.await);
}

const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
