//! Client certificates, as an actix-web server passes them to the middleware.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use actix_web::dev::Service as _;
use actix_web::test::{call_service, init_service};
use actix_web::web::get;
use actix_web::{App, HttpMessage as _, HttpServer};
use auth0_api_actix::{Auth, Token};
use auth0_api_core::{ApiClient, CertificateSource, ClientCertificate};
use auth0_api_testing::TestWorld;

use crate::world::request;

const DER: &[u8] = b"the certificate of a client";

fn api(world: &TestWorld) -> ApiClient {
    let builder = ApiClient::builder(world.tenant.domain(), world.tenant.audience()).insecure_http_loopback();
    builder.clock(world.clock.clone()).client_certificates(CertificateSource::of_connection()).build().unwrap()
}

#[tokio::test]
async fn a_certificate_in_the_connection_data_is_used() {
    let world = TestWorld::start().await;
    let to = serve(api(&world)).await;
    for (der, status) in [(DER, "200"), (b"another certificate", "401")] {
        let token = world.tenant.mint().bound_to_certificate(der).sign();
        let head = format!("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n");
        let answer = tokio::task::spawn_blocking(move || {
            let (mut stream, mut answer) = (TcpStream::connect(to).unwrap(), String::new());
            stream.write_all(head.as_bytes()).unwrap();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        assert!(answer.await.unwrap().starts_with(&format!("HTTP/1.1 {status}")));
    }
}

#[actix_web::test]
async fn a_certificate_in_the_extensions_of_the_request_is_used() {
    let world = TestWorld::start().await;
    let app = App::new().route("/private", get().to(|_: Token| async { "served" })).wrap(Auth::new(api(&world)));
    let app = app.wrap_fn(|request, service| {
        request.extensions_mut().insert(ClientCertificate::from_der(DER));
        service.call(request)
    });
    let app = init_service(app).await;
    for (der, status) in [(DER, 200), (b"another certificate", 401)] {
        let token = world.tenant.mint().bound_to_certificate(der).sign();
        let request = request().insert_header(("authorization", format!("Bearer {token}")));
        assert_eq!(call_service(&app, request.to_request()).await.status(), status);
    }
}

/// Starts a server that uses the same client certificate for every connection.
async fn serve(api: ApiClient) -> SocketAddr {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // The server needs an actix system, so it gets its own thread. The thread ends with the process.
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app =
                move || App::new().route("/", get().to(|_: Token| async { "served" })).wrap(Auth::new(api.clone()));
            let server = HttpServer::new(app).on_connect(|_, connection| {
                connection.insert(ClientCertificate::from_der(DER));
            });
            let server = server.workers(1).disable_signals().bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            sender.send(server.addrs().remove(0)).unwrap();
            server.run().await.unwrap();
        });
    });
    receiver.await.unwrap()
}
