//! Layers inside other layers.

use std::convert::Infallible;
use std::future::{Ready, ready};

use auth0_api_axum::AuthLayer;
use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::{ApiClient, DpopPolicy, Requirement, VerifiedToken};
use auth0_api_testing::TestWorld;
use bytes::Bytes;
use http::{Request, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::world::{Requests as _, URL, header};

#[tokio::test]
async fn two_layers_of_one_client_accept_one_proof() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    for (outer, inner) in [
        (layer.clone(), layer.clone()),
        (layer.clone().optional(), layer.clone()),
        (layer.clone(), layer.clone().optional()),
    ] {
        let response =
            outer.layer(inner.layer(service_fn(serve))).oneshot(world.dpop(None).body(String::new()).unwrap()).await;
        assert_eq!(response.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn two_nested_layers_require_credentials_if_one_of_them_does() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let service = layer.clone().optional().layer(layer.clone().layer(service_fn(serve)));
    let response = service.oneshot(Request::get(URL).body(String::new()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(header(&response, "www-authenticate"), [r#"Bearer realm="api""#, r#"DPoP algs="ES256""#]);

    let service = layer.clone().layer(layer.optional().layer(service_fn(serve)));
    let response = service.oneshot(Request::get(URL).body(String::new()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn a_layer_of_another_client_verifies_again() {
    let world = TestWorld::start().await;
    let other = ApiClient::builder(world.tenant.domain(), "https://admin.example.com").insecure_http_loopback();
    let other = other.clock(world.clock.clone()).build().unwrap();
    let service = AuthLayer::new(world.api.clone()).layer(AuthLayer::new(other).layer(service_fn(serve)));
    let response = service.oneshot(world.bearer("").body(String::new()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn a_requirement_ignores_a_token_that_another_client_verified() {
    let world = TestWorld::start().await;
    let other = ApiClient::builder(world.tenant.domain(), "https://admin.example.com").insecure_http_loopback();
    let without_layer = AuthLayer::new(other.build().unwrap());
    let inner = without_layer.require(Requirement::scope("admin")).layer(service_fn(serve));
    let service = AuthLayer::new(world.api.clone()).layer(inner);
    let response = service.oneshot(world.bearer("admin").body(String::new()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 500);
}

/// The inner layer is that of a public route: a handler must not read the token of the outer client there.
#[tokio::test]
async fn an_optional_layer_of_another_client_hides_the_token_of_the_outer_client() {
    let world = TestWorld::start().await;
    let other = ApiClient::builder(world.tenant.domain(), "https://admin.example.com").insecure_http_loopback();
    let inner = AuthLayer::new(other.build().unwrap()).optional().layer(service_fn(|request: Request<String>| {
        assert!(request.extensions().get::<VerifiedToken>().is_none());
        ready(Ok::<_, Infallible>(Response::<Bytes>::default()))
    }));
    let without_header = tower::util::MapRequest::new(inner, |mut request: Request<String>| {
        assert!(request.extensions().get::<VerifiedToken>().is_some());
        request.headers_mut().remove("authorization");
        request
    });
    let service = AuthLayer::new(world.api.clone()).layer(without_header);
    let response = service.oneshot(world.bearer("").body(String::new()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn two_layers_send_one_nonce() {
    let world = TestWorld::start_with(|builder| {
        builder.dpop(DpopPolicy::accept().nonce(RotatingNonce::new([[1; 32]]).unwrap()))
    })
    .await;
    let layer = AuthLayer::new(world.api.clone());
    let service = layer.layer(layer.layer(service_fn(serve)));
    let challenged = service.clone().oneshot(world.dpop(None).body(String::new()).unwrap()).await.unwrap();
    let nonce = header(&challenged, "dpop-nonce").concat();
    world.clock.advance(std::time::Duration::from_secs(60));
    let rotated = service.oneshot(world.dpop(Some(&nonce)).body(String::new()).unwrap()).await.unwrap();
    assert_eq!((rotated.status().as_u16(), header(&rotated, "dpop-nonce").len()), (200, 1));
    assert_eq!(header(&rotated, "cache-control"), ["no-store"]);
}

fn serve(request: Request<String>) -> Ready<Result<Response<Bytes>, Infallible>> {
    let (parts, _) = request.into_parts();
    assert!(parts.extensions.get::<VerifiedToken>().is_some());
    ready(Ok(Response::default()))
}
