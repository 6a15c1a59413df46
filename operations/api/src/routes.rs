//! The routes of the API.

use std::error::Error;

use auth0_api_axum::{ApiClient, AuthLayer, CorsOrigins, Requirement, logout_route};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, Method, Response, header};
use axum::routing::get;
use axum::{Json, Router};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::trace::TraceLayer;
use tracing::{Span, field, info_span};

use crate::settings::Settings;
use crate::{partner, stream};

/// The API. The layer that makes the spans is outside of the layer that verifies: so a rejection is an event in the span of its
/// request.
///
/// The layer for pages in browsers is outside of both: a preflight request has no token.
pub(crate) fn app(api: &ApiClient, settings: &Settings) -> Result<Router, Box<dyn Error>> {
    let auth = AuthLayer::new(api.clone());
    let auth = if settings.record_subject { auth.record_subject() } else { auth };
    let reading = auth.require(Requirement::scope("read:orders"));
    let routes = Router::new()
        .route("/orders", get(orders).route_layer(reading.clone()))
        .route("/stream/{seconds}", get(stream::lines).route_layer(reading.clone()));
    let routes = match settings.partner.fetcher(api)? {
        Some(fetcher) => {
            routes.merge(Router::new().route("/partner", get(partner::orders).route_layer(reading)).with_state(fetcher))
        }
        None => routes,
    };
    let routes = routes.layer(auth);
    let routes = if settings.takes_logouts() { routes.merge(logout_route(api, "/backchannel-logout")) } else { routes };
    let traces = TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(
        |response: &Response<Body>, _, span: &Span| {
            span.record("http.response.status_code", response.status().as_u16());
        },
    );
    let routes = routes.layer(traces.on_failure(()));
    if settings.cors_origins.is_empty() {
        return Ok(routes);
    }
    Ok(routes.layer(cors(CorsOrigins::these(settings.cors_origins.iter().map(String::as_str))?)))
}

fn cors(origins: CorsOrigins) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| origins.allow(origin.as_bytes())))
        .allow_methods([Method::GET])
        .allow_headers([header::AUTHORIZATION, HeaderName::from_static("dpop")])
        .expose_headers([HeaderName::from_static("dpop-nonce"), header::WWW_AUTHENTICATE])
}

/// The span of a request, with the names of OpenTelemetry's semantic conventions. `enduser.id` stays empty, unless the
/// layer is told to record the subject.
fn span(request: &Request) -> Span {
    info_span!(
        "request",
        otel.kind = "server",
        http.request.method = %request.method(),
        url.path = request.uri().path(),
        http.response.status_code = field::Empty,
        enduser.id = field::Empty,
    )
}

async fn orders() -> Json<[&'static str; 2]> {
    Json(["tea", "milk"])
}
