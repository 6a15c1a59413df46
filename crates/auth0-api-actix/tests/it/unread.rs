//! What the middleware does with the body of a rejected request that has not arrived completely.

use std::cell::Cell;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, Service as _, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::Version;
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, call_service, init_service, try_call_service};
use actix_web::web::{self, Bytes};
use actix_web::{App, Error, HttpMessage as _, HttpServer, rt};
use auth0_api_actix::logout::MemoryRevocationStore;
use auth0_api_actix::{Auth, HandlerError, Scoped, Token, guard, logout_route, metadata_routes};
use auth0_api_core::token::TokenError;
use auth0_api_core::{ApiClient, ApiClientBuilder, LogoutPolicy, ProtectedResource, RejectedBodies, Requirement};
use auth0_api_testing::TestWorld;
use futures_core::Stream;

use crate::world::{Requests as _, request};

guard!(Admins = Requirement::scope("admin"));

/// A body of one part, which then ends, with an error or without.
struct OnePart {
    part: Option<Bytes>,
    error: Option<PayloadError>,
    is_held: Rc<Cell<bool>>,
}

impl Stream for OnePart {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let part = self.part.take().map(Ok);
        Poll::Ready(part.or_else(|| self.error.take().map(Err)))
    }
}

impl Drop for OnePart {
    fn drop(&mut self) {
        self.is_held.set(false);
    }
}

/// A body without an end, which counts the parts that are read, each of 1 KiB.
struct Endless(Rc<Cell<usize>>);

impl Stream for Endless {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.set(self.0.get() + 1);
        Poll::Ready(Some(Ok(Bytes::from_static(&[0; 1024]))))
    }
}

/// A body that an outer middleware ends with an error at its first part.
struct Limited {
    body: Payload,
    has_ended: bool,
}

impl Stream for Limited {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        let part = ready!(Pin::new(&mut self.body).poll_next(context));
        self.has_ended = true;
        Poll::Ready(part.map(|_| Err(PayloadError::Overflow)))
    }
}

/// actix-web closes the connection if something holds the body while it answers. Otherwise it discards the rest of the
/// body, without a limit.
#[actix_web::test]
async fn a_body_that_fails_is_held_until_the_answer_is_sent() {
    async fn handler(Token(token): Token, body: web::Payload) -> Result<&'static str, HandlerError> {
        _ = body.to_bytes().await;
        Requirement::scope("admin").check(&token)?;
        Ok("served")
    }

    let world = TestWorld::start().await;
    let app = App::new().route("/private", web::get().to(handler)).wrap(Auth::new(world.api.clone()));
    let app = init_service(app).await;
    for (status, fails) in [(401, true), (401, false), (403, true), (403, false)] {
        let is_held = Rc::new(Cell::new(true));
        let error = fails.then_some(PayloadError::Overflow);
        let body = OnePart { part: Some(Bytes::from_static(b"hello")), error, is_held: Rc::clone(&is_held) };
        let request = if status == 401 { request() } else { world.bearer("") };
        let mut request = request.insert_header(("transfer-encoding", "chunked")).to_request();
        *request.payload() = Payload::Stream { payload: Box::pin(body) };
        assert_eq!(call_service(&app, request).await.status(), status, "{fails}");
        tokio::task::yield_now().await;
        assert_eq!(is_held.get(), fails, "{status}");
    }
}

/// Nothing says when the connection of such a body ends, so that a client without a token could leave any number of them.
#[actix_web::test]
async fn a_further_body_that_fails_replaces_the_oldest_one() {
    let world = TestWorld::start().await;
    let app = init_service(App::new().wrap(Auth::new(world.api.clone()))).await;
    let mut held = Vec::new();
    for count in 1..=MOST_HELD + 2 {
        let is_held = Rc::new(Cell::new(true));
        let body = OnePart { part: None, error: Some(PayloadError::Overflow), is_held: Rc::clone(&is_held) };
        let mut request = request().insert_header(("transfer-encoding", "chunked")).to_request();
        *request.payload() = Payload::Stream { payload: Box::pin(body) };
        assert_eq!(call_service(&app, request).await.status(), 401);
        held.push(is_held);
        // The tasks run: those that are over drop their bodies.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        let oldest = count.saturating_sub(MOST_HELD);
        assert_eq!(held.iter().position(|is_held| is_held.get()), Some(oldest), "{count}");
        assert!(held.iter().skip(oldest).all(|is_held| is_held.get()), "{count}");
    }
}

