//! WebSockets over sockets.

#![expect(clippy::panic, reason = "a test stops where it fails")]

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::servers::{Api, both};
use super::{HOUR, Mode, with_switch, within};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(api: &Api, token: &str) -> Socket {
    let mut request = format!("ws://{}/socket", api.address).into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    within(connect_async(request)).await.unwrap().0
}

async fn exchange(socket: &mut Socket, text: &str) {
    within(socket.send(Message::text(text))).await.unwrap();
    assert_eq!(within(socket.next()).await.unwrap().unwrap(), Message::text(text));
}

/// Reads the close frame, completes the closing handshake, and reads the end of the connection.
async fn assert_closed(api: &Api, mut socket: Socket, code: CloseCode, reason: &str) {
    let closed = within(socket.next()).await.unwrap().unwrap();
    let frame = CloseFrame { code, reason: reason.into() };
    assert_eq!(closed, Message::Close(Some(frame)), "{}", api.name);
    match within(socket.next()).await {
        None | Some(Err(Error::ConnectionClosed)) => {}
        other => panic!("{}: {other:?}", api.name),
    }
}

#[tokio::test]
async fn a_web_socket_is_closed_when_its_token_expires() {
    let (world, _) = with_switch().await;
    for api in both(&world.api).await {
        let mut socket = open(&api, &world.tenant.mint().expires_in(HOUR).sign()).await;
        exchange(&mut socket, "one").await;
        world.pass(3599);
        exchange(&mut socket, "two").await;
        world.pass(1);
        assert_closed(&api, socket, CloseCode::Policy, "the access token has expired").await;
    }
}

#[tokio::test]
async fn a_web_socket_is_closed_within_an_interval_after_its_token_is_revoked() {
    let (world, switch) = with_switch().await;
    for api in both(&world.api).await {
        switch.set(Mode::Valid);
        let mut socket = open(&api, &world.tenant.mint().sign()).await;
        world.pass(10);
        exchange(&mut socket, "one").await;
        switch.set(Mode::Revoked);
        world.pass(10);
        assert_closed(&api, socket, CloseCode::Policy, "the access token was revoked").await;
    }
}

#[tokio::test]
async fn a_web_socket_whose_revocation_list_stays_unavailable_is_closed_without_blame() {
    let (world, switch) = with_switch().await;
    for api in both(&world.api).await {
        switch.set(Mode::Valid);
        let mut socket = open(&api, &world.tenant.mint().sign()).await;
        switch.set(Mode::Failing);
        switch.asked();
        world.pass(10);
        // The echo may overtake the question, so wait until it was asked.
        within(async {
            while switch.asked() == 0 {
                exchange(&mut socket, "one").await;
            }
        })
        .await;
        exchange(&mut socket, "two").await;
        world.pass(60);
        assert_closed(&api, socket, CloseCode::Error, "the list of revoked tokens is unavailable").await;
    }
}

#[tokio::test]
async fn a_web_socket_opens_with_a_token_only() {
    let (world, _) = with_switch().await;
    for api in both(&world.api).await {
        let url = format!("ws://{}/socket", api.address);
        let Err(Error::Http(rejected)) = within(connect_async(&url)).await else { panic!("{}", api.name) };
        assert_eq!(rejected.status(), 401, "{}", api.name);
        assert_eq!(rejected.headers().get_all("www-authenticate").iter().count(), 2, "{}", api.name);
    }
}

/// A client that neither reads nor answers the close frame holds nothing.
#[tokio::test]
async fn a_client_that_does_not_answer_the_close_frame_loses_its_connection() {
    use tokio::io::AsyncReadExt as _;

    let (world, _) = with_switch().await;
    let [api, _] = both(&world.api).await;
    let mut socket = open(&api, &world.tenant.mint().expires_in(HOUR).sign()).await;
    exchange(&mut socket, "one").await;
    world.pass(3600);
    // The raw connection: it reads the octets of the close frame, and answers nothing.
    let MaybeTlsStream::Plain(stream) = socket.get_mut() else { panic!("TLS") };
    let mut head = [0; 2];
    within(stream.read_exact(&mut head)).await.unwrap();
    assert_eq!(head[0], 0x88, "a close frame");
    // tokio skips the two seconds that the server waits for the answer.
    tokio::time::pause();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, [&1008_u16.to_be_bytes()[..], b"the access token has expired"].concat());
}
