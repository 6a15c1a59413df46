//! The routes of the contract, as gRPC methods on a tonic server: `/private` becomes `/private/Call`.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use auth0_api_axum::{AuthLayer, EmptyBody, HandlerError, grpc_metadata};
use auth0_api_core::adapter::Admission;
use auth0_api_core::{Rejection, Requirement, VerifiedToken};
use auth0_api_testing::contract::adapter::{Answer, Call, Harness, Site};
use axum::Router;
use axum::extract::ConnectInfo;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request as HttpRequest, Response as HttpResponse};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::{TcpConnectInfo, TcpIncoming};
use tonic::{Request, Response, Status};
use tower::util::{BoxCloneSyncService, MapRequestLayer, MapResponseLayer};
use tower::{Layer, Service, service_fn};

use super::{Known, Missing, audit, blank_subject, decorate, lacking, shown, strip};
use crate::grpc::text::TextCodec;

pub(crate) struct Tonic;

type Route = BoxCloneSyncService<HttpRequest<axum::body::Body>, HttpResponse<Body>, Infallible>;

impl Harness for Tonic {
    async fn open(&self, site: Site) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::builder()
            // A token may be 16 KiB long, and hyper's default limit for all headers is 16 KiB.
            .http2_max_header_list_size(64 * 1024)
            .layer(MapRequestLayer::new(with_peer))
            .layer(MapResponseLayer::new(audit::<Body>))
            .add_routes(Routes::from(routes(&site)));
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        address
    }

    async fn send(&self, to: SocketAddr, call: Call) -> Answer {
        let stream = TcpStream::connect(to).await.unwrap();
        let connecting = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (mut sender, connection) = connecting.unwrap();
        tokio::spawn(connection);
        let (parts, body) = sender.send_request(request(to, &call)).await.unwrap().into_parts();
        let body = body.collect().await.unwrap();
        let mut headers = parts.headers;
        headers.extend(body.trailers().cloned().unwrap_or_default());
        // For routes below `/hooked`, the contract expects the body of the hook. `translate` finds no message in that
        // body, and so it expects an empty body. `send` therefore leaves out the gRPC message.
        let message = if call.target.starts_with("/hooked/") { String::new() } else { text(&headers, "grpc-message") };
        let body = body.to_bytes();
        let body = body.get(5..).map_or(message, |message| String::from_utf8(message.to_vec()).unwrap());
        answer(&headers, body)
    }

    /// Makes an answer with the gRPC status, and with the gRPC message as its body. The other headers are metadata.
    fn translate(&self, answer: Answer) -> Answer {
        let (code, message) = match answer.status {
            200 => (0, answer.body.clone()),
            418 => (code(418), answer.body.clone()),
            status => (code(status), description(&answer.body)),
        };
        let mut headers = answer.headers;
        headers.retain(|(name, _)| name != "content-type");
        let retry = headers.iter().find(|(name, _)| name == "retry-after").map(|(_, seconds)| format!("{seconds}000"));
        headers.extend(retry.map(|pushback| ("grpc-retry-pushback-ms".to_owned(), pushback)));
        headers.push(("content-type".to_owned(), "application/grpc".to_owned()));
        Answer::new(code, headers, message)
    }

    fn method(&self) -> &'static str {
        "POST"
    }

    fn path(&self, route: &str) -> String {
        format!("{route}/Call")
    }

    fn covers(&self, _: auth0_api_testing::contract::adapter::Chapter) -> bool {
        false
    }
}

/// Converts the peer's address from tonic's type to axum's, which the layer reads.
fn with_peer<B>(mut request: HttpRequest<B>) -> HttpRequest<B> {
    let peer = request.extensions().get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr);
    if let Some(peer) = peer {
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    request
}

fn code(status: u16) -> u16 {
    match status {
        400 | 401 => 16,
        403 => 7,
        429 => 8,
        500 => 13,
        503 => 14,
        // UNKNOWN: the status of `/teapot`.
        _ => 2,
    }
}

