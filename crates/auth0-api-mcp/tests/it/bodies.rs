//! The body of a request: its bounds, its type, and that nothing of it is lost.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use auth0_api_mcp::MessageError;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::routing::any;
use http::{HeaderMap, Response};
use http_body_util::BodyExt as _;
use hyper::body::Frame;
use serde_json::json;
use tower::ServiceExt as _;

use crate::world::{Server, requirements, tool_call};

/// A body of these parts, which then ends or never ends.
struct Parts {
    parts: std::vec::IntoIter<Frame<Bytes>>,
    ends: bool,
}

fn parts(parts: Vec<Frame<Bytes>>, ends: bool) -> Body {
    Body::new(Parts { parts: parts.into_iter(), ends })
}

impl hyper::body::Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.parts.next() {
            Some(part) => Poll::Ready(Some(Ok(part))),
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

#[tokio::test]
async fn the_server_behind_receives_the_same_octets_and_trailers() {
    async fn count(request: Request) -> Response<String> {
        let length = request.headers().get("content-length").cloned();
        let hint = request.body().size_hint().exact();
        let collected = request.into_body().collect().await.unwrap();
        let trailers = format!("{:?}", collected.trailers());
        let text = String::from_utf8(collected.to_bytes().to_vec()).unwrap();
        let mut response = Response::new(text);
        response.headers_mut().insert("x-trailers", trailers.parse().unwrap());
        response.headers_mut().insert("x-size-hint", format!("{hint:?}").parse().unwrap());
        length.map(|length| response.headers_mut().insert("content-length", length));
        response
    }
    let server = Server::start().await;
    let layer = auth0_api_mcp::McpLayer::builder(server.world.api.clone(), requirements()).build().unwrap();
    let server = Server { app: Router::new().route("/mcp", any(count)).layer(layer), ..server };
    let text = format!(" \n{}\t ", tool_call("whoami"));
    let whole = || server.post("use:tools").header("content-length", text.len());
    let answer = server.send(whole(), text.clone()).await;
    assert_eq!((answer.status, &answer.body), (200, &text));
    assert_eq!(answer.received("x-trailers"), Some("None"));
    assert_eq!(answer.received("x-size-hint"), Some(&*format!("Some({})", text.len())));

    let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "7".parse().unwrap())]);
    let mut pieces: Vec<_> = text.as_bytes().chunks(5).map(|part| Frame::data(Bytes::copy_from_slice(part))).collect();
    pieces.insert(3, Frame::data(Bytes::new()));
    pieces.push(Frame::trailers(trailers));
    let answer = server.send(server.post("use:tools"), parts(pieces, true)).await;
    assert_eq!((answer.status, &answer.body), (200, &text));
    assert_eq!(answer.received("x-trailers"), Some(r#"Some({"x-sum": "7"})"#));
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_limit() {
    let server = Server::start_with(requirements(), |layer| layer.body_limit(1000)).await;
    let of = |length: usize| {
        let mut text = tool_call("whoami").to_string();
        text.push_str(&" ".repeat(length - text.len()));
        text
    };
    let request = || server.post("use:tools");
    assert_eq!(server.send(request(), of(1000)).await.status, 200);
    let chunked = |text: String| {
        let pieces: Vec<_> = text.as_bytes().chunks(7).map(|part| Frame::data(Bytes::copy_from_slice(part))).collect();
        parts(pieces, true)
    };
    assert_eq!(server.send(request(), chunked(of(1000))).await.status, 200);
    let announced = request().header("content-length", 1001);
    for (request, body) in [(request(), of(1001).into()), (request(), chunked(of(1001))), (announced, of(1001).into())]
    {
        let answer = server.send(request, body).await;
        assert_eq!(answer.error(), (413, -32600, Some(json!(null))));
        assert_eq!(answer.head.extensions.get(), Some(&MessageError::BodyTooLong));
        assert_eq!(answer.head.headers.get("connection"), None);
    }
    // The rest of an endless body is read within the bounds of rejected bodies. Then the connection is closed.
    tokio::time::pause();
    let endless = (0..2000).map(|_| Frame::data(Bytes::from_static(&[b' '; 1024]))).collect();
    let answer = server.send(request(), parts(endless, false)).await;
    assert_eq!((answer.status, answer.head.headers.get("connection").unwrap().to_str().unwrap()), (413, "close"));
}

#[tokio::test]
async fn the_default_limit_admits_a_megabyte_of_arguments() {
    let server = Server::start().await;
    for text in [
        json!({ "text": "x".repeat(1 << 20) }),
        json!(
            (0..20_000)
                .map(|index| (format!("argument number {index:032}"), json!(index)))
                .collect::<serde_json::Map<_, _>>()
        ),
        json!(vec![json!({ "a": 1, "b": [true, null] }); 50_000]),
    ] {
        let mut message = tool_call("whoami");
        message["params"]["arguments"] = text;
        let message = message.to_string();
        assert!(message.len() > 1_000_000);
        let answer = server.send(server.post("use:tools"), message.clone()).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body == message);
    }
    let too_long = format!("{}{}", tool_call("whoami"), " ".repeat(4 << 20));
    assert_eq!(server.send(server.post("use:tools"), too_long).await.status, 413);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_waited_for_until_the_limit() {
    let server = Server::start_with(requirements(), |layer| layer.body_timeout(Duration::from_secs(5))).await;
    let request = || server.post("use:tools");
    let half = || parts(vec![Frame::data(Bytes::from_static(b"{\"jsonrpc\":"))], false);
    // With paused time, a timer fires as soon as nothing else can be done. The first request fetches the keys.
    assert_eq!(server.send(request(), tool_call("whoami").to_string()).await.status, 200);
    tokio::time::pause();
    let too_short = tokio::time::timeout(Duration::from_millis(4_900), server.send(request(), half())).await;
    assert!(too_short.is_err());
    let answer = tokio::time::timeout(Duration::from_millis(5_100), server.send(request(), half())).await.unwrap();
    assert_eq!(answer.error(), (408, -32600, Some(json!(null))));
    assert_eq!(answer.head.headers["connection"], "close");
}

#[tokio::test]
async fn empty_parts_without_an_end_do_not_hold_the_server() {
    struct Empty;
    impl hyper::body::Body for Empty {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(Some(Ok(Frame::data(Bytes::new()))))
        }
    }
    let server = Server::start_with(requirements(), |layer| layer.body_timeout(Duration::ZERO)).await;
    let answer = server.send(server.post("use:tools"), Body::new(Empty)).await;
    assert_eq!(answer.status, 408);
}

#[tokio::test]
async fn a_body_that_fails_is_rejected() {
    struct Failing(bool);
    impl hyper::body::Body for Failing {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            assert!(!std::mem::replace(&mut self.0, true), "polled after its end");
            Poll::Ready(Some(Err(std::io::Error::other("reset"))))
        }
    }
    let server = Server::start().await;
    let answer = server.send(server.post("use:tools"), Body::new(Failing(false))).await;
    assert_eq!(answer.error(), (400, -32700, Some(json!(null))));
    assert_eq!(answer.head.headers["connection"], "close");
}

