//! A health service without a token beside services that need one.

use std::convert::Infallible;
use std::future::Future;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth0_api_axum::{ApiClient, AuthLayer, Requirement};
use auth0_api_testing::TestWorld;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::LayerExt as _;
use tonic::transport::Server;
use tonic::transport::server::{Router, TcpIncoming};
use tonic::{Code, Response, Status};
use tower::{Service, service_fn};

use super::text::TextCodec;
use super::{GREET, Greeter, HttpRequest, HttpResponse, RULE, Request, Ruler, call};

const CHECK: &str = "/grpc.health.v1.Health/Check";

/// A health service without generated code.
#[derive(Clone, Copy, Debug)]
struct Health;

impl NamedService for Health {
    const NAME: &'static str = "grpc.health.v1.Health";
}

impl Service<HttpRequest<Body>> for Health {
    type Response = HttpResponse<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<Body>) -> Self::Future {
        Box::pin(async move { Ok(tonic::server::Grpc::new(TextCodec).unary(service_fn(serving), request).await) })
    }
}

async fn serving(_: Request<String>) -> Result<Response<String>, Status> {
    Ok(Response::new("SERVING".to_owned()))
}

fn services(api: ApiClient) -> Router {
    let auth = AuthLayer::grpc(api);
    let ruler = auth.require(Requirement::scope("admin")).named_layer(Ruler);
    Server::builder()
        .add_service(Health) // for everybody
        .add_service(auth.named_layer(Greeter)) // any valid token
        .add_service(auth.named_layer(ruler)) // and the scope
}

#[tokio::test]
async fn the_health_service_needs_no_token_and_the_others_do() {
    let world = TestWorld::start().await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let to = listener.local_addr().unwrap();
    tokio::spawn(services(world.api.clone()).serve_with_incoming(TcpIncoming::from(listener)));

    assert_eq!(call(to, CHECK, &[]).await.unwrap().into_inner(), "SERVING");
    let bearer = format!("Bearer {}", world.tenant.mint().sign());
    let admin = format!("Bearer {}", world.tenant.mint().scope("admin").sign());
    for (method, token, expected) in [
        (GREET, None, Code::Unauthenticated),
        (GREET, Some(&bearer), Code::Ok),
        (RULE, None, Code::Unauthenticated),
        (RULE, Some(&bearer), Code::PermissionDenied),
        (RULE, Some(&admin), Code::Ok),
    ] {
        let lines: Vec<_> = token.iter().map(|token| ("authorization", token.as_str())).collect();
        let code = call(to, method, &lines).await.map_or_else(|status| status.code(), |_| Code::Ok);
        assert_eq!(code, expected, "{method} {token:?}");
    }
}

/// The samples of the guide are code of these files. They have shorter lines.
#[test]
fn the_guide_shows_this_code() {
    let squeezed = |code: &str| code.split_whitespace().collect::<String>().replace(",)", ")");
    let files = [squeezed(include_str!("health.rs")), squeezed(include_str!("mod.rs"))];
    let pages = [
        (include_str!("../../../../auth0-api-core/src/guide/grpc.md"), 2),
        (include_str!("../../../../auth0-api-core/src/guide/long_connections.md"), 1),
    ];
    for (page, count) in pages {
        let samples = page.split("```rust,ignore\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        // The others are samples of axum.
        let samples: Vec<_> = samples.filter(|sample| !sample.contains("TokenEnd")).collect();
        assert_eq!(samples.len(), count);
        for sample in samples {
            assert!(files.iter().any(|file| file.contains(&squeezed(sample))), "{sample}");
        }
    }
}
