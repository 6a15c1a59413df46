//! Rejected requests whose body does not end: the server ends the connection. Bodies in chunks that do end keep it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use auth0_api_axum::{logout_route, metadata_routes};
use auth0_api_core::logout::MemoryRevocationStore;
use auth0_api_core::{ApiClient, ApiClientBuilder, LogoutPolicy, ProtectedResource, RejectedBodies, Requirement};
use auth0_api_testing::TestWorld;
use axum::Router;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::client::{Answer, KeepAlive};
use super::{Kind, actix, axum};

/// The middleware reads for 2 s, the route for logouts for 5 s, and actix-web reads on for 1 s after its answer.
const LONGEST: Duration = Duration::from_secs(20);
const CHUNKED: &str = "transfer-encoding: chunked\r\n";

#[derive(Clone, Copy, Debug)]
enum Framework {
    Actix,
    Axum,
}

impl Framework {
    const BOTH: [Self; 2] = [Self::Actix, Self::Axum];

    async fn serve(self, world: &TestWorld) -> SocketAddr {
        match self {
            Self::Actix => actix(world.api.clone()),
            Self::Axum => axum(world.api.clone()).await,
        }
    }
}

/// What a client sends after the head of its request.
#[derive(Clone, Copy, Debug)]
enum Rest {
    Nothing,
    EndlessChunks,
}

#[tokio::test]
async fn a_connection_ends_if_the_client_sends_no_chunk() {
    let world = TestWorld::start().await;
    every_kind(&world, CHUNKED, Rest::Nothing).await;
}

#[tokio::test]
async fn a_connection_ends_if_the_chunks_do_not_end() {
    let world = TestWorld::start().await;
    every_kind(&world, CHUNKED, Rest::EndlessChunks).await;
}

#[tokio::test]
async fn a_connection_ends_if_a_body_of_known_length_does_not_arrive() {
    let world = TestWorld::start().await;
    every_kind(&world, "content-length: 5\r\n", Rest::Nothing).await;
}

#[tokio::test]
async fn a_connection_ends_if_the_client_asked_for_an_invitation() {
    let world = TestWorld::start().await;
    every_kind(&world, "transfer-encoding: chunked\r\nexpect: 100-continue\r\n", Rest::Nothing).await;
}

#[tokio::test]
async fn a_connection_ends_if_the_request_asks_for_an_upgrade() {
    let world = TestWorld::start().await;
    every_kind(&world, "transfer-encoding: chunked\r\nconnection: upgrade\r\nupgrade: websocket\r\n", Rest::Nothing)
        .await;
}

#[tokio::test]
async fn a_connection_ends_if_no_body_is_read() {
    for bodies in [RejectedBodies::left_unread(), RejectedBodies::read_at_once(0)] {
        let world = TestWorld::start_with(|builder| builder.rejected_bodies(bodies)).await;
        every_kind(&world, CHUNKED, Rest::Nothing).await;
        every_kind(&world, CHUNKED, Rest::EndlessChunks).await;
    }
}

#[tokio::test]
async fn a_connection_to_actix_ends_whatever_other_middleware_does() {
    let world = TestWorld::start().await;
    let server = actix_with_other_middleware(world.api.clone());
    for kind in [Kind::Layer, Kind::Handler] {
        let outcome = answered(server, kind.status(), head(kind, &world, CHUNKED), Rest::Nothing).await;
        assert_eq!(outcome, Ok(()), "{kind:?}");
    }
}

#[tokio::test]
async fn a_connection_to_a_route_of_an_adapter_ends() {
    const METADATA: &str = "/.well-known/oauth-protected-resource";
    const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

    let settings = |builder: ApiClientBuilder| {
        let builder = builder.resource_metadata(ProtectedResource::new("https://api.example.com"));
        builder.logout(LogoutPolicy::new(["shop"], MemoryRevocationStore::new()))
    };
    let world = TestWorld::start_with(settings).await;
    for (name, server) in [("actix", actix_routes(world.api.clone())), ("axum", axum_routes(&world.api).await)] {
        for (method, path, lines, rest, status) in [
            ("GET", METADATA, "", Rest::Nothing, 200),
            ("POST", METADATA, "", Rest::EndlessChunks, 405),
            ("PUT", "/logout", "", Rest::Nothing, 405),
            ("POST", "/logout", "", Rest::EndlessChunks, 400),
            ("POST", "/logout", FORM, Rest::EndlessChunks, 400),
            ("POST", "/logout", FORM, Rest::Nothing, 400),
        ] {
            let head = format!("{method} {path} HTTP/1.1\r\nhost: api.example.com\r\n{CHUNKED}{lines}\r\n");
            assert_eq!(answered(server, status, head, rest).await, Ok(()), "{name} {method} {path} {rest:?}");
        }
    }
}

