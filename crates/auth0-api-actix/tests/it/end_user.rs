//! The peer of a request, as the server states it. The contract suite tests the rules for forwarded addresses.

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use auth0_api_actix::{Auth, EndUserAddress};
use auth0_api_core::{ApiClientBuilder, TrustedProxies};
use auth0_api_testing::TestWorld;

use crate::world::{Requests as _, text};

#[actix_web::test]
async fn the_peer_is_the_one_that_the_server_states() {
    let proxies = TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
    let setting = |builder: ApiClientBuilder| builder.trusted_proxies(proxies).forward_end_user_address();
    let world = TestWorld::start_with(setting).await;
    for (peer, address) in [
        ("10.0.0.1:4711", "192.0.2.1"),
        // `ConnectionInfo` of actix-web believes the header of this stranger.
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("[::ffff:10.0.0.1]:80", "192.0.2.1"),
        ("[::ffff:203.0.113.9]:80", "203.0.113.9"),
        // Without a peer it is unknown who wrote the header.
        ("", "none"),
    ] {
        let request = from(world.bearer("").append_header(("x-forwarded-for", "192.0.2.1")), peer);
        assert_eq!(shown(&world, request).await, address, "{peer}");
    }
}

fn from(request: TestRequest, peer: &str) -> TestRequest {
    match peer.parse() {
        Ok(peer) => request.peer_addr(peer),
        Err(_) => request,
    }
}

async fn shown(world: &TestWorld, request: TestRequest) -> String {
    let auth = Auth::new(world.api.clone());
    let app = init_service(App::new().route("/private", web::get().to(show)).wrap(auth)).await;
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), 200);
    text(response).await
}

async fn show(EndUserAddress(address): EndUserAddress) -> String {
    address.map_or("none".to_owned(), |address| address.to_string())
}
