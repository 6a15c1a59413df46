//! Servers with faults: the token endpoint, and the other API.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth0_api_core::exchange::ProofKey;
use auth0_api_core::http::HttpError;
use auth0_api_fetcher::{FetchCaller, FetchError, FetchToken, Fetcher, FetcherBuilder, RequestBody};
use auth0_api_testing::{Endpoint, Misbehaviour};
use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;

use crate::world::{Server, World, decode, header, soon};

const INVALID_TOKEN: [(&str, &str); 1] = [("www-authenticate", "Bearer error=\"invalid_token\"")];

/// A fetcher with a source that numbers its tokens from 0, and the number of its tokens.
fn numbered(url: &str) -> (FetcherBuilder, Arc<AtomicUsize>) {
    let issued = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&issued);
    let source = move |_: FetchCaller| {
        let number = counted.fetch_add(1, Ordering::SeqCst);
        async move { FetchToken::bearer(format!("token-{number}")) }
    };
    (Fetcher::with_source(url, source).insecure_http(), issued)
}

#[tokio::test]
async fn without_a_token_nothing_reaches_the_other_api() {
    let world = World::start().await;
    let server = Server::answering(|_, _| "").await;
    let fetcher = world.fetcher(&server).build().unwrap();
    let ada = world.caller("auth0|ada").await;
    let retry_after = Duration::from_secs(30);
    for (misbehaviour, label) in [
        (Misbehaviour::Down, "exchange_unavailable"),
        (Misbehaviour::Status(500), "exchange_server_trouble"),
        (Misbehaviour::RateLimited { retry_after }, "exchange_rate_limited"),
        (Misbehaviour::Slow(Duration::from_secs(60)), "downstream_unavailable"),
    ] {
        world.tenant.misbehave(Endpoint::Token, misbehaviour.clone());
        let request = fetcher.for_caller(&ada).get("/");
        let is_slow = matches!(misbehaviour, Misbehaviour::Slow(_));
        let request = if is_slow { request.time_limit(Duration::from_millis(100)) } else { request };
        let error = soon(request.send()).await.unwrap_err();
        assert_eq!(error.label(), label, "{misbehaviour:?}");
        assert_eq!(auth0_api_core::Error::from(error).status(), 503, "{misbehaviour:?}");
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once() {
    let world = World::start().await;
    let (clock, first) = (world.clock.clone(), Arc::new(Mutex::new(String::new())));
    // The other API rejects the first token that it sees, as if it were revoked. The tenant needs another second to issue a
    // token with another text.
    let server = Server::answering(move |number, request| {
        let (token, mut first) = (header(&request, "authorization").to_owned(), first.lock().unwrap());
        if number == 0 {
            first.clone_from(&token);
            clock.advance(Duration::from_secs(1));
        }
        if *first == token { (StatusCode::UNAUTHORIZED, INVALID_TOKEN) } else { (StatusCode::OK, [("x-ok", "yes")]) }
    })
    .await;
    let fetcher = world.fetcher(&server).build().unwrap();
    let ada = world.caller("auth0|ada").await;
    for requests in [2, 3] {
        let response = fetcher.for_caller(&ada).get("/").send().await.unwrap();
        assert_eq!((response.status().as_u16(), server.requests(), world.token_requests()), (200, requests, 2));
    }
}

#[tokio::test]
async fn a_request_is_repeated_with_a_new_token_only_if_that_does_no_harm() {
    for (method, body, repeatable, requests) in [
        ("GET", Some(""), false, 2),
        ("DELETE", Some(""), false, 2),
        ("PUT", Some("body"), false, 2),
        ("POST", Some(""), false, 1),
        ("PATCH", Some("body"), false, 1),
        ("POST", Some("body"), true, 2),
        ("PUT", None, false, 1),
    ] {
        let server = Server::answering(|_, request| {
            let is_first = header(&request, "authorization") == "Bearer token-0";
            if is_first { (StatusCode::UNAUTHORIZED, INVALID_TOKEN) } else { (StatusCode::OK, [("x-ok", "yes")]) }
        })
        .await;
        let (fetcher, _) = numbered(&server.url);
        let fetcher = fetcher.build().unwrap();
        let body = body
            .map_or_else(|| RequestBody::stream(Body::from("streamed")), |body| RequestBody::from(Bytes::from(body)));
        let request = fetcher.for_application().request(method.parse().unwrap(), "/").body(body);
        let outcome = if repeatable { request.repeatable() } else { request }.send().await;
        assert_eq!((server.requests(), outcome.is_ok()), (requests, requests == 2), "{method} {repeatable}");
        // The token was dropped also if the request was not repeated: the next request has another one.
        assert!(fetcher.for_application().get("/").send().await.is_ok(), "{method}");
    }
}

#[tokio::test]
async fn an_api_that_rejects_every_token_does_not_double_the_exchanges() {
    let world = World::start().await;
    let server = Server::answering(|_, _| (StatusCode::UNAUTHORIZED, INVALID_TOKEN)).await;
    let fetcher = world.fetcher(&server).build().unwrap();
    let ada = world.caller("auth0|ada").await;
    for round in 1..4 {
        for _ in 0..20 {
            let error = fetcher.for_caller(&ada).get("/").send().await.unwrap_err();
            assert_eq!(error.label(), "downstream_token_rejected");
        }
        assert_eq!(world.token_requests(), 1 + round, "{round}");
        world.pass(11);
    }
}

#[tokio::test]
async fn a_nonce_that_changes_with_every_answer_is_followed() {
    let nonce = Arc::new(AtomicUsize::new(100));
    let server = Server::answering(move |_, request| {
        let expected = format!("\"nonce\":\"nonce-{}\"", nonce.fetch_add(1, Ordering::SeqCst));
        let fresh = format!("nonce-{}", nonce.load(Ordering::SeqCst));
        let proof = header(&request, "dpop").split('.').nth(1).unwrap().to_owned();
        let is_current = String::from_utf8_lossy(&decode(&proof)).contains(&expected);
        let status = if is_current { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        (status, [("dpop-nonce", fresh), ("www-authenticate", "DPoP error=\"use_dpop_nonce\"".to_owned())])
    })
    .await;
    let source = |_: FetchCaller| async { FetchToken::dpop("bound") };
    let key = ProofKey::generate().unwrap();
    let fetcher = Fetcher::with_source(&server.url, source).insecure_http().proof_key(key).build().unwrap();
    for request in [2, 3, 4, 5] {
        let response = fetcher.for_application().get("/").send().await.unwrap();
        assert_eq!((response.status().as_u16(), server.requests()), (200, request));
    }
}

#[tokio::test]
async fn a_server_that_wants_another_nonce_each_time_gets_two_requests() {
    let challenge = [("dpop-nonce", "always-too-old"), ("www-authenticate", "DPoP error=\"use_dpop_nonce\"")];
    let server = Server::answering(move |_, _| (StatusCode::UNAUTHORIZED, challenge)).await;
    let source = |_: FetchCaller| async { FetchToken::dpop("bound") };
    let key = ProofKey::generate().unwrap();
    let fetcher = Fetcher::with_source(&server.url, source).insecure_http().proof_key(key).build().unwrap();
    let error = fetcher.for_application().post("/").send().await.unwrap_err();
    assert_eq!((error.label(), server.requests()), ("downstream_token_rejected", 2));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::answering(|_, _| "").await;
    let location = other.url.clone();
    let server = Server::answering(move |_, _| (StatusCode::FOUND, [("location", location.clone())])).await;
    let (fetcher, _) = numbered(&server.url);
    let response = fetcher.build().unwrap().for_application().get("/").send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.header("location")), (302, Some(other.url.as_str())));
    assert_eq!((server.requests(), other.requests()), (1, 0));
}

#[tokio::test]
async fn a_long_body_arrives_in_pieces_and_is_never_read_as_a_whole() {
    const PIECE: usize = 64 * 1024;
    let server = Server::answering(|_, _| {
        let pieces = std::iter::repeat_n(Bytes::from(vec![b'x'; PIECE]), 160);
        Body::from_stream(stream::iter(pieces.map(Ok::<_, std::io::Error>)))
    })
    .await;
    let (fetcher, _) = numbered(&server.url);
    let fetcher = fetcher.build().unwrap();
    let mut response = fetcher.for_application().get("/").send().await.unwrap();
    let (mut whole, mut longest) = (0, 0);
    while let Some(piece) = soon(response.chunk()).await.unwrap() {
        whole += piece.len();
        longest = longest.max(piece.len());
    }
    assert_eq!(whole, 160 * PIECE);
    assert!(longest <= 1024 * 1024, "{longest}");
    let response = fetcher.for_application().get("/").send().await.unwrap();
    assert!(matches!(soon(response.bytes()).await, Err(FetchError::Unanswered(HttpError::TooLarge))));
    let response = fetcher.for_application().get("/").send().await.unwrap();
    assert_eq!(soon(response.bytes_up_to(160 * PIECE)).await.unwrap().len(), 160 * PIECE);
}

#[tokio::test]
async fn an_answer_that_does_not_come_ends_with_the_time_limit() {
    let server = Server::start(axum::Router::new().fallback(std::future::pending::<()>)).await;
    let short = Duration::from_millis(100);
    let (fetcher, _) = numbered(&server.url);
    let error =
        soon(fetcher.attempt_limit(short).build().unwrap().for_application().get("/").send()).await.unwrap_err();
    assert!(matches!(error, FetchError::Unanswered(HttpError::Timeout)), "{error:?}");
    let (fetcher, _) = numbered(&server.url);
    let error = soon(fetcher.build().unwrap().for_application().get("/").time_limit(short).send()).await.unwrap_err();
    assert!(matches!(error, FetchError::Timeout { limit } if limit == short), "{error:?}");
}

#[tokio::test]
async fn a_body_that_stops_ends_with_the_time_limit() {
    let body = || {
        let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"first"))]);
        Body::from_stream(futures_util::StreamExt::chain(first, stream::pending()))
    };
    let server = Server::answering(move |_, _| body()).await;
    let (fetcher, _) = numbered(&server.url);
    let fetcher = fetcher.attempt_limit(Duration::from_millis(200)).build().unwrap();
    let mut response = fetcher.for_application().get("/").send().await.unwrap();
    assert_eq!(soon(response.chunk()).await.unwrap().as_deref(), Some(&b"first"[..]));
    assert!(matches!(soon(response.chunk()).await, Err(FetchError::Unanswered(HttpError::Timeout))));
    let response = fetcher.for_application().get("/").send().await.unwrap();
    assert!(matches!(soon(response.bytes()).await, Err(FetchError::Unanswered(HttpError::Timeout))));
}

