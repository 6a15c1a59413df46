//! The quota of a client: the header that reports it, and the rejection when it is used up.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::error_response::ErrorResponse;
use crate::Application;
use crate::ledger::Used;
use crate::state::Tenant;

/// Rejects the request of a client that has used up its quota.
pub(super) fn check(tenant: &Tenant, client: &Application) -> Result<(), ErrorResponse> {
    let Some(limit) = client.quota_per_hour() else { return Ok(()) };
    let used = used(tenant, client);
    if used.tokens < limit {
        return Ok(());
    }
    let rejection = ErrorResponse::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Quota exceeded");
    Err(rejection.with_header(header::RETRY_AFTER, used.resets_in.as_secs().to_string()))
}

/// Counts the token that a successful response contains.
pub(super) fn count(tenant: &Tenant, client: &Application) {
    if client.quota_per_hour().is_some() {
        tenant.ledger().quotas.count(client.id());
    }
}

/// Adds the header that reports the quota, if the client has one.
pub(super) fn report(tenant: &Tenant, client: &Application, response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    if let Some(limit) = client.quota_per_hour() {
        let Used { tokens, resets_in } = used(tenant, client);
        let remaining = limit.saturating_sub(tokens);
        let value = format!("b=per_hour;q={limit};r={remaining};t={}", resets_in.as_secs());
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(CLIENT_QUOTA, value);
        }
    }
    response
}

fn used(tenant: &Tenant, client: &Application) -> Used {
    tenant.ledger().quotas.used(client.id(), tenant.clock.now())
}

const CLIENT_QUOTA: HeaderName = HeaderName::from_static("auth0-client-quota-limit");