#[tokio::test]
async fn short_bodies_in_chunks_keep_the_connection() {
    let world = TestWorld::start().await;
    for framework in Framework::BOTH {
        let server = framework.serve(&world).await;
        for kind in Kind::ALL {
            let mut client = KeepAlive::new(server);
            let lines = format!("authorization: {}\r\n{CHUNKED}", kind.credentials(&world));
            for _ in 0..3 {
                let answer = client.post(kind.path(), &lines, b"5\r\nhello\r\n0\r\n\r\n");
                let answer = timeout(LONGEST, answer).await.unwrap().unwrap();
                assert_eq!(answer, Answer { status: kind.status(), keeps: true }, "{framework:?} {kind:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_request_that_follows_in_the_same_packet_is_answered() {
    let world = TestWorld::start().await;
    for framework in Framework::BOTH {
        let server = framework.serve(&world).await;
        for kind in Kind::ALL {
            let first = head(kind, &world, CHUNKED);
            let second = head(kind, &world, "connection: close\r\n");
            let mut stream = TcpStream::connect(server).await.unwrap();
            stream.write_all(format!("{first}5\r\nhello\r\n0\r\n\r\n{second}").as_bytes()).await.unwrap();
            let answers = timeout(LONGEST, everything(&mut stream)).await.unwrap();
            let status = format!("HTTP/1.1 {} ", kind.status());
            assert_eq!(answers.matches(&status).count(), 2, "{framework:?} {kind:?}: {answers}");
        }
    }
}

/// Serves an API whose outer middleware replaces the bodies of rejections, and whose inner middleware returns an error.
fn actix_with_other_middleware(api: ApiClient) -> SocketAddr {
    use actix_web::body::BoxBody;
    use actix_web::dev::{ServiceRequest, ServiceResponse};
    use actix_web::middleware::{ErrorHandlerResponse, ErrorHandlers, Next, from_fn};
    use actix_web::{App, HttpServer, Result, rt, web};
    use auth0_api_actix::{Auth, HandlerError, Token};

    async fn admins_only(mut request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>> {
        let Token(token) = request.extract::<Token>().await?;
        Requirement::scope("admin").check(&token).map_err(HandlerError::from)?;
        next.call(request).await
    }

    #[expect(clippy::unnecessary_wraps, reason = "`ErrorHandlers` takes such a function")]
    fn replaced<B>(response: ServiceResponse<B>) -> Result<ErrorHandlerResponse<B>> {
        let (request, response) = response.into_parts();
        let response = response.set_body("another body").map_into_boxed_body().map_into_right_body();
        Ok(ErrorHandlerResponse::Response(ServiceResponse::new(request, response)))
    }

    let app = move || {
        App::new()
            .default_service(web::to(|| async { "" }))
            .wrap(from_fn(admins_only))
            .wrap(Auth::new(api.clone()))
            .wrap(ErrorHandlers::new().default_handler(replaced))
    };
    let (listener, address) = listener();
    let server = move || HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    std::thread::spawn(move || rt::System::new().block_on(server()));
    address
}

fn actix_routes(api: ApiClient) -> SocketAddr {
    use actix_web::{App, HttpServer, rt};
    use auth0_api_actix::{logout_route, metadata_routes};

    let app = move || App::new().configure(metadata_routes(&api)).configure(logout_route(&api, "/logout"));
    let (listener, address) = listener();
    let server = move || HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    std::thread::spawn(move || rt::System::new().block_on(server()));
    address
}

async fn axum_routes(api: &ApiClient) -> SocketAddr {
    let app = Router::new().merge(metadata_routes(api)).merge(logout_route(api, "/logout"));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { ::axum::serve(listener, app).await });
    address
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Sends a request of each kind to both frameworks at once, and waits for the rejection and the end of the connection.
async fn every_kind(world: &TestWorld, lines: &str, rest: Rest) {
    for framework in Framework::BOTH {
        let server = framework.serve(world).await;
        let [layer, require, extractor, handler] =
            Kind::ALL.map(|kind| answered(server, kind.status(), head(kind, world, lines), rest));
        let outcomes = tokio::join!(layer, require, extractor, handler);
        for (kind, outcome) in Kind::ALL.into_iter().zip(<[_; 4]>::from(outcomes)) {
            assert_eq!(outcome, Ok(()), "{framework:?} {kind:?}");
        }
    }
}

async fn answered(server: SocketAddr, status: u16, head: String, rest: Rest) -> Result<(), String> {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let sending = async {
        // Chunks of one octet: the server has much to do for each.
        let chunk = b"1\r\nx\r\n".repeat(1000);
        while let Rest::EndlessChunks = rest {
            if writer.write_all(&chunk).await.is_err() {
                break;
            }
        }
        std::future::pending().await
    };
    let reading = timeout(LONGEST, everything(&mut reader));
    let answer = tokio::select! {
        answer = reading => answer.map_err(|_| "the connection stays open".to_owned())?,
        never = sending => never,
    };
    let line = format!("HTTP/1.1 {status} ");
    if answer.contains(&line) { Ok(()) } else { Err(format!("no {line}in {answer:?}")) }
}

fn head(kind: Kind, world: &TestWorld, lines: &str) -> String {
    let (path, credentials) = (kind.path(), kind.credentials(world));
    format!("POST {path} HTTP/1.1\r\nhost: api.example.com\r\nauthorization: {credentials}\r\n{lines}\r\n")
}

/// Reads until the connection ends, in whatever way.
async fn everything(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut all = Vec::new();
    // A reset comes after the answer: what has arrived is kept.
    _ = stream.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}
