//! The metadata layer for any tower service, and the metadata routes for axum.

use std::convert::Infallible;
use std::future::ready;

use auth0_api_axum::{AuthLayer, MetadataLayer, metadata_routes, metadata_routes_of_all};
use auth0_api_core::{ApiClient, ProtectedResource};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::world::header;

const RESOURCE: &str = "https://api.example.com/mcp";

#[tokio::test]
async fn the_service_answers_at_the_well_known_paths_and_passes_other_requests_on() {
    let world = TestWorld::start().await;
    let api = api(&world);
    let inner = service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))));
    let service = MetadataLayer::new(api.clone()).layer(AuthLayer::new(api.clone()).layer(inner));
    let body = Bytes::from(api.resource_metadata().unwrap().body().to_owned());
    for (method, path, status) in [
        (Method::GET, "/.well-known/oauth-protected-resource", 200),
        (Method::GET, "/.well-known/oauth-protected-resource/mcp", 200),
        (Method::GET, "/.well-known/oauth-protected-resource/mcp?x=y", 200),
        (Method::HEAD, "/.well-known/oauth-protected-resource/mcp", 200),
        (Method::OPTIONS, "/.well-known/oauth-protected-resource/mcp", 204),
        (Method::POST, "/.well-known/oauth-protected-resource/mcp", 405),
        (Method::GET, "/.well-known/oauth-protected-resource/other", 401),
        (Method::GET, "/.well-known/oauth-protected-resource/MCP", 401),
        (Method::GET, "/mcp", 401),
    ] {
        let request = Request::builder().method(method).uri(path).body(String::new()).unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        if status == 200 {
            assert_eq!(header(&response, "access-control-allow-origin"), ["*"]);
            assert_eq!(http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes(), body);
        }
    }
}

#[tokio::test]
async fn without_metadata_every_request_is_passed_on() {
    let world = TestWorld::start().await;
    let inner =
        service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(Bytes::from_static(b"inner")))));
    let service = MetadataLayer::new(world.api.clone()).layer(inner);
    let request = Request::get("/.well-known/oauth-protected-resource").body(String::new()).unwrap();
    assert_eq!(service.oneshot(request).await.unwrap().into_body(), "inner");
}

#[tokio::test]
async fn the_routes_can_be_merged_into_a_router_with_any_state() {
    #[derive(Clone)]
    struct State;

    let world = TestWorld::start().await;
    let app: Router = Router::new().merge(metadata_routes::<State>(&api(&world))).with_state(State);
    let request = Request::get("/.well-known/oauth-protected-resource/mcp").body(Body::empty()).unwrap();
    let Ok(response) = app.oneshot(request).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (200, vec!["application/json".into()]));
}

#[tokio::test]
async fn the_document_is_served_whatever_the_path_of_the_resource_contains() {
    for path in ["/caf%C3%A9", "/a%20b", "/:v1", "/*", "/*/:v1/a", "/a%2Fb", "/a%25b", "/a+b%2Bc", "/%7Ba%7D", "/%7B/*"]
    {
        let api = of_path(path);
        let app = Router::new().merge(metadata_routes(&api));
        let url = api.resource_metadata().unwrap().url().to_owned();
        assert_eq!(get(&app, &url).await, (200, api.resource_metadata().unwrap().body().to_owned()), "{path}");
        let other = url.replace(path, &format!("/other{}", "/other".repeat(path.matches('/').count() - 1)));
        assert_eq!(get(&app, &other).await, (404, String::new()), "{path}");
    }
}

#[tokio::test]
async fn paths_that_one_pattern_matches_have_their_own_documents() {
    let apis = ["/:v1", "/:v2", "/v1", "/:v1/a", "/*/b"].map(of_path);
    let app: Router = Router::new().merge(metadata_routes_of_all(&apis[0], &apis[1..]));
    for api in &apis {
        let metadata = api.resource_metadata().unwrap();
        assert_eq!(get(&app, metadata.url()).await, (200, metadata.body().to_owned()));
    }
}

/// Returns the client of a resource with this path.
fn of_path(path: &str) -> ApiClient {
    let resource = format!("https://api.example.com{path}");
    let builder = ApiClient::builder("tenant.eu.auth0.com", &*resource);
    builder.resource_metadata(ProtectedResource::new(&*resource)).build().unwrap()
}

async fn get(app: &Router, url: &str) -> (u16, String) {
    let Ok(response) = app.clone().oneshot(Request::get(url).body(Body::empty()).unwrap()).await;
    let status = response.status().as_u16();
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn api(world: &TestWorld) -> ApiClient {
    let builder = ApiClient::builder(world.tenant.domain(), RESOURCE).insecure_http_loopback();
    builder.resource_metadata(ProtectedResource::new(RESOURCE)).build().unwrap()
}
