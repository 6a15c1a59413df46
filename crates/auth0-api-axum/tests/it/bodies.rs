//! Response bodies of different types: those that can be made from bytes, and those that a hook builds.

use std::convert::Infallible;
use std::future::ready;

use auth0_api_axum::AuthLayer;
use auth0_api_core::{Rejection, Requirement};
use auth0_api_testing::TestWorld;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::world::{Requests as _, URL, header};

const MISSING: &str = r#"{"error":"missing_credentials","error_description":"no access token was presented: send `Authorization: Bearer <token>`, or `Authorization: DPoP <token>` with a proof"}"#;

#[tokio::test]
async fn a_body_that_can_be_made_from_bytes_needs_no_hook() {
    let world = TestWorld::start().await;
    let response = rejected::<Full<Bytes>>(&world).await;
    assert_eq!(header(&response, "content-type"), ["application/json"]);
    assert_eq!(text(response).await, MISSING);
    assert_eq!(text(rejected::<axum::body::Body>(&world).await).await, MISSING);
    assert_eq!(rejected::<Bytes>(&world).await.into_body(), MISSING);
    assert_eq!(rejected::<Vec<u8>>(&world).await.into_body(), MISSING.as_bytes());
}

#[tokio::test]
async fn a_hook_builds_any_other_body() {
    #[derive(Debug, Default, PartialEq)]
    enum Own {
        Rejected(&'static str),
        #[default]
        Served,
    }

    let world = TestWorld::start().await;
    let hooked = AuthLayer::new(world.api.clone())
        .rejection_body(|rejection: &Rejection, _: &Parts| ("application/x-own", Own::Rejected(rejection.label())));
    let inner = service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(Own::Served))));
    let service = hooked.layer(hooked.require(Requirement::scope("admin")).layer(inner));
    for (request, status, body, content_type) in [
        (Request::get(URL), 401, Own::Rejected("credentials_missing"), &["application/x-own"][..]),
        (world.bearer("user"), 403, Own::Rejected("requirement_scope"), &["application/x-own"]),
        (world.bearer("admin"), 200, Own::Served, &[]),
    ] {
        let response = service.clone().oneshot(request.body(String::new()).unwrap()).await.unwrap();
        assert_eq!((response.status().as_u16(), header(&response, "content-type")), (status, owned(content_type)));
        assert_eq!(response.into_body(), body);
    }
}

#[tokio::test]
async fn a_hook_cannot_change_status_and_challenges() {
    let world = TestWorld::start().await;
    let hooked = AuthLayer::new(world.api.clone())
        .rejection_body(|_: &Rejection, _: &Parts| ("text/plain", Full::<Bytes>::default()));
    let inner = service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))));
    let response = hooked.layer(inner).oneshot(request()).await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(header(&response, "www-authenticate"), [r#"Bearer realm="api""#, r#"DPoP algs="ES256""#]);
    assert_eq!(header(&response, "content-type"), ["text/plain"]);
}

/// Returns the rejection of a request without credentials. The layer is around a service whose response bodies have
/// this type.
async fn rejected<B: Default + From<String> + 'static>(world: &TestWorld) -> Response<B> {
    let inner = service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(B::default()))));
    AuthLayer::new(world.api.clone()).layer(inner).oneshot(request()).await.unwrap()
}

fn request() -> Request<String> {
    Request::get(URL).body(String::new()).unwrap()
}

async fn text<B: axum::body::HttpBody<Error: std::fmt::Debug>>(response: Response<B>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
