//! The routes for operators, on a port of their own.

use auth0_api_axum::ApiClient;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::clock::AdjustableClock;

/// The metrics, the readiness probe, and what an operator does in an emergency. With an adjustable clock also `/clock`.
pub(crate) fn app(api: ApiClient, metrics: PrometheusHandle, clock: Option<AdjustableClock>) -> Router {
    let text = "text/plain; version=0.0.4";
    let routes = Router::new()
        .route("/metrics", get(async move || ([(header::CONTENT_TYPE, text)], metrics.render())))
        .route("/health/ready", get(ready))
        .route("/tasks", get(tasks))
        .route("/keys/refresh", post(refresh_keys))
        .route("/settings/reload", post(reload))
        .with_state(api);
    let Some(clock) = clock else { return routes };
    routes.route("/clock", post(async move |seconds: String| set_clock(&clock, &seconds)))
}

/// A replica that is not ready gets no requests, and only requests fetch keys. So the probe fetches them.
async fn ready(State(api): State<ApiClient>) -> StatusCode {
    if api.is_ready() || api.warm_up().await.is_ok() { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Returns how many tasks the process runs: a number that grows for hours is a leak.
async fn tasks() -> String {
    tokio::runtime::Handle::current().metrics().num_alive_tasks().to_string()
}

/// Fetches the keys of the tenant at once: after a key has leaked, and was removed at the tenant.
///
/// An API with a list of tenants does the same for each, until one fails. With a resolver, `issuers()` is empty: let the
/// operator name the issuer.
async fn refresh_keys(State(api): State<ApiClient>) -> Result<StatusCode, (StatusCode, String)> {
    for issuer in api.issuers() {
        api.refresh_now(&issuer).await.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces the settings that can be replaced, by the same ones.
async fn reload(State(api): State<ApiClient>) -> Result<StatusCode, (StatusCode, String)> {
    let reloaded = api.reload(|settings| settings).await;
    reloaded.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))?;
    Ok(StatusCode::NO_CONTENT)
}

fn set_clock(clock: &AdjustableClock, seconds: &str) -> StatusCode {
    let Ok(seconds) = seconds.trim().parse() else { return StatusCode::BAD_REQUEST };
    clock.set_ahead(seconds);
    StatusCode::NO_CONTENT
}