#[tokio::test]
async fn a_dead_kept_connection_is_replaced() {
    let world = World::start().await;
    // The tenant's own endpoint plays the other API, because the tenant can cut connections.
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::CutKeptConnections);
    let (fetcher, _) = numbered(world.tenant.domain());
    let fetcher = fetcher.build().unwrap();
    let request = || fetcher.for_application().get("/.well-known/jwks.json");
    for _ in 0..5 {
        let response = soon(request().send()).await.unwrap();
        assert_eq!(response.status(), 200);
        // Only a body that was read to its end leaves the connection open.
        response.bytes().await.unwrap();
    }
}

#[tokio::test]
async fn kept_connections_that_end_together_are_all_replaced() {
    let world = World::start().await;
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::CutKeptConnections);
    let fetcher = numbered(world.tenant.domain()).0.build().unwrap();
    for _ in 0..3 {
        let requests = (0..10).map(|_| async {
            let response = fetcher.for_application().get("/.well-known/jwks.json").send().await?;
            response.bytes().await
        });
        for answer in soon(futures_util::future::join_all(requests)).await {
            assert!(answer.is_ok(), "{answer:?}");
        }
    }
}

/// A body whose member is a number.
#[derive(serde::Deserialize)]
struct Counted {
    #[serde(rename = "count")]
    _count: u32,
}