#[tokio::test]
async fn the_body_is_json_in_utf_8() {
    let server = Server::start().await;
    let of = |content_types: &[&str]| {
        let request = server.request("POST", "use:tools");
        content_types.iter().fold(request, |request, content_type| request.header("content-type", *content_type))
    };
    for accepted in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "application/json;",
        "application/json; profile=x",
    ] {
        assert_eq!(server.send(of(&[accepted]), tool_call("whoami").to_string()).await.status, 200, "{accepted}");
    }
    for rejected in [
        &[][..],
        &[""],
        &["text/plain"],
        &["application/x-www-form-urlencoded"],
        &["application/json-rpc"],
        &["application/jsonx"],
        &["text/html; application/json"],
        &["application/json, text/plain"],
        &["application/json; charset=utf-16"],
        &["application/json; Charset = \"iso-8859-1\""],
        &["application/json; charset"],
        &["application/json", "application/json"],
        &["application/json", "text/plain"],
    ] {
        let answer = server.send(of(rejected), tool_call("whoami").to_string()).await;
        assert_eq!(answer.error(), (415, -32600, Some(json!(null))), "{rejected:?}");
    }
}

#[tokio::test]
async fn an_encoded_body_is_rejected() {
    let server = Server::start().await;
    for encoding in ["gzip", "identity", "br, gzip", ""] {
        let request = server.post("use:tools").header("content-encoding", encoding);
        let answer = server.send(request, tool_call("whoami").to_string()).await;
        assert_eq!(answer.error(), (415, -32600, Some(json!(null))), "{encoding}");
        assert_eq!(answer.head.headers["accept-encoding"], "identity");
    }
}