/// In this test, as in those of many applications, a spawned task would panic: there is no actix runtime.
#[tokio::test]
async fn a_body_that_has_arrived_needs_no_actix_runtime() {
    let settings = |builder: ApiClientBuilder| {
        let builder = builder.resource_metadata(ProtectedResource::new("https://api.example.com"));
        let builder = builder.logout(LogoutPolicy::new(["shop"], MemoryRevocationStore::new()));
        builder.rejected_bodies(RejectedBodies::left_unread())
    };
    let world = TestWorld::start_with(settings).await;
    let app = App::new()
        .configure(metadata_routes(&world.api))
        .configure(logout_route(&world.api, "/logout"))
        .service(web::scope("/api").wrap(Auth::new(world.api.clone())));
    let app = init_service(app).await;
    for (path, status) in [("/.well-known/oauth-protected-resource", 405), ("/logout", 400), ("/api", 401)] {
        let request = || TestRequest::post().uri(path).insert_header(("transfer-encoding", "chunked"));
        // A payload is one part. The end comes after it.
        for request in [request(), request().set_payload("hello")] {
            assert_eq!(call_service(&app, request.to_request()).await.status(), status, "{path}");
        }
    }
}

/// Over HTTP/2: the body returns to the outer middleware when the inner one has read as much as it may.
#[actix_web::test]
async fn two_middlewares_read_a_body_once() {
    async fn fails(request: ServiceRequest, _: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
        drop(request);
        Err(HandlerError::from(TokenError::Type).into())
    }

    let world = TestWorld::start().await;
    let auth = Auth::new(world.api.clone());
    let app = App::new()
        .route("/extractor", web::get().to(|_: Scoped<Admins>| async { "served" }))
        .service(web::resource("/error").route(web::get().to(|| async { "served" })).wrap(from_fn(fails)))
        .wrap(auth.clone())
        .wrap(auth);
    let app = init_service(app).await;
    for (path, status) in [("/extractor", 403), ("/error", 401)] {
        let read = Rc::new(Cell::new(0));
        let mut request = world.bearer("").uri(path).version(Version::HTTP_2).to_request();
        *request.payload() = Payload::Stream { payload: Box::pin(Endless(Rc::clone(&read))) };
        let answered = match try_call_service(&app, request).await {
            Ok(response) => response.status(),
            Err(error) => error.error_response().status(),
        };
        assert_eq!((answered.as_u16(), read.get()), (status, 1025), "{path}");
    }
}

#[actix_web::test]
async fn the_connection_ends_after_an_outer_middleware_has_ended_the_body_with_an_error() {
    let world = TestWorld::start().await;
    let server = serve(world.api.clone());
    let answer = tokio::task::spawn_blocking(move || everything(server)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

/// Serves an API behind an outer middleware that limits bodies.
fn serve(api: ApiClient) -> SocketAddr {
    let app = move || {
        let app = App::new().default_service(web::to(|| async { "" })).wrap(Auth::new(api.clone()));
        app.wrap_fn(|mut request, service| {
            let body = Limited { body: request.take_payload(), has_ended: false };
            request.set_payload(Payload::Stream { payload: Box::pin(body) });
            service.call(request)
        })
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let server = move || HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    // The server needs an actix system, so it gets its own thread. The thread ends with the process.
    std::thread::spawn(move || rt::System::new().block_on(server()));
    address
}

/// Sends a request whose body does not end, and reads until the server ends the connection.
fn everything(server: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(LONGEST))?;
    let head = "POST /private HTTP/1.1\r\nhost: api.example.com\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(format!("{head}5\r\nhello\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The bodies that a worker holds after an error.
const MOST_HELD: usize = 256;
/// actix-web reads on for 1 s after its answer.
const LONGEST: Duration = Duration::from_secs(10);
