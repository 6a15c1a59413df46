//! Sends calls over sockets. This module adds only a `Host` line, follows no redirects, and retries nothing.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use super::{Answer, Call};
use crate::must::must;

pub(super) async fn over_http1(to: SocketAddr, call: Call) -> Answer {
    Connection::open(to).await.send(call).await
}

/// An HTTP/1.1 connection that stays open until the server closes it.
pub(super) struct Connection {
    authority: String,
    sender: http1::SendRequest<Full<Bytes>>,
}

impl Connection {
    pub(super) async fn open(to: SocketAddr) -> Self {
        let stream = must(TcpStream::connect(to).await, "connecting to the server under test");
        let (sender, connection) = must(http1::handshake(TokioIo::new(stream)).await, "an HTTP/1.1 handshake");
        tokio::spawn(connection);
        Self { authority: to.to_string(), sender }
    }

    pub(super) async fn send(&mut self, call: Call) -> Answer {
        let named = call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
        let call = if named { call } else { call.header("host", self.authority.clone()) };
        must(self.sender.ready().await, "keeping the connection to the server open");
        let response = self.sender.send_request(request(call)).await;
        read(must(response, "waiting for the answer")).await
    }
}

/// Sends a call over a new HTTP/2 connection.
///
/// The URL is in `:scheme`, `:authority` and `:path`. A `Host` line is sent only if the call has one.
pub(super) async fn over_http2(to: SocketAddr, mut call: Call) -> Answer {
    let stream = must(TcpStream::connect(to).await, "connecting to the server under test");
    let connecting = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (mut sender, connection) = must(connecting, "an HTTP/2 handshake");
    tokio::spawn(connection);
    call.target = format!("http://{to}{}", call.target);
    read(must(sender.send_request(request(call)).await, "waiting for the answer")).await
}

fn request(call: Call) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(call.method.as_str()).uri(call.target.as_str());
    for (name, value) in &call.headers {
        request = request.header(name, must(HeaderValue::from_bytes(value.as_bytes()), "making the value of a header"));
    }
    must(request.body(Full::from(call.body)), "making a request")
}

async fn read(response: Response<Incoming>) -> Answer {
    let (parts, body) = response.into_parts();
    let lines = parts.headers.iter();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = lines.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let body = must(body.collect().await, "reading the body of an answer").to_bytes();
    Answer::new(parts.status.as_u16(), headers, String::from_utf8_lossy(&body))
}
