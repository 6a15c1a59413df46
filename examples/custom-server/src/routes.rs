//! The routes, and what each requires.

use std::net::IpAddr;

use auth0_api_core::adapter::{Admission, Gate};
use auth0_api_core::{Actor, OnBehalfOf, Rejection, Requirement};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::adapter::{Answer, protected};

pub(crate) struct App {
    pub(crate) gate: Gate,
    /// The API that this one calls on behalf of its users.
    pub(crate) downstream: String,
}

impl App {
    pub(crate) async fn answer(&self, request: &Parts, peer: IpAddr) -> Answer {
        let answer = match (&request.method, request.uri.path()) {
            (&Method::GET, "/api/public") => {
                Ok(respond(StatusCode::OK, &json!({ "message": "This endpoint needs no token." })))
            }
            (&Method::GET, "/api/private") => {
                protected(&self.gate, request, peer, async |caller| private(caller)).await
            }
            (&Method::GET, "/api/downstream") => {
                protected(&self.gate, request, peer, async |caller| self.downstream(caller).await).await
            }
            _ => Ok(respond(StatusCode::NOT_FOUND, &json!({ "error": "not_found" }))),
        };
        answer.unwrap_or_else(|rejection| Response::from(&rejection))
    }

    /// Gets a token for the downstream API. A real API would call the downstream API with it; this example only returns
    /// the token's scopes and actors.
    async fn downstream(&self, caller: &Admission) -> Result<Answer, Rejection> {
        let token = caller.demand_that_meets(&Requirement::scope("read:messages"))?;
        let asked = OnBehalfOf::audience(self.downstream.as_str()).scope("read:messages");
        let tokens = caller.api().get_token_on_behalf_of(token, asked).await;
        let tokens = tokens.map_err(|error| caller.reject(&error.into()))?;
        let body = json!({
            "audience": self.downstream,
            "scopes": tokens.scopes().collect::<Vec<_>>(),
            "actors": tokens.delegation_chain().unwrap_or_default().iter().map(Actor::subject).collect::<Vec<_>>(),
        });
        Ok(respond(StatusCode::OK, &body))
    }
}

fn private(caller: &Admission) -> Result<Answer, Rejection> {
    Ok(respond(StatusCode::OK, &json!({ "subject": caller.demand()?.subject() })))
}

fn respond(status: StatusCode, body: &Value) -> Answer {
    let mut response = Response::new(body.to_string().into());
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    response
}
