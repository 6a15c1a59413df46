//! The routes, and what each requires.

use std::net::IpAddr;

use auth0_api_core::adapter::{Admission, Gate};
use auth0_api_core::{Rejection, Requirement, VerifiedToken};
use auth0_api_fetcher::{FetchError, Fetcher};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::adapter::{Answer, protected};

pub(crate) struct App {
    pub(crate) gate: Gate,
    /// The API that this one calls on behalf of its users.
    pub(crate) downstream: Fetcher,
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

    /// Calls the other API on behalf of the user, and returns its answer.
    async fn downstream(&self, caller: &Admission) -> Result<Answer, Rejection> {
        let token = caller.demand_that_meets(&Requirement::scope("read:messages"))?;
        let answer = self.ask_downstream(token).await.map_err(|error| caller.reject(&error.into()))?;
        Ok(respond(StatusCode::OK, &json!({ "downstream": answer })))
    }

    async fn ask_downstream(&self, token: &VerifiedToken) -> Result<Value, FetchError> {
        let response = self.downstream.for_caller(token).get("/api/private").send().await?;
        response.error_for_status()?.json().await
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
