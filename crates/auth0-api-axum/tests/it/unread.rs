//! What the layers read of the body of a rejected request.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use auth0_api_axum::{AuthLayer, EmptyBody, HandlerError, RejectedBodies, Scoped, Token, guard};
use auth0_api_core::Requirement;
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::BytesRejection;
use axum::routing::post;
use bytes::Bytes;
use http::{Request, Response, Version};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::{Requests as _, header};

guard!(Admins = Requirement::scope("admin"));

/// A body that counts the parts that are read, each of 1 KiB, and then ends or stops.
struct Parts {
    left: usize,
    read: Arc<AtomicUsize>,
    ends: bool,
}

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                self.read.fetch_add(1, Ordering::Relaxed);
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0; 1024])))))
            }
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// A body of one part that ends with an error, as after a limit of an outer layer.
struct Failing(Option<Bytes>);

impl http_body::Body for Failing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let part = self.0.take().map(Frame::data);
        Poll::Ready(Some(part.ok_or_else(|| io::Error::other("too long"))))
    }
}

/// Sends a request with a body of [`Parts`], and returns the response and how many parts were read.
async fn send(app: Router, request: http::request::Builder, left: usize, ends: bool) -> (Response<Body>, usize) {
    let read = Arc::new(AtomicUsize::new(0));
    let body = Body::new(Parts { left, read: Arc::clone(&read), ends });
    let response = app.oneshot(request.body(body).unwrap()).await.unwrap();
    (response, read.load(Ordering::Relaxed))
}

fn app(auth: AuthLayer<impl auth0_api_axum::RejectionBody<Body>>) -> Router {
    let required = post(|| async {}).layer(auth.require(Requirement::scope("admin")));
    let takes_the_body = |Token(token): Token, body: Bytes| async move {
        assert_eq!(body.len(), 7 * 1024);
        Ok::<_, HandlerError>(Requirement::scope("admin").check(&token)?)
    };
    let drops_the_body = |Token(token): Token, body: Body| async move {
        drop(body);
        Ok::<_, HandlerError>(Requirement::scope("admin").check(&token)?)
    };
    let begins_the_body = |Token(token): Token, mut body: Body| async move {
        assert!(matches!(body.frame().await, Some(Ok(_))));
        drop(body);
        Ok::<_, HandlerError>(Requirement::scope("admin").check(&token)?)
    };
    let reads_the_body = |Token(token): Token, body: Result<Bytes, BytesRejection>| async move {
        assert!(body.is_err());
        Ok::<_, HandlerError>(Requirement::scope("admin").check(&token)?)
    };
    Router::new()
        .route("/layer", post(|| async {}))
        .route("/require", required)
        .route("/extractor", post(|_: Scoped<Admins>| async {}))
        .route("/taken", post(takes_the_body))
        .route("/dropped", post(drops_the_body))
        .route("/begun", post(begins_the_body))
        .route("/read", post(reads_the_body))
        .layer(auth)
}

