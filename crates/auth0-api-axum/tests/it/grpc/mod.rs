//! A tonic service behind the layer, called by tonic's client.

mod calls;
mod health;
mod rejections;
mod streams;
pub(crate) mod text;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::task::{Context, Poll};

use auth0_api_axum::AuthLayer;
use auth0_api_core::adapter::Admission;
use auth0_api_core::long_connection::{Ended, EndsWithToken};
use auth0_api_core::{Requirement, VerifiedToken};
use http::uri::PathAndQuery;
use http::{Request as HttpRequest, Response as HttpResponse};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::LayerExt as _;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Response, Status, Streaming};
use tower::{Service, service_fn};

use text::TextCodec;

/// A method that greets the caller.
const GREET: &str = "/test.Greeter/Greet";
/// A method that streams back what the caller streams.
const ECHO: &str = "/test.Greeter/Echo";
/// Like [`ECHO`], but the stream ends with its token.
const WATCH: &str = "/test.Greeter/Watch";
/// Like [`GREET`], but requires the scope `admin`.
const RULE: &str = "/test.Ruler/Rule";

/// A service without generated code: each of its methods answers with the subject of the token.
#[derive(Clone, Copy, Debug)]
struct Greeter;

/// The same service under another name.
#[derive(Clone, Copy, Debug)]
struct Ruler;

impl NamedService for Greeter {
    const NAME: &'static str = "test.Greeter";
}

impl NamedService for Ruler {
    const NAME: &'static str = "test.Ruler";
}

macro_rules! answers_with_the_subject {
    ($service:ty) => {
        impl Service<HttpRequest<Body>> for $service {
            type Response = HttpResponse<Body>;
            type Error = Infallible;
            type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
                Poll::Ready(Ok(()))
            }

            fn call(&mut self, request: HttpRequest<Body>) -> Self::Future {
                Box::pin(async move {
                    let mut grpc = tonic::server::Grpc::new(TextCodec);
                    Ok(match request.uri().path() {
                        ECHO => grpc.streaming(service_fn(echo), request).await,
                        WATCH => grpc.streaming(service_fn(watch), request).await,
                        _ => grpc.unary(service_fn(subject), request).await,
                    })
                })
            }
        }
    };
}

answers_with_the_subject!(Greeter);
answers_with_the_subject!(Ruler);

/// A method as an application would write it: the verified token is in the extensions of the request.
async fn subject(request: Request<String>) -> Result<Response<String>, Status> {
    let token = request.extensions().get::<VerifiedToken>();
    let token = token.ok_or_else(|| Status::internal("no layer is around this service"))?;
    let subject = token.subject().unwrap_or_default();
    Ok(Response::new(format!("{}, {subject}", request.get_ref())))
}

async fn echo(request: Request<Streaming<String>>) -> Result<Response<Streaming<String>>, Status> {
    assert!(request.extensions().get::<VerifiedToken>().is_some());
    Ok(Response::new(request.into_inner()))
}

async fn watch(request: Request<Streaming<String>>) -> Result<Response<EndsWithToken<Streaming<String>>>, Status> {
    let until_ended = request.extensions().get::<Admission>().unwrap().until_ended().unwrap();
    let last = |ended: Ended| Err(Status::new(Code::from_i32(ended.grpc_code()), ended.to_string()));
    Ok(Response::new(EndsWithToken::new(request.into_inner(), until_ended).with_last(last)))
}

/// Serves both services behind the layer. `Ruler` also requires the scope `admin`.
async fn serve(auth: AuthLayer<auth0_api_axum::EmptyBody>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let ruler = auth.require(Requirement::scope("admin")).named_layer(Ruler);
    let server = Server::builder().layer(auth).add_service(Greeter).add_service(ruler);
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    address
}

/// Calls a method with the message `hello` and these metadata entries.
async fn call(
    to: SocketAddr,
    method: &'static str,
    lines: &[(&'static str, &str)],
) -> Result<Response<String>, Status> {
    let channel = Channel::from_shared(format!("http://{to}")).unwrap().connect().await.unwrap();
    let mut request = Request::new("hello".to_owned());
    for (name, value) in lines {
        request.metadata_mut().append(*name, value.parse().unwrap());
    }
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    client.unary(request, PathAndQuery::from_static(method), TextCodec).await
}
