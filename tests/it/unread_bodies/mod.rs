//! Requests that are rejected before their body has arrived: the connection stays usable.

mod client;
mod direct;
mod http_2;
mod proxied;
mod unfinished;

use std::net::{Ipv4Addr, SocketAddr};

use auth0_api_axum::{AuthLayer, HandlerError, Scoped, Token, guard};
use auth0_api_core::{ApiClient, Requirement};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use client::KeepAlive;
use http_2::Client;
use tokio::net::TcpListener;

/// The sizes of the bodies, in octets.
const SIZES: [usize; 4] = [2_000, 20_000, 300_000, 950_000];

/// What rejects a request: each has a path of its own.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// The middleware around all routes, because there is no token.
    Layer,
    /// The middleware of a single route.
    Require,
    /// An extractor in the handler's arguments.
    Extractor,
    /// An error that the handler returns.
    Handler,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Layer, Self::Require, Self::Extractor, Self::Handler];

    /// How many requests a test sends with each size.
    fn requests(self) -> usize {
        if matches!(self, Self::Layer) { 300 } else { 30 }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Layer => "/layer",
            Self::Require => "/require",
            Self::Extractor => "/extractor",
            Self::Handler => "/handler",
        }
    }

    fn status(self) -> u16 {
        if matches!(self, Self::Layer) { 401 } else { 403 }
    }

    /// Returns the credentials: a token without any scope, except for the layer.
    fn credentials(self, world: &TestWorld) -> String {
        if matches!(self, Self::Layer) {
            "Bearer none".to_owned()
        } else {
            format!("Bearer {}", world.tenant.mint().sign())
        }
    }
}

guard!(Admins = Requirement::scope("admin"));

/// Serves an axum router behind the layer. The router never reads a body.
async fn axum(api: ApiClient) -> SocketAddr {
    let auth = AuthLayer::new(api);
    let handler =
        |Token(token): Token| async move { Ok::<_, HandlerError>(Requirement::scope("admin").check(&token)?) };
    let app = Router::new()
        .route("/layer", post(|| async {}))
        .route("/require", post(|| async {}).layer(auth.require(Requirement::scope("admin"))))
        .route("/extractor", post(|_: Scoped<Admins>| async {}))
        .route("/handler", post(handler))
        .layer(auth);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Serves the same API with actix-web.
fn actix(api: ApiClient) -> SocketAddr {
    use actix_web::{App, HttpServer, rt, web};
    use auth0_api_actix::{Auth, HandlerError, Scoped, Token};

    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let handler = |Token(token): Token| async move {
        let checked = Requirement::scope("admin").check(&token);
        checked.map(|()| "admin").map_err(HandlerError::from)
    };
    let app = move || {
        let auth = Auth::new(api.clone());
        let required = web::resource("/require").wrap(auth.require(Requirement::scope("admin")));
        App::new()
            .route("/layer", web::post().to(|| async { "" }))
            .service(required.route(web::post().to(|| async { "" })))
            .route("/extractor", web::post().to(|_: Scoped<Admins>| async { "" }))
            .route("/handler", web::post().to(handler))
            .wrap(auth)
    };
    let server = move || HttpServer::new(app).workers(1).disable_signals().listen_auto_h2c(listener).unwrap().run();
    std::thread::spawn(move || rt::System::new().block_on(server()));
    address
}

/// How a client marks the end of a body over HTTP/1.1.
#[derive(Clone, Copy, Debug)]
enum Framing {
    Chunks,
    Length,
}

impl Framing {
    const BOTH: [Self; 2] = [Self::Chunks, Self::Length];

    /// Returns the header line and the octets of a body.
    fn body(self, size: usize) -> (String, Vec<u8>) {
        let content = vec![b'x'; size];
        match self {
            Self::Chunks => {
                let chunk = |part: &[u8]| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
                let chunks: Vec<u8> = content.chunks(10_000).flat_map(chunk).collect();
                ("transfer-encoding: chunked\r\n".to_owned(), [&chunks, b"0\r\n\r\n".as_slice()].concat())
            }
            Self::Length => (format!("content-length: {size}\r\n"), content),
        }
    }
}

/// Sends requests over HTTP/1.1 that are rejected, and returns what went wrong with each size of the body.
async fn broken(server: SocketAddr, kind: Kind, framing: Framing, world: &TestWorld) -> Vec<String> {
    let mut broken = Vec::new();
    for size in SIZES {
        let (mut client, (line, body)) = (KeepAlive::new(server), framing.body(size));
        let lines = format!("authorization: {}\r\n{line}", kind.credentials(world));
        let mut failures = Failures::default();
        for _ in 0..kind.requests() {
            failures.count(&client.post(kind.path(), &lines, &body).await.map(|answer| answer.status), kind);
        }
        broken.extend(failures.report(size));
    }
    broken
}

/// Sends the same requests over HTTP/2.
async fn broken_over_http_2(server: SocketAddr, kind: Kind, world: &TestWorld) -> Vec<String> {
    let (mut client, mut broken) = (Client::connect(server).await, Vec::new());
    for size in SIZES {
        let body = Bytes::from(vec![b'x'; size]);
        let mut failures = Failures::default();
        for _ in 0..kind.requests() {
            failures.count(&client.post(kind.path(), &kind.credentials(world), body.clone()).await, kind);
        }
        broken.extend(failures.report(size));
    }
    broken
}

/// The requests that were not answered as they should be.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn count<E: std::fmt::Debug>(&mut self, outcome: &Result<u16, E>, kind: Kind) {
        if !matches!(outcome, Ok(status) if *status == kind.status()) {
            self.0.push(format!("{outcome:?}"));
        }
    }

    fn report(self, size: usize) -> Option<String> {
        let last = self.0.last()?;
        Some(format!("{} with {size} octets, the last: {last}", self.0.len()))
    }
}
