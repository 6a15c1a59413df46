//! The ways to present a request: core's own two calls, and the axum layer. Each case is presented in every possible
//! way.

use std::convert::Infallible;

use auth0_api_axum::AuthLayer;
use auth0_api_core::{ApiClient, ListenerScheme, Requirement, TokenRequest, VerifiedToken};
use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt as _, Full};
use serde_json::Value;
use tower::{Layer as _, ServiceExt as _};

use super::answer::{Answer, Rejected};
use super::case::Request;

/// The input of a call.
#[derive(Clone, Debug)]
pub(super) enum Presented {
    Request(Request),
    /// A raw token, without a request.
    Token(String),
}

/// A way to present a request or a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// The tower layer of `auth0-api-axum`, around a service that answers with the token's claims.
    Axum,
    /// `verify_request` or `verify_access_token`.
    Core,
}

impl Via {
    /// Returns the ways that are possible for all of these inputs, core first.
    pub(super) fn possible_for(presented: &[&Presented]) -> &'static [Self] {
        let sendable =
            |presented: &&Presented| matches!(presented, Presented::Request(request) if !request.in_process_only);
        if presented.iter().all(sendable) { &[Self::Core, Self::Axum] } else { &[Self::Core] }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Axum => "axum",
            Self::Core => "core",
        }
    }

    /// Presents a request or a token to a client, for a route with this requirement.
    pub(super) async fn ask(
        self,
        api: &ApiClient,
        presented: &Presented,
        route: &Requirement,
    ) -> Result<Answer, String> {
        match (self, presented) {
            (Self::Core, Presented::Request(request)) => {
                let described = TokenRequest::new(&request.method, &request.url, &request.headers);
                Ok(answer(api, api.verify_request(&described).await.and_then(|token| checked(token, route))))
            }
            (Self::Core, Presented::Token(token)) => {
                Ok(answer(api, api.verify_access_token(token).await.and_then(|token| checked(token, route))))
            }
            (Self::Axum, Presented::Request(request)) => through_axum(api, request, route).await,
            (Self::Axum, Presented::Token(_)) => Err("a raw token cannot be presented to a framework".to_owned()),
        }
    }
}

fn checked(token: VerifiedToken, route: &Requirement) -> Result<VerifiedToken, auth0_api_core::Error> {
    route.check(&token).map(|()| token)
}

fn answer(api: &ApiClient, result: Result<VerifiedToken, auth0_api_core::Error>) -> Answer {
    match result {
        Ok(token) => Answer::Verified(token.claims().clone()),
        Err(error) => Answer::Rejected(api.reject(&error).into()),
    }
}

async fn through_axum(api: &ApiClient, request: &Request, route: &Requirement) -> Result<Answer, String> {
    let layer = AuthLayer::new(api.clone());
    let service = layer.layer(layer.require(route.clone()).layer(tower::service_fn(echo_claims)));
    let Ok(response) = service.oneshot(http_request(request)?).await;
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await;
    let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    if parts.status == http::StatusCode::OK {
        return serde_json::from_str(&body).map(Answer::Verified).map_err(|error| format!("axum: {error}: {body}"));
    }
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    Ok(Answer::Rejected(Rejected { status: parts.status.as_u16(), headers: headers.collect(), body }))
}

/// The protected service: answers with the claims of the token that the layer stored in the request.
async fn echo_claims(request: http::Request<String>) -> Result<Response<Full<Bytes>>, Infallible> {
    let claims = request.extensions().get::<VerifiedToken>().map(|token| Value::Object(token.claims().clone()));
    Ok(Response::new(Bytes::from(claims.unwrap_or_default().to_string()).into()))
}

/// Returns the request as an HTTP/2 server sees it: with scheme and authority in its URI, and with the same scheme of
/// the listener.
fn http_request(request: &Request) -> Result<http::Request<String>, String> {
    let is_https = request.url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"));
    let listener = if is_https { ListenerScheme::Https } else { ListenerScheme::Http };
    let mut builder = http::Request::builder().method(request.method.as_str()).uri(&request.url).extension(listener);
    for (name, value) in &request.headers {
        builder = builder.header(name, value.as_bytes());
    }
    builder.body(String::new()).map_err(|error| format!("the http crate cannot represent the request: {error}"))
}
