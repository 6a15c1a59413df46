//! The scheme of the called URL is that of the listener, whatever the client writes.

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_core::ListenerScheme;
use auth0_api_testing::TestWorld;
use axum::routing::get;
use axum::{Extension, Router};
use bytes::Bytes;
use http::{Request, Version};
use http_body_util::Empty;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::api::Api;
use crate::mtls::tls::{HOST, Server};

#[tokio::test]
async fn over_tls_the_scheme_is_that_of_the_listener() {
    let world = TestWorld::start().await;
    for (listener, scheme) in
        [(Some(ListenerScheme::Https), "https"), (Some(ListenerScheme::Http), "http"), (None, "http")]
    {
        let app = Router::new().route("/orders", get(|_: Token| async {})).layer(AuthLayer::new(world.api.clone()));
        let app = match listener {
            Some(listener) => app.layer(Extension(listener)),
            None => app,
        };
        let server = Server::start(app).await;
        let called = format!("https://{HOST}:{}/orders", server.address.port());
        for (client, version) in [(server.client().http1_only(), Version::HTTP_11), (server.client(), Version::HTTP_2)]
        {
            let client = client.build().unwrap();
            for signed in ["https", "http"] {
                let holder = world.tenant.token_holder();
                let htu = called.replace("https", signed);
                let request = client.get(&called).header("authorization", holder.authorization());
                let response = request.header("dpop", holder.proof("GET", &htu).sign()).send().await.unwrap();
                let expected = if signed == scheme { 200 } else { 401 };
                assert_eq!(
                    (response.version(), response.status().as_u16()),
                    (version, expected),
                    "{listener:?} {signed}"
                );
            }
        }
    }
}

#[tokio::test]
async fn without_tls_the_scheme_of_the_request_is_not_used() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    let authority = api.authority();
    let target = format!("https://{authority}/api/private");
    for (signed, expected) in [("https", 401), ("http", 200)] {
        let htu = format!("{signed}://{authority}/api/private");
        let (authorization, proof) = (holder.authorization(), holder.proof("GET", &htu).sign());
        let headers = [("Host", authority.as_str()), ("Authorization", &authorization), ("DPoP", &proof)];
        assert_eq!(api.send("GET", &target, &headers).await.status, expected, "HTTP/1.1, {signed}");

        let stream = TcpStream::connect(&authority).await.unwrap();
        let connection = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (mut sender, connection) = connection.await.unwrap();
        tokio::spawn(connection);
        let request = Request::get(&target).header("authorization", holder.authorization());
        let request = request.header("dpop", holder.proof("GET", &htu).sign());
        let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
        assert_eq!(response.status(), expected, "HTTP/2, {signed}");
    }
}
