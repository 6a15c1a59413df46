//! How a page hands over its token to a WebSocket: the ways of the guide, with axum.

#![expect(clippy::panic, reason = "a test stops where it fails")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use auth0_api_axum::close_socket;
use auth0_api_core::{ApiClient, Error, TokenRequest, VerifiedToken};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message as ServerMessage, WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use futures_util::{SinkExt as _, StreamExt as _};
use http::HeaderMap;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error as ClientError, Message};

use super::{HOUR, within};

const SOCKET_URL: &str = "https://api.example.com/first";

async fn serve(api: ApiClient) -> SocketAddr {
    let app = Router::new().route("/first", any(first)).route("/protocol", any(protocol)).with_state(api);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn first(State(api): State<ApiClient>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message_size(16 * 1024).on_upgrade(async move |mut socket| {
        let first = tokio::time::timeout(Duration::from_secs(5), socket.recv()).await;
        let Ok(Some(Ok(ServerMessage::Text(text)))) = first else {
            return close(socket, 1008, "no access token").await;
        };
        let admitted = match text.split_once(' ') {
            Some((token, proof)) => with_proof(&api, token, proof).await,
            None => api.verify_access_token(&text).await,
        };
        match admitted {
            Ok(token) => talk(&api, &token, socket).await,
            Err(error) => close(socket, if error.status() >= 500 { 1011 } else { 1008 }, error.label()).await,
        }
    })
}

async fn protocol(State(api): State<ApiClient>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    let protocols = headers.get("sec-websocket-protocol").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut tokens = protocols.split(',').filter_map(|protocol| protocol.trim().strip_prefix("access_token."));
    let token = tokens.next().filter(|_| tokens.next().is_none()).unwrap_or_default();
    match api.verify_access_token(token).await {
        Ok(token) => upgrade.protocols(["app.v1"]).on_upgrade(async move |socket| talk(&api, &token, socket).await),
        Err(error) => http::Response::<String>::from(&api.reject(&error)).into_response(),
    }
}

async fn with_proof(api: &ApiClient, token: &str, proof: &str) -> Result<VerifiedToken, Error> {
    let authorization = format!("DPoP {token}");
    let headers = [("authorization", authorization.as_str()), ("dpop", proof)];
    api.verify_request(&TokenRequest::new("GET", SOCKET_URL, &headers)).await
}

/// Greets the user and waits for the end.
async fn talk(api: &ApiClient, token: &VerifiedToken, mut socket: WebSocket) {
    let greet = async {
        _ = socket.send(ServerMessage::text(token.subject().unwrap_or_default())).await;
        std::future::pending::<()>().await;
    };
    let Err(ended) = api.until_ended(token).limit(greet).await else { return };
    close_socket(socket, ended).await;
}

async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    _ = socket.send(ServerMessage::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
}

/// Sends a first message, and returns what the server sends.
async fn answers(to: SocketAddr, first: &str) -> Vec<String> {
    let (mut socket, _) = within(connect_async(format!("ws://{to}/first"))).await.unwrap();
    within(socket.send(Message::text(first))).await.unwrap();
    vec![shown(&within(socket.next()).await.unwrap().unwrap())]
}

fn shown(message: &Message) -> String {
    match message {
        Message::Text(text) => text.to_string(),
        Message::Close(Some(frame)) => format!("{} {}", u16::from(frame.code), frame.reason),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn a_first_message_with_a_token_opens_the_conversation_until_the_token_ends() {
    let world = TestWorld::start().await;
    let to = serve(world.api.clone()).await;
    let (mut socket, _) = within(connect_async(format!("ws://{to}/first"))).await.unwrap();
    within(socket.send(Message::text(world.tenant.mint().expires_in(HOUR).sign()))).await.unwrap();
    assert_eq!(shown(&within(socket.next()).await.unwrap().unwrap()), "auth0|local-user");
    world.pass(3600);
    assert_eq!(shown(&within(socket.next()).await.unwrap().unwrap()), "1008 the access token has expired");
}

#[tokio::test]
async fn a_first_message_without_a_valid_token_closes_the_connection() {
    let world = TestWorld::start().await;
    let to = serve(world.api.clone()).await;
    let bound = world.tenant.token_holder();
    let expired = world.tenant.mint().expires_at(world.now()).sign();
    for (first, expected) in [
        ("hello", "1008 token_opaque"),
        (expired.as_str(), "1008 token_expired"),
        (bound.token.as_str(), "1008 dpop_downgrade"),
    ] {
        assert_eq!(answers(to, first).await, [expected]);
    }
}

#[tokio::test]
async fn a_first_message_with_a_bound_token_and_its_proof_opens_the_conversation() {
    let world = TestWorld::start().await;
    let to = serve(world.api.clone()).await;
    let holder = world.tenant.token_holder();
    let proof = holder.proof("GET", SOCKET_URL).sign();
    let first = format!("{} {proof}", holder.token);
    assert_eq!(answers(to, &first).await, ["auth0|local-user"]);
    assert_eq!(answers(to, &first).await, ["1008 dpop_replayed"]);
    let elsewhere = holder.proof("GET", "https://api.example.com/other").sign();
    assert_eq!(answers(to, &format!("{} {elsewhere}", holder.token)).await, ["1008 dpop_htu_mismatch"]);
}

#[tokio::test]
async fn a_connection_without_a_first_message_is_closed_after_five_seconds() {
    let world = TestWorld::start().await;
    let to = serve(world.api.clone()).await;
    let (mut socket, _) = within(connect_async(format!("ws://{to}/first"))).await.unwrap();
    tokio::time::pause();
    assert_eq!(shown(&socket.next().await.unwrap().unwrap()), "1008 no access token");
}

#[tokio::test]
async fn a_token_in_a_subprotocol_is_verified_before_the_upgrade_and_not_sent_back() {
    let world = TestWorld::start().await;
    let to = serve(world.api.clone()).await;
    let token = world.tenant.mint().sign();
    let connect = async |protocols: &str| {
        let mut request = format!("ws://{to}/protocol").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
        within(connect_async(request)).await
    };
    let (mut socket, response) = connect(&format!("app.v1, access_token.{token}")).await.unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], "app.v1");
    assert_eq!(shown(&within(socket.next()).await.unwrap().unwrap()), "auth0|local-user");
    for (protocols, status) in [
        ("app.v1".to_owned(), 401),
        (format!("app.v1, access_token.{token}, access_token.{token}"), 401),
        (format!("app.v1, access_token.{}", world.tenant.mint().audience("https://other.example.com").sign()), 401),
    ] {
        let Err(ClientError::Http(rejected)) = connect(&protocols).await else { panic!("{protocols}") };
        assert_eq!(rejected.status(), status, "{protocols}");
    }
}
