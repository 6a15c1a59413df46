//! The routes, and the requirements of each route.

use std::net::IpAddr;

use auth0_api_core::{ApiClient, Error, OnBehalfOf, Requirement, VerifiedToken};
use bytes::Bytes;
use http_body_util::Full;
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::adapter::{reject, renew_nonce, verify};

pub(crate) struct App {
    pub(crate) api: ApiClient,
    /// The identifier of the API that this API calls on behalf of its users.
    pub(crate) downstream: String,
}

impl App {
    pub(crate) async fn answer(&self, request: &Parts, peer: IpAddr) -> Response<Full<Bytes>> {
        match (&request.method, request.uri.path()) {
            (&Method::GET, "/api/public") => {
                respond(StatusCode::OK, &json!({ "message": "This endpoint needs no token." }))
            }
            (&Method::GET, "/api/private" | "/api/downstream") => {
                self.protected(request, peer).await.unwrap_or_else(|error| reject(&self.api, &error))
            }
            _ => respond(StatusCode::NOT_FOUND, &json!({ "error": "not_found" })),
        }
    }

    async fn protected(&self, request: &Parts, peer: IpAddr) -> Result<Response<Full<Bytes>>, Error> {
        let token = verify(&self.api, request, peer).await?;
        let body = match request.uri.path() {
            "/api/downstream" => self.downstream(&token).await?,
            _ => json!({ "subject": token.subject() }),
        };
        let mut response = respond(StatusCode::OK, &body);
        renew_nonce(&token, response.headers_mut());
        Ok(response)
    }

    /// Gets a token for the downstream API. A real API would then call the downstream API with this token. This example
    /// only returns the scopes and actors of the token.
    async fn downstream(&self, caller: &VerifiedToken) -> Result<Value, Error> {
        Requirement::scope("read:messages").check(caller)?;
        let asked = OnBehalfOf::audience(self.downstream.as_str()).scope("read:messages");
        let tokens = self.api.get_token_on_behalf_of(caller, asked).await?;
        Ok(json!({
            "audience": self.downstream,
            "scopes": tokens.scopes().collect::<Vec<_>>(),
            "actors": tokens.delegation_chain().unwrap_or_default(),
        }))
    }
}

fn respond(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    response
}
