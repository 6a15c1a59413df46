//! actix-web servers with one worker, so that the results can be compared with those of servers with one thread.

#![expect(clippy::unwrap_used, reason = "a panic shows where the set-up failed")]

use std::net::SocketAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorUnauthorized;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{Data, ServiceConfig, get, scope};
use actix_web::{App, Error, HttpServer, Scope};
use auth0_api_actix::Auth;
use auth0_api_core::{ApiClient, ReceivedTarget, TokenRequest};

/// Starts a server that checks nothing.
///
/// # Panics
///
/// If no port is available.
pub fn unchecked() -> SocketAddr {
    serve(|config| _ = config.service(orders()))
}

/// Starts a server behind the middleware.
///
/// # Panics
///
/// If no port is available.
pub fn behind_the_middleware(client: ApiClient) -> SocketAddr {
    let auth = Auth::new(client);
    serve(move |config| _ = config.service(orders().wrap(auth.clone())))
}

/// Starts a server that calls the client from a hand-written middleware, without the adapter.
///
/// # Panics
///
/// If no port is available.
pub fn by_hand(client: ApiClient) -> SocketAddr {
    let client = Data::new(client);
    serve(move |config| _ = config.app_data(client.clone()).service(orders().wrap(from_fn(check))))
}

async fn check(
    client: Data<ApiClient>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let headers = ["authorization", "dpop"].map(|name| text(name).map(|value| (name, value)));
    let headers: Vec<(&str, &str)> = headers.into_iter().flatten().collect();
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let target = ReceivedTarget { scheme: "http", authority: text("host"), target, peer: None };
    match client.verify_request(&TokenRequest::received(request.method().as_str(), target, &headers)).await {
        Ok(_) => next.call(request).await,
        Err(error) => Err(ErrorUnauthorized(error)),
    }
}

fn orders() -> Scope {
    scope("").route("/orders", get().to(|| async { "ok" }))
}

/// Starts a server that runs until the process ends.
fn serve(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> SocketAddr {
    let server = HttpServer::new(move || App::new().configure(&configure)).workers(1).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs().first().copied().unwrap();
    tokio::spawn(server.run());
    address
}