#[tokio::test]
async fn other_http_methods_carry_no_message() {
    let server = Server::start().await;
    let message = tool_call("calendar.create").to_string();
    for method in ["GET", "DELETE", "HEAD", "OPTIONS"] {
        let request = server.request(method, "use:tools").header("content-type", "application/json");
        let answer = server.send(request, message.clone()).await;
        // axum sends no body for HEAD.
        assert_eq!((answer.status, answer.body.is_empty()), (400, method == "HEAD"), "{method}");
        assert_eq!(answer.head.extensions.get(), Some(&MessageError::BodyUnexpected));
    }
    for method in ["PUT", "PATCH", "post", "QUERY"] {
        let request = server.request(method, "use:tools").header("content-type", "application/json");
        let answer = server.send(request, message.clone()).await;
        assert_eq!(answer.error(), (405, -32600, Some(json!(null))), "{method}");
        assert_eq!(answer.head.headers["allow"], "GET, HEAD, POST, DELETE, OPTIONS");
    }
}

#[tokio::test]
async fn a_body_that_turns_out_to_be_empty_is_none() {
    let server = Server::start().await;
    for method in ["GET", "DELETE", "HEAD", "OPTIONS"] {
        let request = || server.request(method, "use:tools");
        for empty in [parts(vec![], true), parts(vec![Frame::data(Bytes::new())], true)] {
            assert!(!empty.is_end_stream());
            let answer = server.send(request(), empty).await;
            assert_eq!(answer.received("x-called"), Some(method));
        }
        let late = parts(vec![Frame::data(Bytes::new()), Frame::data(Bytes::from_static(b"{"))], true);
        let answer = server.send(request(), late).await;
        assert_eq!(answer.head.extensions.get(), Some(&MessageError::BodyUnexpected), "{method}");
        let empty = server.send(server.request(method, "other"), parts(vec![], true)).await;
        assert_eq!(empty.scopes(), "use:tools");
    }
}

#[tokio::test]
async fn a_connection_is_not_upgraded() {
    let server = Server::start().await;
    for method in ["GET", "POST"] {
        let request = server.request(method, "use:tools").header("content-type", "application/json");
        let request = request.header("connection", "upgrade").header("upgrade", "websocket");
        let body = if method == "GET" { String::new() } else { tool_call("whoami").to_string() };
        let answer = server.send(request, body).await;
        assert_eq!(answer.error(), (400, -32600, Some(json!(null))), "{method}");
        assert_eq!(answer.head.extensions.get(), Some(&MessageError::Upgrade));
    }
}

#[tokio::test]
async fn rejections_read_what_has_not_arrived() {
    let server = Server::start().await;
    let pieces = || (0..16).map(|_| Frame::data(Bytes::from_static(&[b' '; 1024]))).collect();
    let request = server.request("POST", "use:tools").header("content-type", "text/plain");
    let response = server.app.clone().oneshot(request.body(parts(pieces(), true)).unwrap()).await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers().get("connection")), (415, None));
    let announced = server.request("PUT", "use:tools").header("content-length", 9_999_999);
    let response = server.app.clone().oneshot(announced.body(parts(pieces(), false)).unwrap()).await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["connection"].to_str().unwrap()), (405, "close"));
}
