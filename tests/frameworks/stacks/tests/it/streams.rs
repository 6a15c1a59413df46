//! WebSocket, server-sent events and multipart bodies, over sockets.

use std::convert::Infallible;
use std::net::SocketAddr;

use auth0_api_axum::Token;
use axum::Router;
use axum::extract::Multipart;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use axum::routing::{any, get, post};
use futures_util::{SinkExt as _, StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message as ClientMessage};

use crate::world::{World, within};

async fn serve(world: &World) -> SocketAddr {
    let app = Router::new()
        .route("/socket", any(socket))
        .route("/events", get(events))
        .route("/upload", post(upload))
        .layer(world.layer());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn socket(Token(token): Token, upgrade: WebSocketUpgrade) -> Response {
    let subject = token.subject().unwrap_or_default().to_owned();
    upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(Message::Text(text))) = socket.recv().await {
            _ = socket.send(Message::Text(format!("{subject}: {text}").into())).await;
        }
    })
}

async fn events(_: Token) -> Sse<impl stream::Stream<Item = Result<Event, Infallible>>> {
    Sse::new(stream::iter([Ok(Event::default().data("one")), Ok(Event::default().data("two"))]))
}

async fn upload(_: Token, mut parts: Multipart) -> String {
    let mut names = Vec::new();
    while let Some(part) = parts.next_field().await.unwrap() {
        names.push(part.name().unwrap_or_default().to_owned());
    }
    names.join(",")
}

#[tokio::test]
async fn a_web_socket_opens_with_a_token_only() {
    let world = World::start().await;
    let url = format!("ws://{}/socket", serve(&world).await);
    let Err(Error::Http(rejected)) = within(connect_async(&url)).await else { panic!("opened without a token") };
    assert_eq!(rejected.status(), 401);
    assert_eq!(rejected.headers().get_all("www-authenticate").iter().count(), 2);

    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("authorization", world.authorization().parse().unwrap());
    let (mut socket, _) = within(connect_async(request)).await.unwrap();
    within(socket.send(ClientMessage::text("hello"))).await.unwrap();
    assert_eq!(within(socket.next()).await.unwrap().unwrap().into_text().unwrap(), "auth0|local-user: hello");
}

#[tokio::test]
async fn events_and_uploads_need_a_token() {
    let world = World::start().await;
    let address = serve(&world).await;
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n";
    for (method, path, body, expected) in [("GET", "/events", "", "data: two"), ("POST", "/upload", form, "file")] {
        for (authorization, status) in [(String::new(), "401"), (world.authorization(), "200")] {
            let answer = within(send(address, method, path, &authorization, body)).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
            assert_eq!(answer.contains(expected), status == "200", "{answer}");
        }
    }
}

async fn send(address: SocketAddr, method: &str, path: &str, authorization: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let authorization =
        if authorization.is_empty() { String::new() } else { format!("Authorization: {authorization}\r\n") };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{authorization}Connection: close\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
