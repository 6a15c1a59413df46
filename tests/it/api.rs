//! An axum API on a free port, and a client that can also send malformed requests.

use std::net::{Ipv4Addr, SocketAddr};

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_core::{ApiClient, Requirement};
use axum::Router;
use axum::routing::{any, get};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A running API. The server stops when the runtime of the test ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Api {
    address: SocketAddr,
}

/// A response as it was received.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Api {
    /// Serves the usual [`routes`] with this client.
    pub(crate) async fn start(api: &ApiClient) -> Self {
        Self::serve(routes(&AuthLayer::new(api.clone()))).await
    }

    pub(crate) async fn serve(app: Router) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a GET with a `Host` line and these header lines.
    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let authority = self.authority();
        self.send("GET", path, &[&[("Host", authority.as_str())], headers].concat()).await
    }

    /// Sends this method, target and header lines over HTTP/1.1 without checks or changes, and adds `Connection:
    /// close`.
    pub(crate) async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        let lines = headers.iter().map(|(name, value)| format!("{name}: {value}"));
        let lines: Vec<_> = std::iter::once(format!("{method} {target} HTTP/1.1")).chain(lines).collect();
        let request = format!("{}\r\nConnection: close\r\n\r\n", lines.join("\r\n"));
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        Answer::read(&response)
    }
}

impl Answer {
    fn read(response: &str) -> Self {
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap()).map(|(name, value)| (name.into(), value.into()));
        Self { status, headers: headers.collect(), body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    /// Returns the status, every header line in its order, an empty line, and the body, without the headers that a
    /// server adds to each response.
    pub(crate) fn lines(&self) -> Vec<String> {
        let transport = ["connection", "content-length", "date"];
        let headers = self.headers.iter().filter(|(name, _)| !transport.contains(&name.as_str()));
        let headers = headers.map(|(name, value)| format!("{name}: {value}"));
        let body = [String::new(), self.body.clone()];
        std::iter::once(self.status.to_string()).chain(headers).chain(body).collect()
    }
}

/// One route of each kind: public, protected, scoped, optional, nested.
pub(crate) fn routes(auth: &AuthLayer) -> Router {
    let reading = auth.require(Requirement::scopes(["read:messages", "read:drafts"]));
    let protected = Router::new()
        .route("/api/private", any(private))
        .route("/wild/{*rest}", get(private))
        .route("/api/private-scoped", get(private).route_layer(reading))
        .layer(auth.clone());
    let optional = Router::new().route("/api/optional", get(optional)).layer(auth.clone().optional());
    let nested = Router::new().route("/private", get(private)).layer(auth.clone());
    Router::new()
        .route("/api/public", get(|| async { "public" }))
        .merge(protected)
        .merge(optional)
        .nest("/nested", nested)
}

async fn private(Token(token): Token) -> String {
    token.subject().unwrap_or("no subject").to_owned()
}

async fn optional(token: Option<Token>) -> String {
    token.and_then(|token| token.subject().map(ToOwned::to_owned)).unwrap_or("anonymous".to_owned())
}
