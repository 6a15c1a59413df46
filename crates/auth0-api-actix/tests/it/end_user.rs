//! The address of the end user, behind trusted proxies and with hostile headers.

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use auth0_api_actix::{Auth, EndUserAddress};
use auth0_api_core::{ApiClientBuilder, TrustedProxies};
use auth0_api_testing::TestWorld;

use crate::world::{Requests as _, request, text};

#[actix_web::test]
async fn a_handler_gets_the_address_that_trusted_proxies_vouch_for() {
    let networks = || TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
    let (proxy, stranger) = ("10.0.0.1:4711", "203.0.113.9:4711");
    for (proxies, peer, headers, address) in [
        (networks(), proxy, &[("x-forwarded-for", "192.0.2.1")] as &[(&str, &str)], "192.0.2.1"),
        (networks(), proxy, &[("x-forwarded-for", "198.51.100.7, 192.0.2.1, 10.0.0.2")], "192.0.2.1"),
        (networks(), proxy, &[("x-forwarded-for", "198.51.100.7"), ("x-forwarded-for", "192.0.2.1")], "192.0.2.1"),
        (networks(), proxy, &[("forwarded", "for=198.51.100.7, for=\"[2001:db8::1]:80\"")], "2001:db8::1"),
        (TrustedProxies::hops(2), proxy, &[("x-forwarded-for", "1.1.1.1, 192.0.2.1, 10.0.0.2")], "192.0.2.1"),
        // A stranger's headers are its own bytes, although `ConnectionInfo` of actix-web believes them.
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
        let request = headers.iter().fold(world.bearer(""), |request, header| request.append_header(*header));
        assert_eq!(shown(&world, from(request, peer)).await, address, "{proxies:?} {peer} {headers:?}");
    }
}

#[actix_web::test]
async fn without_the_setting_there_is_no_address() {
    let world = TestWorld::start().await;
    assert_eq!(shown(&world, from(world.bearer(""), "203.0.113.9:4711")).await, "none");
}

#[actix_web::test]
async fn a_request_without_credentials_has_an_address_too() {
    let world = TestWorld::start_with(ApiClientBuilder::forward_end_user_address).await;
    assert_eq!(shown(&world, from(request(), "203.0.113.9:4711")).await, "203.0.113.9");
}

#[actix_web::test]
async fn without_a_middleware_the_extractor_answers_500() {
    let app = init_service(App::new().route("/private", web::get().to(show))).await;
    assert_eq!(call_service(&app, request().to_request()).await.status(), 500);
}

fn from(request: TestRequest, peer: &str) -> TestRequest {
    match peer.parse() {
        Ok(peer) => request.peer_addr(peer),
        Err(_) => request,
    }
}

async fn shown(world: &TestWorld, request: TestRequest) -> String {
    let auth = Auth::new(world.api.clone()).optional();
    let app = init_service(App::new().route("/private", web::get().to(show)).wrap(auth)).await;
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), 200);
    text(response).await
}

async fn show(EndUserAddress(address): EndUserAddress) -> String {
    address.map_or("none".to_owned(), |address| address.to_string())
}
