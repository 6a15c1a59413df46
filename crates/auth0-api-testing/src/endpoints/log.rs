//! Reports each request to the request log, with the reason of a rejection.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, header};
use serde_json::Value;

use crate::request_log::{Rejected, RequestLog};
use crate::state::Tenant;
use crate::{GrantType, LoggedRequest, RecordedRequest};

/// Answers the request, and reports it to the log of the tenant, if it has one.
pub(crate) async fn log(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    let Some(RequestLog(log)) = tenant.log.clone() else { return next.run(request).await };
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let (rejection, response) = rejection(next.run(request).await).await;
    let token_request = response.extensions().get::<RecordedRequest>();
    let client_id = match token_request {
        Some(request) => request.client_id(),
        None => parameter(uri.query().unwrap_or_default(), "client_id"),
    };
    log(&LoggedRequest {
        method,
        path: uri.path().to_owned(),
        status: response.status(),
        client_id,
        grant: token_request.and_then(|request| GrantType::from_name(request.field("grant_type")?)),
        rejection,
    });
    response
}

/// Returns why the request was rejected. The reason is where the client finds it: in an extension of the response, in
/// the URL of a redirect, in the JSON of the body, or in the challenge.
async fn rejection(response: Response) -> (Option<Rejected>, Response) {
    if let Some(rejected) = response.extensions().get::<Rejected>() {
        return (Some(rejected.clone()), response);
    }
    if response.status().is_redirection() {
        return (of_redirect(response.headers()), response);
    }
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let is_json = text(response.headers(), header::CONTENT_TYPE).is_some_and(|value| value.contains("json"));
    if !is_error {
        return (None, response);
    }
    let challenge = of_challenge(response.headers());
    if !is_json {
        return (challenge, response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    let rejected = serde_json::from_slice(&body).ok().and_then(|json| of_json(&json)).or(challenge);
    (rejected, Response::from_parts(parts, Body::from(body)))
}

fn of_redirect(headers: &HeaderMap) -> Option<Rejected> {
    let (_, query) = text(headers, header::LOCATION)?.split_once('?')?;
    let description = parameter(query, "error_description").unwrap_or_default();
    Some(Rejected { error: parameter(query, "error")?, description })
}

/// Reads the members of OAuth, of the My Account API, and of the Management API.
fn of_json(json: &Value) -> Option<Rejected> {
    let member = |names: &[&str]| names.iter().find_map(|name| json.get(name)?.as_str()).map(str::to_owned);
    let description = member(&["error_description", "detail", "message"]).unwrap_or_default();
    Some(Rejected { error: member(&["errorCode", "error", "title"])?, description })
}

/// RFC 6750 §3: reads the parameter `error` of a challenge.
fn of_challenge(headers: &HeaderMap) -> Option<Rejected> {
    let (_, rest) = text(headers, header::WWW_AUTHENTICATE)?.split_once("error=\"")?;
    let (error, _) = rest.split_once('"')?;
    Some(Rejected { error: error.to_owned(), description: String::new() })
}

fn parameter(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Bytes. The tenant's own errors have a few hundred. The body is in memory already.
const MAX_BODY: usize = 1024 * 1024;
