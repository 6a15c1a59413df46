//! The contract suite for adapters, run against the layer and the extractors in axum, and against the layer without
//! extractors on a hyper server and on a tonic server.

mod found_out;
mod through_axum;
mod through_tonic;
mod through_tower;

use std::net::IpAddr;

use auth0_api_axum::HandlerError;
use auth0_api_core::{ExchangeError, Rejection, Requirement, VerifiedToken};
use auth0_api_testing::contract;
use auth0_api_testing::contract::adapter::{BLANK_SUBJECT, INNER_HEADERS, REJECTED};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use serde::Deserialize;

#[tokio::test]
async fn axum_keeps_the_contract() {
    contract::adapter(&through_axum::Axum).await;
}

#[tokio::test]
async fn a_bare_hyper_server_with_the_layer_keeps_the_contract() {
    contract::adapter(&through_tower::Tower).await;
}

#[tokio::test]
async fn a_tonic_server_with_the_layer_keeps_the_contract() {
    contract::adapter(&through_tonic::Tonic).await;
}

/// The hook that the contract requires.
fn problem<B: From<String>>(rejection: &Rejection, request: &Parts) -> (&'static str, B) {
    let id = request.headers.get("x-request-id").map_or("", |id| id.to_str().unwrap());
    let body = format!(r#"{{"title":"{}","id":"{id}"}}"#, rejection.label());
    ("application/problem+json", body.into())
}

/// The audit layer around all routes.
fn audit<B>(mut response: Response<B>) -> Response<B> {
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        let label = HeaderValue::from_static(rejection.label());
        response.headers_mut().insert(REJECTED, label);
    }
    response
}

/// The layer inside `/stripped`.
fn strip<B>(mut request: Request<B>) -> Request<B> {
    request.headers_mut().remove("authorization");
    request
}

/// The layer inside `/failing/decorated`.
fn decorate<B>(mut response: Response<B>) -> Response<B> {
    for (name, value) in INNER_HEADERS {
        response.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// The layer inside `/failing/recovered`.
fn recover<B>(mut response: Response<B>, body: B) -> Response<B> {
    *response.status_mut() = StatusCode::OK;
    response.map(|_| body)
}

/// The answer of the handler of `/address`.
fn shown(address: Option<IpAddr>) -> String {
    address.map_or("none".to_owned(), |address| address.to_string())
}

/// The error of the handler of `/failing`.
fn lacking(token: &VerifiedToken) -> HandlerError {
    Requirement::scope("write:orders").check(token).unwrap_err().into()
}

/// The error of the handler of `/failing/exchange`.
fn blank_subject() -> HandlerError {
    ExchangeError::from(BLANK_SUBJECT).into()
}

#[derive(Debug, Deserialize)]
struct Known {
    scope: String,
}

#[derive(Debug, Deserialize)]
struct Missing {
    #[serde(rename = "https://example.com/tier")]
    tier: String,
}
