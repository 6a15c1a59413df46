//! The routes for operators, on a port of their own.

use auth0_api_axum::ApiClient;
use auth0_api_core::issuer::IssuerError;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
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
    if !api.is_ready() {
        // An error if one of several tenants is down. The others are served all the same, and `is_ready` says so.
        _ = api.warm_up().await;
    }
    if api.is_ready() { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Returns how many tasks the process runs: a number that grows for hours is a leak.
async fn tasks() -> String {
    tokio::runtime::Handle::current().metrics().num_alive_tasks().to_string()
}

/// Fetches the keys of each tenant at once: after a key has leaked, and was removed at its tenant.
///
/// It asks all tenants at the same time, each in a task of its own: else a tenant that fails, or that does not answer, would
/// keep the leaked key of another one in use. Tasks go on if the operator's connection ends, so a call that is cut off loses
/// nothing but its answer. For hundreds of tenants, limit how many are asked at a time.
///
/// The answer waits for all tenants. It is 204; or 503, with one line for each issuer that failed, in the order of the list.
/// Each line has the issuer's own time.
///
/// With a resolver, `issuers()` is empty: let the operator name the issuer.
async fn refresh_keys(State(api): State<ApiClient>) -> Response {
    // All tasks begin before the first one is awaited. A `JoinHandle` that is dropped ends no task.
    let refresh = |issuer: String| {
        let (api, name) = (api.clone(), issuer.clone());
        (issuer, tokio::spawn(async move { api.refresh_now(&name).await }))
    };
    let refreshes: Vec<_> = api.issuers().into_iter().map(refresh).collect();
    let (mut text, mut waits) = (String::new(), Vec::new());
    for (issuer, refreshed) in refreshes {
        let (error, wait) = match refreshed.await {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => (error.to_string(), seconds_to_wait(&error)),
            // The task has panicked.
            Err(error) => (error.to_string(), 1),
        };
        text.push_str(&format!("{issuer}: {error}; repeat after {wait} s\n"));
        waits.push(wait);
    }
    // The shortest time, because any of these tenants may be the leaky one: the longest would keep its key in use for as
    // long as another tenant asks for. The next call also asks those whose time is not over, which `refresh_now` permits: a
    // tenant that limits this API then rejects one more request. An operator who knows the leaky one reads its line.
    match waits.into_iter().min() {
        Some(wait) => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, wait.to_string())], text).into_response()
        }
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// The time after which the tenant may be asked again, in whole seconds.
fn seconds_to_wait(error: &IssuerError) -> u128 {
    match error {
        IssuerError::Unavailable(unavailable) => unavailable.retry_after.as_millis().div_ceil(1000).max(1),
        // A reload has just removed the issuer: the next call does not ask it.
        _ => 1,
    }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use auth0_api_core::{KeyPolicy, TrustedDomains};
    use auth0_api_testing::{Endpoint, LocalTenant, Misbehaviour};
    use axum::body::to_bytes;
    use futures_util::FutureExt as _;
    use tokio::time::timeout;

    use super::*;

    async fn tenant() -> LocalTenant {
        LocalTenant::start().await.unwrap()
    }

    /// An API that trusts these tenants, in this order.
    fn api_of(tenants: &[LocalTenant]) -> ApiClient {
        let domains = TrustedDomains::list(tenants.iter().map(|tenant| tenant.domain()));
        let builder = ApiClient::builder(domains, tenants[0].audience()).insecure_http_loopback();
        builder.key_policy(KeyPolicy::new().jitter_percent(0)).build().unwrap()
    }

    #[tokio::test]
    async fn an_api_is_ready_if_one_of_its_tenants_is_down_from_the_start() {
        let tenants = [tenant().await, tenant().await];
        let api = api_of(&tenants);
        for tenant in &tenants {
            tenant.misbehave(Endpoint::Discovery, Misbehaviour::RateLimited { retry_after: Duration::from_secs(100) });
        }
        assert_eq!(ready(State(api)).await, StatusCode::SERVICE_UNAVAILABLE);
        tenants[1].behave();
        let api = api_of(&tenants);
        assert_eq!(ready(State(api.clone())).await, StatusCode::NO_CONTENT);
        assert!(api.warm_up().await.is_err());
    }

    #[tokio::test]
    async fn tenants_that_fail_keep_no_leaked_key_of_another_one_in_use() {
        let tenants = [tenant().await, tenant().await, tenant().await];
        let (api, [limited, down, leaky]) = (api_of(&tenants), &tenants);
        let (kid, forged) = (leaky.current_kid(), leaky.mint().sign());
        assert!(api.verify_access_token(&forged).await.is_ok());

        leaky.rotate_keys();
        leaky.remove_key(&kid);
        // Fails after the next one, and is named before it.
        limited.misbehave(Endpoint::Discovery, Misbehaviour::Slow(Duration::from_millis(200)));
        limited.misbehave(Endpoint::Jwks, Misbehaviour::RateLimited { retry_after: Duration::from_secs(100) });
        down.misbehave(Endpoint::Discovery, Misbehaviour::Down);
        let response = refresh_keys(State(api.clone())).await;
        assert!(api.verify_access_token(&forged).await.is_err());
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        let text = to_bytes(response.into_body(), 4096).await.unwrap();
        let line =
            |issuer: &str, wait| format!("{issuer}: the keys of {issuer} are unavailable; repeat after {wait} s\n");
        assert_eq!(String::from_utf8_lossy(&text), line(limited.issuer(), 100) + &line(down.issuer(), 1));

        limited.behave();
        down.behave();
        assert_eq!(refresh_keys(State(api)).await.status(), StatusCode::NO_CONTENT);
    }

    #[tokio::test]
    async fn a_call_whose_caller_has_gone_refreshes_the_keys_behind_a_tenant_that_never_answers() {
        let tenants = [tenant().await, tenant().await];
        let (api, [silent, leaky]) = (api_of(&tenants), &tenants);
        let (kid, forged) = (leaky.current_kid(), leaky.mint().sign());
        assert!(api.verify_access_token(&forged).await.is_ok());

        leaky.rotate_keys();
        leaky.remove_key(&kid);
        silent.misbehave(Endpoint::Discovery, Misbehaviour::Slow(Duration::from_secs(3600)));
        // Polls the call once, and drops it.
        assert!(refresh_keys(State(api.clone())).now_or_never().is_none());
        let rejected = async {
            while api.verify_access_token(&forged).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(30), rejected).await.expect("the leaked key is still in use");
        assert!(api.verify_access_token(&leaky.mint().sign()).await.is_ok());
    }
}
