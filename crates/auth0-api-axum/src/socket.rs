//! Closes a WebSocket of axum whose token has ended.

use std::time::Duration;

use auth0_api_core::long_connection::Ended;
use axum::extract::ws::{CloseFrame, Message, WebSocket};

/// Closes a WebSocket whose token has ended, with the [code](Ended::close_code) and the reason of the end.
///
/// It sends the close frame, and waits for that of the client, at most 2 s in total. Then it drops the WebSocket. Over
/// HTTP/1.1, this ends the connection, also if the client reads nothing
/// ([RFC 6455 §7.1.1](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1)).
///
/// Over HTTP/2, the stream of a client that reads nothing stays open until the client resets it or the connection ends: see
/// [the guide](auth0_api_core::guide::long_connections#clients-that-do-not-read).
///
/// ```
/// use auth0_api_axum::{TokenEnd, close_socket};
/// use axum::extract::ws::{WebSocket, WebSocketUpgrade};
/// use axum::response::Response;
///
/// async fn socket(
///     TokenEnd(mut until_ended): TokenEnd,
///     upgrade: WebSocketUpgrade,
/// ) -> Response {
///     upgrade.on_upgrade(async move |mut socket| {
///         if let Err(ended) = until_ended.limit(talk(&mut socket)).await {
///             close_socket(socket, ended).await;
///         }
///     })
/// }
///
/// async fn talk(socket: &mut WebSocket) {
///     while let Some(Ok(message)) = socket.recv().await {
///         _ = socket.send(message).await;
///     }
/// }
/// # _ = axum::Router::<()>::new().route("/socket", axum::routing::any(socket));
/// ```
pub async fn close_socket(mut socket: WebSocket, ended: Ended) {
    let frame = CloseFrame { code: ended.close_code(), reason: ended.to_string().into() };
    let close = async {
        // If the server dropped the connection at once, data that the client has sent meanwhile could reset the
        // connection before the client reads the close frame.
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    // An error or a late client changes nothing: the WebSocket is dropped.
    _ = tokio::time::timeout(CLOSE_TIMEOUT, close).await;
}

/// A client in another part of the world answers within this time.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