#[tokio::test]
async fn every_rejection_reads_the_body_first() {
    let world = TestWorld::start().await;
    let app = app(AuthLayer::new(world.api.clone()));
    for (path, status) in [("/layer", 401), ("/require", 403), ("/extractor", 403)] {
        let request = if status == 401 { Request::post(path) } else { world.bearer("").method("POST").uri(path) };
        let (response, read) = send(app.clone(), request, 100, true).await;
        assert_eq!((response.status().as_u16(), read), (status, 100), "{path}");
        assert_eq!(header(&response, "connection"), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_bound_closes_the_connection_of_http_1_only() {
    let world = TestWorld::start().await;
    let app = app(AuthLayer::new(world.api.clone()));
    for path in ["/layer", "/require", "/extractor"] {
        for (version, connection) in [(Version::HTTP_11, &["close"][..]), (Version::HTTP_2, &[])] {
            let credentials = if path == "/layer" { world.bad_bearer() } else { world.bearer("") };
            let request = credentials.method("POST").uri(path).version(version);
            let (response, read) = send(app.clone(), request, usize::MAX, true).await;
            assert_eq!(header(&response, "connection"), connection, "{path} {version:?}");
            assert_eq!(read, 1025, "{path} {version:?}");
        }
    }
}

#[tokio::test]
async fn a_body_that_fails_closes_the_connection_of_http_1_only() {
    let world = TestWorld::start().await;
    let app = app(AuthLayer::new(world.api.clone()));
    for (path, status) in [("/layer", 401), ("/require", 403), ("/extractor", 403), ("/read", 403)] {
        for (version, connection) in [(Version::HTTP_11, &["close"][..]), (Version::HTTP_2, &[])] {
            let credentials = if status == 401 { world.bad_bearer() } else { world.bearer("") };
            let request = credentials.method("POST").uri(path).version(version);
            let body = Body::new(Failing(Some(Bytes::from_static(b"hello"))));
            let response = app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
            assert_eq!(response.status(), status, "{path} {version:?}");
            assert_eq!(header(&response, "connection"), connection, "{path} {version:?}");
        }
    }
}

#[tokio::test]
async fn nothing_is_read_of_a_body_that_the_client_has_not_begun() {
    let world = TestWorld::start().await;
    let app = app(AuthLayer::new(world.api.clone()));
    for (name, value) in [("expect", "100-continue"), ("content-length", "1048577")] {
        let (response, read) = send(app.clone(), Request::post("/layer").header(name, value), 100, true).await;
        assert_eq!((response.status().as_u16(), read), (401, 0), "{name}");
        assert_eq!(header(&response, "connection"), ["close"], "{name}");
    }
}

/// Over HTTP/1.1, the server has asked the client for the body as soon as the handler reads.
#[tokio::test]
async fn a_body_that_the_handler_has_begun_is_read_to_its_end() {
    let world = TestWorld::start().await;
    let app = app(AuthLayer::new(world.api.clone()));
    for (path, read, connection) in [("/dropped", 0, &["close"][..]), ("/begun", 100, &[])] {
        let request = world.bearer("").method("POST").uri(path).header("expect", "100-continue");
        let (response, parts) = send(app.clone(), request, 100, true).await;
        assert_eq!((response.status().as_u16(), parts), (403, read), "{path}");
        assert_eq!(header(&response, "connection"), connection, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_stops_holds_the_rejection_for_two_seconds() {
    let world = TestWorld::start().await;
    let app = app(AuthLayer::new(world.api.clone()));
    // The client answers before the time stops: it fetches no keys for a request without a token.
    tokio::time::pause();
    for (version, connection) in [(Version::HTTP_11, &["close"][..]), (Version::HTTP_2, &[])] {
        let rejected = send(app.clone(), Request::post("/layer").version(version), 7, false);
        let early = tokio::time::timeout(Duration::from_millis(1990), rejected).await;
        assert!(early.is_err(), "{version:?}");
        let rejected = send(app.clone(), Request::post("/layer").version(version), 7, false);
        let (response, read) = tokio::time::timeout(Duration::from_millis(2010), rejected).await.unwrap();
        assert_eq!((response.status().as_u16(), read), (401, 7));
        assert_eq!(header(&response, "connection"), connection, "{version:?}");
    }
}

#[tokio::test]
async fn a_further_body_is_not_read_while_others_hold_every_place() {
    let world = TestWorld::start_with(|builder| builder.rejected_bodies(RejectedBodies::read_at_once(1))).await;
    let app = app(AuthLayer::new(world.api.clone()));
    let mut first = Box::pin(send(app.clone(), Request::post("/layer"), 7, false));
    assert!(tokio::time::timeout(Duration::ZERO, &mut first).await.is_err());
    let (response, read) = send(app.clone(), Request::post("/layer"), 7, true).await;
    assert_eq!((response.status().as_u16(), read), (401, 0));
    assert_eq!(header(&response, "connection"), ["close"]);
    drop(first);
    let (response, read) = send(app, Request::post("/layer"), 7, true).await;
    assert_eq!((header(&response, "connection").len(), read), (0, 7));
}

#[tokio::test]
async fn nothing_is_read_if_it_is_switched_off() {
    let world = TestWorld::start_with(|builder| builder.rejected_bodies(RejectedBodies::left_unread())).await;
    let (response, read) = send(app(AuthLayer::new(world.api.clone())), Request::post("/layer"), 7, true).await;
    assert_eq!((response.status().as_u16(), read), (401, 0));
    assert_eq!(header(&response, "connection"), [""; 0]);
}

#[tokio::test]
async fn a_grpc_call_is_answered_at_once() {
    let world = TestWorld::start().await;
    let request = || Request::post("/layer").version(Version::HTTP_2).header("content-type", "application/grpc");
    let grpc = AuthLayer::new(world.api.clone()).with_grpc().rejection_body(EmptyBody);
    let (response, read) = send(app(grpc), request(), 7, false).await;
    assert_eq!((header(&response, "grpc-status"), read), (vec!["16".to_owned()], 0));
    let (response, read) = send(app(AuthLayer::new(world.api.clone())), request(), 7, true).await;
    assert_eq!((response.status().as_u16(), read), (401, 7));
}

#[tokio::test]
async fn a_body_is_read_once_whether_the_handler_or_the_layer_reads_it() {
    let world = TestWorld::start().await;
    let app = app(AuthLayer::new(world.api.clone()));
    for path in ["/taken", "/dropped"] {
        let (response, read) = send(app.clone(), world.bearer("").method("POST").uri(path), 7, true).await;
        assert_eq!((response.status().as_u16(), read), (403, 7), "{path}");
    }
}