fn description(body: &str) -> String {
    let found = body.split_once(r#""error_description":""#).and_then(|(_, rest)| rest.split_once('"'));
    found.map_or("", |(description, _)| description).to_owned()
}

fn request(to: SocketAddr, call: &Call) -> HttpRequest<Full<Bytes>> {
    let mut request = HttpRequest::builder().method(call.method.as_str()).uri(format!("http://{to}{}", call.target));
    for (name, value) in &call.headers {
        request = request.header(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let request = request.header("content-type", "application/grpc").header("te", "trailers");
    // The prefix of one empty message: a zero for "not compressed", and a length of four zero octets.
    request.body(Full::from(vec![0; 5])).unwrap()
}

fn answer(headers: &HeaderMap, body: String) -> Answer {
    let code = text(headers, "grpc-status").parse().unwrap();
    let lines = headers.iter().filter(|(name, _)| !["grpc-status", "grpc-message"].contains(&name.as_str()));
    let lines = lines.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    Answer::new(code, lines.collect(), body)
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
}

fn routes(site: &Site) -> Router {
    let (auth, other) = (AuthLayer::grpc(site.api.clone()), AuthLayer::grpc(site.other.clone()));
    let hooked = auth
        .clone()
        .rejection_body(|rejection: &Rejection, _: &Parts| ("text/plain", Body::new(rejection.label().to_owned())));
    let optional = auth.clone().optional();
    let requirement =
        |layer: &AuthLayer<EmptyBody>, scopes: &[&'static str]| layer.require(Requirement::scopes(scopes.to_vec()));
    // This requirement replaces an extractor.
    let demanding = auth.require(Requirement::claim("sub"));
    let table = [
        ("/public", route(method(|_| Ok("public".to_owned())))),
        ("/private", route(auth.layer(whoami()))),
        ("/nested/private", route(auth.layer(whoami()))),
        ("/scoped", route(auth.layer(requirement(&auth, &["read:messages", "read:drafts"]).layer(whoami())))),
        ("/typed", route(auth.layer(requirement(&auth, &["read:messages"]).layer(whoami())))),
        ("/optional", route(optional.layer(whoami()))),
        ("/demanding", route(optional.layer(demanding.layer(whoami())))),
        ("/twice", route(optional.layer(auth.layer(whoami())))),
        ("/both", route(auth.layer(other.layer(whoami())))),
        ("/stripped", route(auth.layer(MapRequestLayer::new(strip).layer(other.clone().optional().layer(whoami()))))),
        ("/misplaced", route(auth.layer(requirement(&other, &["read:messages"]).layer(whoami())))),
        ("/address", route(optional.layer(method(|call| Ok(address(call)))))),
        ("/bare", route(demanding.layer(whoami()))),
        ("/bare/optional", route(demanding.layer(whoami()))),
        ("/bare/address", route(demanding.layer(method(|call| Ok(address(call)))))),
        ("/bare/scoped", route(requirement(&auth, &["read:messages"]).layer(whoami()))),
        ("/teapot", route(auth.layer(method(|_| Err(Status::unknown("teapot")))))),
        ("/caching", route(auth.layer(caching()))),
        (
            "/hooked/demanding",
            route(hooked.clone().optional().layer(hooked.require(Requirement::claim("sub")).layer(whoami()))),
        ),
        ("/hooked/failing", route(hooked.layer(fails(lacking)))),
        ("/failing", route(auth.layer(fails(lacking)))),
        ("/failing/exchange", route(auth.layer(fails(|_| blank_subject())))),
        ("/failing/decorated", route(auth.layer(MapResponseLayer::new(decorate::<Body>).layer(fails(lacking))))),
        ("/failing/recovered", route(auth.layer(recovered()))),
        ("/failing/bare", route(service_fn(bare))),
        ("/claims", route(auth.layer(demanding.layer(method(|call| Ok(claimed_scope(call))))))),
        ("/claims/missing", route(auth.layer(fails(|token| token.claims_as::<Missing>().unwrap_err().into())))),
        ("/claims/optional", route(optional.layer(method(|call| Ok(claimed_scope(call)))))),
        ("/hooked", route(hooked.layer(hooked.require(Requirement::scope("admin")).layer(whoami())))),
    ];
    table.into_iter().fold(Router::new(), |router, (path, route)| router.route_service(&Tonic.path(path), route))
}

type HttpBody = axum::body::Body;

fn route<S>(service: S) -> Route
where
    S: Service<HttpRequest<HttpBody>, Response = HttpResponse<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    BoxCloneSyncService::new(service)
}

/// A method that answers with a text.
fn method(
    answer: impl Fn(&Request<String>) -> Result<String, Status> + Clone + Send + Sync + 'static,
) -> impl Service<HttpRequest<HttpBody>, Response = HttpResponse<Body>, Error = Infallible, Future: Send> + Clone + Send + Sync
{
    respond(move |request| answer(request).map(Response::new))
}

fn respond(
    answer: impl Fn(&Request<String>) -> Result<Response<String>, Status> + Clone + Send + Sync + 'static,
) -> impl Service<HttpRequest<HttpBody>, Response = HttpResponse<Body>, Error = Infallible, Future: Send> + Clone + Send + Sync
{
    service_fn(move |request| {
        let answer = answer.clone();
        async move {
            let method = service_fn(move |request| std::future::ready(answer(&request)));
            Ok(tonic::server::Grpc::new(TextCodec).unary(method, request).await)
        }
    })
}

/// A method that answers with the subject of the token, or `anonymous`.
fn whoami()
-> impl Service<HttpRequest<HttpBody>, Response = HttpResponse<Body>, Error = Infallible, Future: Send> + Clone + Send + Sync
{
    method(|call| Ok(subject(call)))
}

fn subject(request: &Request<String>) -> String {
    let token = request.extensions().get::<VerifiedToken>();
    token.map_or("anonymous", |token| token.subject().unwrap()).to_owned()
}

fn address(request: &Request<String>) -> String {
    shown(request.extensions().get::<Admission>().unwrap().end_user_address())
}

fn claimed_scope(request: &Request<String>) -> String {
    let token = request.extensions().get::<VerifiedToken>();
    token.map_or("anonymous".to_owned(), |token| token.claims_as::<Known>().unwrap().scope)
}

/// A method that answers with the error of a handler.
fn fails(
    error: impl Fn(&VerifiedToken) -> HandlerError + Clone + Send + Sync + 'static,
) -> impl Service<HttpRequest<HttpBody>, Response = HttpResponse<Body>, Error = Infallible, Future: Send> + Clone + Send + Sync
{
    service_fn(move |request: HttpRequest<HttpBody>| {
        let error = error(request.extensions().get().unwrap());
        std::future::ready(Ok(error.into_response_with(Body::default())))
    })
}

/// Without a layer, an error does not become a gRPC status. So the method writes the expected one itself.
async fn bare(_: HttpRequest<HttpBody>) -> Result<HttpResponse<Body>, Infallible> {
    let mut response = HttpResponse::new(Body::default());
    *response.headers_mut() = grpc_metadata(&Rejection::misconfigured());
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    Ok(response)
}

/// A method that answers although its response still contains the error of a handler.
fn recovered()
-> impl Service<HttpRequest<HttpBody>, Response = HttpResponse<Body>, Error = Infallible, Future: Send> + Clone + Send + Sync
{
    respond(|request| {
        let failed = lacking(request.extensions().get().unwrap()).into_response_with(());
        let mut response = Response::new("recovered".to_owned());
        *response.extensions_mut() = failed.into_parts().0.extensions;
        Ok(response)
    })
}

fn caching()
-> impl Service<HttpRequest<HttpBody>, Response = HttpResponse<Body>, Error = Infallible, Future: Send> + Clone + Send + Sync
{
    respond(|request| {
        let mut response = Response::new(subject(request));
        response.metadata_mut().insert("cache-control", "public, max-age=60".parse().unwrap());
        response.metadata_mut().insert("dpop-nonce", "stale".parse().unwrap());
        Ok(response)
    })
}