#[tokio::test]
async fn no_text_of_a_body_is_in_the_error_of_its_json() {
    let server = Server::answering(|_, _| r#"{"count":"ada@example.com"}"#).await;
    let (fetcher, _) = numbered(&server.url);
    let response = soon(fetcher.build().unwrap().for_application().get("/").send()).await.unwrap();
    let Err(error) = soon(response.json::<Counted>()).await else { panic!("the body has another type") };
    let error = auth0_api_core::Error::from(error);
    let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error).map(ToString::to_string));
    assert!(shown.contains("column: 26") && !shown.contains("ada@"), "{shown}");
}

#[tokio::test]
async fn an_announced_length_is_not_allocated_before_it_has_arrived() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 9000000000000000000\r\n\r\nshort";
        // One read takes the whole request, which is short.
        let mut request = [0; 4096];
        assert!(tokio::io::AsyncReadExt::read(&mut stream, &mut request).await.unwrap() > 0);
        tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await.unwrap();
    });
    let fetcher = numbered(&url).0.max_body_bytes(usize::MAX).build().unwrap();
    let response = soon(fetcher.for_application().get("/").send()).await.unwrap();
    let error = soon(response.bytes()).await.unwrap_err();
    assert_eq!(error.label(), "downstream_unavailable");
}

#[tokio::test]
async fn debug_of_a_request_and_a_response_shows_no_value() {
    let server = Server::answering(|_, _| ([("set-cookie", "session=secret")], "")).await;
    let (fetcher, _) = numbered(&server.url);
    let request = fetcher.build().unwrap().for_application().get("/?key=secret").header("x-api-key", "secret");
    assert!(!format!("{request:?}").contains("secret"), "{request:?}");
    let response = soon(request.send()).await.unwrap();
    let shown = format!("{response:?}");
    assert!(shown.contains("set-cookie") && !shown.contains("secret"), "{shown}");
}
