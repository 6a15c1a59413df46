//! The peer of a request, as the server states it. The contract suite tests the rules for forwarded addresses.

use std::net::SocketAddr;

use auth0_api_axum::{AuthLayer, EndUserAddress, PeerAddr};
use auth0_api_core::{ApiClientBuilder, TrustedProxies};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::get;
use http::request;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::Requests as _;

#[tokio::test]
async fn the_peer_is_the_one_that_the_server_states() {
    let proxies = TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
    let setting = |builder: ApiClientBuilder| builder.trusted_proxies(proxies).forward_end_user_address();
    let world = TestWorld::start_with(setting).await;
    for (peer, address) in [
        ("10.0.0.1:4711", "192.0.2.1"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("[::ffff:10.0.0.1]:80", "192.0.2.1"),
        ("[::ffff:203.0.113.9]:80", "203.0.113.9"),
        // Without a peer it is unknown who wrote the header.
        ("", "none"),
    ] {
        for stated_by in [with_connect_info, with_peer_addr] {
            let request = world.bearer("").header("x-forwarded-for", "192.0.2.1");
            assert_eq!(shown(&world, stated_by(request, peer)).await, address, "{peer}");
        }
    }
}

fn with_connect_info(request: request::Builder, peer: &str) -> request::Builder {
    peer.parse::<SocketAddr>().into_iter().fold(request, |request, peer| request.extension(ConnectInfo(peer)))
}

fn with_peer_addr(request: request::Builder, peer: &str) -> request::Builder {
    peer.parse().into_iter().fold(request, |request, peer| request.extension(PeerAddr(peer)))
}

async fn shown(world: &TestWorld, request: request::Builder) -> String {
    let app: Router = Router::new().route("/private", get(show)).layer(AuthLayer::new(world.api.clone()));
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

async fn show(EndUserAddress(address): EndUserAddress) -> String {
    address.map_or("none".to_owned(), |address| address.to_string())
}
