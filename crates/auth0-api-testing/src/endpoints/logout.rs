//! Logout: ends the session of a browser, and sends the browser to a page of the client.
//!
//! `/v2/logout` is Auth0's own endpoint, with `returnTo`. `/oidc/logout` is that of
//! [OpenID Connect RP-Initiated Logout](https://openid.net/specs/openid-connect-rpinitiated-1_0.html), with
//! `post_logout_redirect_uri`. A URL that the client may not use is rejected before the session ends. The browser is sent on
//! after the clients of the session have received the logout over the back channel.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::Value;

use super::authorize::{redirect, with_query};
use super::error_response::ErrorResponse;
use super::parameters::Parameters;
use super::{page, session};
use crate::Application;
use crate::own_token;
use crate::registry::is_loopback;
use crate::state::Tenant;

pub(crate) const PATH: &str = "/v2/logout";
pub(crate) const OIDC_PATH: &str = "/oidc/logout";

pub(crate) async fn auth0(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let return_to = |parameters: &Parameters| {
        let client = known(&tenant, parameters.get("client_id"))?;
        destination(client.as_deref(), parameters.get("returnTo"))
    };
    answer(&tenant, &headers, query.unwrap_or_default().as_bytes(), return_to).await
}

pub(crate) async fn oidc(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    // RP-Initiated Logout §2: the client may send the parameters in the query or in a form.
    let query = query.unwrap_or_default();
    let parameters = if body.is_empty() { query.as_bytes() } else { &body };
    answer(&tenant, &headers, parameters, |parameters| {
        let url = destination(client(&tenant, parameters)?.as_deref(), parameters.get("post_logout_redirect_uri"))?;
        let state = parameters.get("state").map(|state| vec![("state", state.to_owned())]);
        Ok(url.map(|url| state.map_or_else(|| url.clone(), |state| with_query(&url, state))))
    })
    .await
}

async fn answer(
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &[u8],
    return_to: impl FnOnce(&Parameters) -> Result<Option<String>, ErrorResponse>,
) -> Response {
    let url = match Parameters::form(parameters).and_then(|parameters| return_to(&parameters)) {
        Ok(url) => url,
        Err(rejection) => return page::rejection(&rejection),
    };
    if let Some(session) = session::end(tenant, headers) {
        tenant.announce_end(&session).await;
    }
    let mut response = url.map_or_else(|| page::message("OK: you are logged out"), |url| redirect(&url));
    if let Some(cookie) = session::removed_cookie(tenant) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Returns the URL to send the browser to: the requested one, else the first of the client. `None` for the tenant's own
/// page.
fn destination(client: Option<&Application>, requested: Option<&str>) -> Result<Option<String>, ErrorResponse> {
    let Some(url) = requested else {
        return Ok(client.and_then(Application::first_logout_url).map(str::to_owned));
    };
    let is_allowed = client.map_or_else(|| is_loopback(url), |client| client.may_return_to(url));
    if is_allowed {
        Ok(Some(url.to_owned()))
    } else {
        Err(ErrorResponse::invalid_request(format!("The logout URL is not registered: {url}")))
    }
}

/// Returns the client of `client_id`, or of the ID token in `id_token_hint`.
///
/// RP-Initiated Logout §2: the token may have expired. If the request names the client twice, both must be the same.
fn client(tenant: &Tenant, parameters: &Parameters) -> Result<Option<Arc<Application>>, ErrorResponse> {
    let id = parameters.get("client_id");
    let Some(hint) = parameters.get("id_token_hint") else { return known(tenant, id) };
    let claims = own_token::verify_signature(tenant, hint);
    let claims = claims.map_err(|reason| ErrorResponse::invalid_request(format!("id_token_hint: {reason}")))?;
    let audience = claims.get("aud").and_then(Value::as_str);
    if id.is_some() && id != audience {
        return Err(ErrorResponse::invalid_request("id_token_hint is for another client"));
    }
    known(tenant, audience)
}

fn known(tenant: &Tenant, id: Option<&str>) -> Result<Option<Arc<Application>>, ErrorResponse> {
    let find =
        |id| tenant.application(id).ok_or_else(|| ErrorResponse::invalid_request(format!("Unknown client: {id}")));
    id.map(find).transpose()
}
