//! Closes a WebSocket session of `actix-ws` whose token has ended.

use std::time::Duration;

use actix_ws::{CloseCode, CloseReason, Session};
use auth0_api_core::long_connection::Ended;

/// Closes a WebSocket whose token has ended, with the [code](Ended::close_code) and the reason of the end.
///
/// It waits at most 2 s for a place in the queue of the session. If the client does not read, the session is dropped
/// without a close frame. The connection of such a client stays open, because actix-web first sends what it has buffered,
/// without a time limit. To close it, set `TCP_USER_TIMEOUT` on the listening socket, or let a proxy limit the time to send:
/// see [the guide](auth0_api_core::guide::long_connections#clients-that-do-not-read).
///
/// ```
/// use actix_web::{Error, HttpRequest, HttpResponse, rt, web};
/// use actix_ws::{Message, MessageStream, Session};
/// use auth0_api_actix::{TokenEnd, close_session};
///
/// async fn socket(
///     end: TokenEnd,
///     request: HttpRequest,
///     body: web::Payload,
/// ) -> Result<HttpResponse, Error> {
///     let TokenEnd(mut until_ended) = end;
///     let (response, session, messages) = actix_ws::handle(&request, body)?;
///     rt::spawn(async move {
///         if let Err(ended) = until_ended.limit(talk(session.clone(), messages)).await {
///             close_session(session, ended).await;
///         }
///     });
///     Ok(response)
/// }
///
/// async fn talk(mut session: Session, mut messages: MessageStream) {
///     while let Some(Ok(message)) = messages.recv().await {
///         if let Message::Text(text) = message {
///             _ = session.text(text).await;
///         }
///     }
/// }
/// # _ = web::get().to(socket);
/// ```
pub async fn close_session(session: Session, ended: Ended) {
    let reason = CloseReason { code: CloseCode::from(ended.close_code()), description: Some(ended.to_string()) };
    // An error or a late client changes nothing: the session ends. Its connection may stay open.
    _ = tokio::time::timeout(CLOSE_TIMEOUT, session.close(Some(reason))).await;
}

/// A client in another part of the world reads within this time.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
