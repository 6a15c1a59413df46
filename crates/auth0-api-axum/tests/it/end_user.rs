//! The address of the end user, behind trusted proxies and with hostile headers.

use std::net::SocketAddr;

use auth0_api_axum::{AuthLayer, EndUserAddress, PeerAddr};
use auth0_api_core::{ApiClientBuilder, TrustedProxies};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::get;
use http::{Request, request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::{Requests as _, URL};

#[tokio::test]
async fn a_handler_gets_the_address_that_trusted_proxies_vouch_for() {
    let networks = || TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
    let (proxy, stranger) = ("10.0.0.1:4711", "203.0.113.9:4711");
    for (proxies, peer, headers, address) in [
        (networks(), proxy, &[("x-forwarded-for", "192.0.2.1")] as &[(&str, &str)], "192.0.2.1"),
        (networks(), proxy, &[("x-forwarded-for", "198.51.100.7, 192.0.2.1, 10.0.0.2")], "192.0.2.1"),
        (networks(), proxy, &[("x-forwarded-for", "198.51.100.7"), ("x-forwarded-for", "192.0.2.1")], "192.0.2.1"),
        (networks(), proxy, &[("forwarded", "for=198.51.100.7, for=\"[2001:db8::1]:80\"")], "2001:db8::1"),
        (TrustedProxies::hops(2), proxy, &[("x-forwarded-for", "1.1.1.1, 192.0.2.1, 10.0.0.2")], "192.0.2.1"),
        // A stranger's headers are its own bytes.
        (
            networks(),
            stranger,
            &[("x-forwarded-for", "198.51.100.7"), ("forwarded", "for=198.51.100.7")],
            "203.0.113.9",
        ),
        (TrustedProxies::none(), stranger, &[("x-forwarded-for", "198.51.100.7")], "203.0.113.9"),
        (networks(), "[::ffff:203.0.113.9]:80", &[], "203.0.113.9"),
        // These headers are never read.
        (networks(), proxy, &[("x-real-ip", "198.51.100.7"), ("auth0-forwarded-for", "198.51.100.7")], "none"),
        (networks(), proxy, &[("x-forwarded-for", "198.51.100.7, proxy")], "none"),
        (networks(), proxy, &[("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=198.51.100.7")], "none"),
        (networks(), proxy, &[("x-forwarded-for", "198.51.100.7, 0.0.0.0")], "none"),
        (networks(), "", &[("x-forwarded-for", "198.51.100.7")], "none"),
    ] {
        let setting = |builder: ApiClientBuilder| builder.trusted_proxies(proxies.clone()).forward_end_user_address();
        let world = TestWorld::start_with(setting).await;
        for forms in [with_connect_info, with_peer_addr] {
            let request = headers.iter().fold(world.bearer(""), |request, (name, value)| request.header(*name, *value));
            assert_eq!(shown(&world, forms(request, peer)).await, address, "{proxies:?} {peer} {headers:?}");
        }
    }
}

#[tokio::test]
async fn without_the_setting_there_is_no_address() {
    let world = TestWorld::start().await;
    let request = with_connect_info(world.bearer(""), "203.0.113.9:4711");
    assert_eq!(shown(&world, request).await, "none");
}

#[tokio::test]
async fn a_request_without_credentials_has_an_address_too() {
    let world = TestWorld::start_with(ApiClientBuilder::forward_end_user_address).await;
    assert_eq!(shown(&world, with_connect_info(Request::get(URL), "203.0.113.9:4711")).await, "203.0.113.9");
}

#[tokio::test]
async fn without_a_layer_the_extractor_answers_500() {
    let app: Router = Router::new().route("/private", get(show));
    let response = app.oneshot(Request::get(URL).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 500);
}

fn with_connect_info(request: request::Builder, peer: &str) -> request::Builder {
    peer.parse::<SocketAddr>().into_iter().fold(request, |request, peer| request.extension(ConnectInfo(peer)))
}

fn with_peer_addr(request: request::Builder, peer: &str) -> request::Builder {
    peer.parse().into_iter().fold(request, |request, peer| request.extension(PeerAddr(peer)))
}

async fn shown(world: &TestWorld, request: request::Builder) -> String {
    let layer = AuthLayer::new(world.api.clone()).optional();
    let app: Router = Router::new().route("/private", get(show)).layer(layer);
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

async fn show(EndUserAddress(address): EndUserAddress) -> String {
    address.map_or("none".to_owned(), |address| address.to_string())
}
