//! The layers of tower-http and tower, outside and inside of `AuthLayer`, added by `Router::layer` and in a
//! `ServiceBuilder`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue, SERVER};
use http::{Request, StatusCode};
use tower::ServiceBuilder;
use tower::buffer::BufferLayer;
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower_http::add_extension::AddExtensionLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::decompression::{DecompressionLayer, RequestDecompressionLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::map_request_body::MapRequestBodyLayer;
use tower_http::map_response_body::MapResponseBodyLayer;
use tower_http::metrics::InFlightRequestsLayer;
use tower_http::normalize_path::NormalizePathLayer;
use tower_http::propagate_header::PropagateHeaderLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tower_http::set_header::{SetRequestHeaderLayer, SetResponseHeaderLayer};
use tower_http::timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

use crate::world::{World, routes};

/// Tests a layer at all four places. In a `ServiceBuilder`, a layer inside of `AuthLayer` that changes the type of the
/// response body needs `map_response_body(Body::new)` between the two.
macro_rules! stacks {
    ($($name:ident => $layer:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let world = World::start().await;
            let outside = routes().layer(world.layer()).layer($layer);
            world.check("outside, Router::layer", outside).await;
            let inside = routes().layer($layer).layer(world.layer());
            world.check("inside, Router::layer", inside).await;
            let outside = routes().layer(ServiceBuilder::new().layer($layer).layer(world.layer()));
            world.check("outside, ServiceBuilder", outside).await;
            let to_axum = MapResponseBodyLayer::new(Body::new);
            let inside = routes().layer(ServiceBuilder::new().layer(world.layer()).layer(to_axum).layer($layer));
            world.check("inside, ServiceBuilder", inside).await;
        }
    )*};
}

const ID: HeaderName = HeaderName::from_static("x-request-id");

stacks! {
    add_extension => AddExtensionLayer::new(Arc::new(7));
    catch_panic => CatchPanicLayer::new();
    compression => CompressionLayer::new();
    cors => CorsLayer::permissive();
    decompression => DecompressionLayer::new();
    in_flight => InFlightRequestsLayer::pair().0;
    map_request => tower::util::MapRequestLayer::new(|request: Request<Body>| request);
    map_request_body => MapRequestBodyLayer::new(|body: Body| body);
    normalize_path => NormalizePathLayer::trim_trailing_slash();
    propagate_header => PropagateHeaderLayer::new(ID);
    propagate_request_id => PropagateRequestIdLayer::new(ID);
    request_body_limit => RequestBodyLimitLayer::new(1000);
    request_body_time_out => RequestBodyTimeoutLayer::new(Duration::from_secs(20));
    request_decompression => RequestDecompressionLayer::new();
    response_body_time_out => ResponseBodyTimeoutLayer::new(Duration::from_secs(20));
    sensitive_headers => SetSensitiveHeadersLayer::new([AUTHORIZATION]);
    set_request_header => SetRequestHeaderLayer::overriding(ID, HeaderValue::from_static("7"));
    set_request_id => SetRequestIdLayer::new(ID, MakeRequestUuid);
    set_response_header => SetResponseHeaderLayer::overriding(SERVER, HeaderValue::from_static("x"));
    time_out => TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(20));
    trace => TraceLayer::new_for_http();
    limits_of_tower => ServiceBuilder::new()
        .layer(HandleErrorLayer::new(|_: tower::BoxError| async { StatusCode::SERVICE_UNAVAILABLE }))
        .layer(BufferLayer::new(8))
        .layer(LoadShedLayer::new())
        .layer(ConcurrencyLimitLayer::new(8))
        .layer(tower::timeout::TimeoutLayer::new(Duration::from_secs(20)))
        .into_inner();
}

/// The body of a rejection goes through the layers outside.
#[tokio::test]
async fn a_rejection_is_compressed_and_has_the_headers_of_outer_layers() {
    use tower::ServiceExt as _;

    let world = World::start().await;
    let app = routes().layer(world.layer()).layer(CompressionLayer::new()).layer(CorsLayer::permissive());
    let request = Request::get("/private").header("accept-encoding", "gzip").header("origin", "https://a.example");
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers().get("access-control-allow-origin").unwrap(), "*");
    assert_eq!(response.headers().get("content-encoding").unwrap(), "gzip");
}
