//! The routes of the API, and those for operators.

use auth0_api_axum::{ApiClient, AuthLayer, Requirement, logout_route};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::trace::TraceLayer;
use tracing::{Span, field, info_span};

use crate::settings::Settings;

/// The API. The layer that makes the spans is outside of the layer that verifies: so a rejection is an event in the span of its
/// request.
pub(crate) fn app(api: &ApiClient, settings: &Settings) -> Router {
    let auth = AuthLayer::new(api.clone());
    let auth = if settings.record_subject { auth.record_subject() } else { auth };
    let reading = auth.require(Requirement::scope("read:orders"));
    let routes = Router::new().route("/orders", get(orders).route_layer(reading)).layer(auth);
    let routes = if settings.takes_logouts() { routes.merge(logout_route(api, "/backchannel-logout")) } else { routes };
    let traces = TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(
        |response: &Response<Body>, _, span: &Span| {
            span.record("http.response.status_code", response.status().as_u16());
        },
    );
    routes.layer(traces.on_failure(()))
}

/// The metrics, and the readiness probe.
pub(crate) fn for_operators(api: ApiClient, metrics: PrometheusHandle) -> Router {
    let text = "text/plain; version=0.0.4";
    Router::new()
        .route("/metrics", get(async move || ([(header::CONTENT_TYPE, text)], metrics.render())))
        .route("/health/ready", get(ready))
        .with_state(api)
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

async fn ready(State(api): State<ApiClient>) -> StatusCode {
    if api.is_ready() { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}
