//! What the layer adds to the request that the service sees, and to the response.

use std::convert::Infallible;
use std::future::ready;

use auth0_api_axum::{AuthLayer, KeepReceivedUri};
use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::{DpopPolicy, Rejection, VerifiedToken};
use auth0_api_testing::TestWorld;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer as _, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::normalize_path::NormalizePathLayer;

use crate::world::{Requests as _, URL, header};

#[tokio::test]
async fn the_service_sees_the_token_and_the_unchanged_request() {
    let world = TestWorld::start().await;
    let inner = service_fn(|request: Request<String>| {
        let token = request.extensions().get::<VerifiedToken>().unwrap();
        assert_eq!(token.subject(), Some("auth0|local-user"));
        assert_eq!(request.extensions().get::<u8>(), Some(&7));
        assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("GET", URL));
        assert_eq!(request.headers().get("x-own").unwrap(), "kept");
        assert_eq!(*request.body(), "body");
        ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
    });
    let request = world.bearer("").extension(7_u8).header("x-own", "kept").body("body".to_owned()).unwrap();
    assert_eq!(AuthLayer::new(world.api.clone()).layer(inner).oneshot(request).await.unwrap().status(), 200);
}

#[tokio::test]
async fn credentials_are_marked_sensitive() {
    let world = TestWorld::start().await;
    let inner = service_fn(|request: Request<String>| {
        for name in ["authorization", "dpop"] {
            assert!(request.headers().get(name).unwrap().is_sensitive(), "{name}");
        }
        assert!(!request.headers().get("x-own").unwrap().is_sensitive());
        let shown = format!("{request:?}");
        assert!(!shown.contains("eyJ"), "{shown}");
        ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
    });
    let request = world.dpop(None).header("x-own", "shown").body(String::new()).unwrap();
    assert_eq!(AuthLayer::new(world.api.clone()).layer(inner).oneshot(request).await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_rejection_of_a_proof_says_that_the_request_names_no_host() {
    let world = TestWorld::start().await;
    let inner = service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))));
    let service = AuthLayer::new(world.api.clone()).layer(inner);
    for (url, status, error) in [(URL, 200, None), ("/private", 400, Some("the request names no host"))] {
        let request = world.dpop(None).uri(url).body(String::new()).unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        let description = response.extensions().get::<Rejection>().map(Rejection::description);
        assert_eq!((response.status().as_u16(), description), (status, error), "{url}");
    }
}

#[tokio::test]
async fn an_optional_layer_still_rejects_invalid_credentials() {
    let world = TestWorld::start().await;
    let inner = service_fn(|request: Request<String>| {
        let caller = if request.extensions().get::<VerifiedToken>().is_some() { "verified" } else { "anonymous" };
        ready(Ok::<_, Infallible>(Response::new(Bytes::from(caller))))
    });
    let service = AuthLayer::new(world.api.clone()).optional().layer(inner);
    for (request, status, caller) in [
        (Request::get(URL), 200, Some("anonymous")),
        (Request::get(URL).header("authorization", "Basic dXNlcjpwYXNz"), 200, Some("anonymous")),
        (Request::get(URL).header("dpop", "a proof alone"), 200, Some("anonymous")),
        (world.bearer(""), 200, Some("verified")),
        (world.bad_bearer(), 401, None),
        (Request::get(URL).header("authorization", "Bearer"), 400, None),
        (Request::get(URL).header("authorization", "Basic a").header("authorization", "Basic b"), 400, None),
    ] {
        let response = service.clone().oneshot(request.body(String::new()).unwrap()).await.unwrap();
        assert_eq!(response.status(), status);
        assert!(caller.is_none_or(|caller| response.into_body() == caller));
    }
}

#[tokio::test]
async fn the_next_nonce_replaces_the_cache_control_of_the_service() {
    let world = TestWorld::start_with(|builder| {
        builder.dpop(DpopPolicy::accept().nonce(RotatingNonce::new([[1; 32]]).unwrap()))
    })
    .await;
    let inner = service_fn(|_: Request<String>| {
        let response = Response::builder().header("cache-control", "public, max-age=60").header("dpop-nonce", "stale");
        ready(Ok::<_, Infallible>(response.body(Full::<Bytes>::default()).unwrap()))
    });
    let service = AuthLayer::new(world.api.clone()).layer(inner);
    let challenged = service.clone().oneshot(world.dpop(None).body(String::new()).unwrap()).await.unwrap();
    let [nonce] = &header(&challenged, "dpop-nonce")[..] else { unreachable!("the response has exactly one nonce") };

    let kept = service.clone().oneshot(world.dpop(Some(nonce)).body(String::new()).unwrap()).await.unwrap();
    assert_eq!(header(&kept, "cache-control"), ["public, max-age=60"]);

    world.clock.advance(std::time::Duration::from_secs(60));
    let rotated = service.oneshot(world.dpop(Some(nonce)).body(String::new()).unwrap()).await.unwrap();
    let [next] = &header(&rotated, "dpop-nonce")[..] else { unreachable!("the response has exactly one nonce") };
    assert!(next != nonce && next != "stale");
    assert_eq!(header(&rotated, "cache-control"), ["no-store"]);
}

#[tokio::test]
async fn a_proof_survives_a_middleware_that_rewrites_the_path_if_the_received_uri_is_kept() {
    let world = TestWorld::start().await;
    let url = "http://api.example.com/private/";
    let served = || {
        service_fn(|request: Request<Full<Bytes>>| {
            assert_eq!(request.uri().path(), "/private");
            ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
        })
    };
    let (auth, trim) = (AuthLayer::new(world.api.clone()), NormalizePathLayer::trim_trailing_slash());
    let request = || {
        let holder = world.tenant.token_holder();
        let proof = holder.proof("GET", url).sign();
        Request::get(url)
            .header("authorization", holder.authorization())
            .header("dpop", proof)
            .body(Full::default())
            .unwrap()
    };
    let rewritten = ServiceBuilder::new().layer(trim).layer(auth.clone()).service(served());
    assert_eq!(rewritten.oneshot(request()).await.unwrap().status(), 401);
    let kept = ServiceBuilder::new().layer(KeepReceivedUri::new()).layer(trim).layer(auth).service(served());
    assert_eq!(kept.oneshot(request()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_received_uri_is_kept_inside_a_nested_router_too() {
    let world = TestWorld::start().await;
    let url = "http://api.example.com/v1/private/";
    let holder = world.tenant.token_holder();
    let proof = holder.proof("GET", url).sign();
    let rewriting = ServiceBuilder::new()
        .layer(KeepReceivedUri::new())
        .layer(NormalizePathLayer::trim_trailing_slash())
        .layer(AuthLayer::new(world.api.clone()));
    let inner = rewriting.service(axum::Router::new().route("/private", axum::routing::get(|| async { "" })));
    let app = axum::Router::new().nest_service("/v1", inner);
    let request = axum::extract::Request::get(url)
        .header("authorization", holder.authorization())
        .header("dpop", proof)
        .body(axum::body::Body::empty());
    assert_eq!(app.oneshot(request.unwrap()).await.unwrap().status(), 200);
}
