//! The routes of `contract::adapter`, as tower services on a hyper server: no router, no extractors, no axum
//! application.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use auth0_api_axum::{AuthLayer, HandlerError, MetadataLayer};
use auth0_api_core::adapter::Admission;
use auth0_api_core::{Requirement, VerifiedToken};
use auth0_api_testing::contract::adapter::{Harness, Site};
use axum::extract::ConnectInfo;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tower::util::{BoxCloneSyncService, MapRequestLayer, MapResponseLayer};
use tower::{Layer, Service, ServiceExt as _, service_fn};
use tower_http::cors::CorsLayer;

use super::{Known, Missing, audit, blank_subject, decorate, lacking, problem, recover, shown, strip};

pub(crate) struct Tower;

type Text = Full<Bytes>;
type Route = BoxCloneSyncService<Request<Incoming>, Response<Text>, Infallible>;

impl Harness for Tower {
    async fn open(&self, site: Site) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = routes(&site);
        let app = service_fn(move |request: Request<Incoming>| {
            let route = routes.get(request.uri().path()).cloned();
            async move {
                match route {
                    Some(route) => route.oneshot(request).await,
                    None => Ok(answer(404, "")),
                }
            }
        });
        let app = MapResponseLayer::new(audit::<Text>).layer(MetadataLayer::new(site.api).layer(app));
        tokio::spawn(accept(listener, route(app)));
        address
    }
}

async fn accept(listener: TcpListener, app: Route) {
    loop {
        let (stream, peer) = listener.accept().await.unwrap();
        tokio::spawn(serve(stream, peer, app.clone()));
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, app: Route) {
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        // axum's own server adds `ConnectInfo` itself. The layer reads the peer's address from it.
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request)
    });
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

fn routes(site: &Site) -> HashMap<&'static str, Route> {
    let (auth, other) = (AuthLayer::new(site.api.clone()), AuthLayer::new(site.other.clone()));
    let hooked = auth.clone().rejection_body(problem::<Text>);
    let optional = auth.clone().optional();
    let requirement = |layer: &AuthLayer, scopes: &[&'static str]| layer.require(Requirement::scopes(scopes.to_vec()));
    // This requirement replaces an extractor.
    let demanding = auth.require(Requirement::claim("sub"));

    HashMap::from([
        ("/public", route(service_fn(|_| async { Ok(answer(200, "public")) }))),
        ("/private", route(auth.layer(service_fn(subject)))),
        ("/nested/private", route(auth.layer(service_fn(subject)))),
        (
            "/scoped",
            route(auth.layer(requirement(&auth, &["read:messages", "read:drafts"]).layer(service_fn(subject)))),
        ),
        ("/typed", route(auth.layer(requirement(&auth, &["read:messages"]).layer(service_fn(subject))))),
        ("/optional", route(optional.layer(service_fn(subject)))),
        ("/demanding", route(optional.layer(demanding.layer(service_fn(subject))))),
        ("/twice", route(optional.layer(auth.layer(service_fn(subject))))),
        ("/both", route(auth.layer(other.layer(service_fn(subject))))),
        (
            "/stripped",
            route(auth.layer(MapRequestLayer::new(strip).layer(other.clone().optional().layer(service_fn(subject))))),
        ),
        ("/misplaced", route(auth.layer(requirement(&other, &["read:messages"]).layer(service_fn(subject))))),
        ("/address", route(optional.layer(service_fn(address)))),
        ("/bare", route(demanding.layer(service_fn(subject)))),
        ("/bare/optional", route(demanding.layer(service_fn(subject)))),
        ("/bare/address", route(demanding.layer(service_fn(address)))),
        ("/bare/scoped", route(requirement(&auth, &["read:messages"]).layer(service_fn(subject)))),
        ("/teapot", route(auth.layer(service_fn(|_| async { Ok(answer(418, "teapot")) })))),
        ("/caching", route(auth.layer(service_fn(caching)))),
        ("/echo", route(auth.layer(service_fn(echo)))),
        ("/hooked", route(hooked.layer(hooked.require(Requirement::scope("admin")).layer(service_fn(subject))))),
        (
            "/hooked/demanding",
            route(
                hooked.clone().optional().layer(hooked.require(Requirement::claim("sub")).layer(service_fn(subject))),
            ),
        ),
        ("/hooked/failing", route(hooked.layer(service_fn(failing)))),
        ("/failing", route(auth.layer(service_fn(failing)))),
        ("/failing/exchange", route(auth.layer(service_fn(failing_exchange)))),
        ("/failing/decorated", route(auth.layer(MapResponseLayer::new(decorate::<Text>).layer(service_fn(failing))))),
        ("/failing/recovered", route(auth.layer(MapResponseLayer::new(recovered).layer(service_fn(failing))))),
        ("/failing/bare", route(service_fn(failing_exchange))),
        ("/claims", route(auth.layer(demanding.layer(service_fn(claims))))),
        ("/claims/missing", route(auth.layer(service_fn(missing_claims)))),
        ("/claims/optional", route(optional.layer(service_fn(claims)))),
        ("/cors", route(CorsLayer::permissive().layer(auth.layer(service_fn(subject))))),
    ])
}

fn route<S>(service: S) -> Route
where
    S: Service<Request<Incoming>, Response = Response<Text>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    BoxCloneSyncService::new(service)
}

async fn subject(request: Request<Incoming>) -> Result<Response<Text>, Infallible> {
    let token = request.extensions().get::<VerifiedToken>();
    Ok(answer(200, token.map_or("anonymous", |token| token.subject().unwrap())))
}

async fn address(request: Request<Incoming>) -> Result<Response<Text>, Infallible> {
    let admission = request.extensions().get::<Admission>().unwrap();
    Ok(answer(200, &shown(admission.end_user_address())))
}

async fn failing(request: Request<Incoming>) -> Result<Response<Text>, Infallible> {
    Ok(lacking(request.extensions().get::<VerifiedToken>().unwrap()).into_response())
}

async fn failing_exchange(_: Request<Incoming>) -> Result<Response<Text>, Infallible> {
    Ok(blank_subject().into_response())
}

fn recovered(failed: Response<Text>) -> Response<Text> {
    recover(failed, Full::from("recovered"))
}

async fn claims(request: Request<Incoming>) -> Result<Response<Text>, Infallible> {
    let token = request.extensions().get::<VerifiedToken>();
    Ok(token.map_or_else(|| answer(200, "anonymous"), |token| answer(200, &token.claims_as::<Known>().unwrap().scope)))
}

async fn missing_claims(request: Request<Incoming>) -> Result<Response<Text>, Infallible> {
    let token = request.extensions().get::<VerifiedToken>().unwrap();
    let error = token.claims_as::<Missing>().map(|missing| missing.tier).unwrap_err();
    Ok(HandlerError::from(error).into_response())
}

async fn caching(request: Request<Incoming>) -> Result<Response<Text>, Infallible> {
    let mut response = subject(request).await?;
    response.headers_mut().insert("cache-control", "public, max-age=60".parse().unwrap());
    response.headers_mut().insert("dpop-nonce", "stale".parse().unwrap());
    Ok(response)
}

async fn echo(request: Request<Incoming>) -> Result<Response<Text>, Infallible> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    Ok(Response::new(Full::new(body)))
}

fn answer(status: u16, text: &str) -> Response<Text> {
    let mut response = Response::new(Full::from(text.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}
