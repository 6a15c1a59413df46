//! The routes.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Json, ServiceConfig, get, resource, route, scope};
use actix_web::{HttpResponse, Route, rt};
use auth0_api_actix::long_connection::{Ended, EndsWithToken};
use auth0_api_actix::{ApiClient, Auth, Requirement, Token, TokenEnd};
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Map, Value, json};

pub(crate) fn configure(config: &mut ServiceConfig, api: &ApiClient) {
    let auth = Auth::new(api.clone());
    let reading = auth.require(Requirement::scope("read:messages"));
    let protected = scope("")
        .service(resource("/api/private").route(read().to(private)))
        .service(resource("/api/private-scoped").wrap(reading).route(read().to(private_scoped)))
        .service(resource("/api/claims").route(read().to(claims)))
        .service(resource("/api/stream").route(get().to(events)))
        .wrap(auth);
    config
        .app_data(Data::new(api.clone()))
        .service(resource("/api/public").route(read().to(public)))
        .service(resource("/health/ready").route(read().to(ready)))
        .service(protected);
}

/// Returns a route for GET and HEAD: in actix-web, a GET route does not answer HEAD.
fn read() -> Route {
    route().guard(Any(Get()).or(Head()))
}

async fn public() -> Json<Value> {
    Json(json!({ "message": "Hello from a public endpoint!" }))
}

async fn private(Token(token): Token) -> Json<Value> {
    Json(json!({ "message": "Hello from a private endpoint!", "subject": token.subject() }))
}

async fn private_scoped(Token(token): Token) -> Json<Value> {
    let scopes: Vec<_> = token.scopes().collect();
    Json(json!({ "message": "Hello from a private endpoint that needs read:messages!", "scopes": scopes }))
}

async fn claims(Token(token): Token) -> Json<Map<String, Value>> {
    Json(token.claims().clone())
}

/// Sends an event every second, until the token of the request ends.
///
/// Every stream ends after some seconds, and an `EventSource` then connects again. So the program can stop: it waits for
/// its open streams.
async fn events(TokenEnd(until_ended): TokenEnd) -> HttpResponse {
    let seconds = stream::unfold(rt::time::interval(Duration::from_secs(1)), async |mut interval| {
        interval.tick().await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b"data: connected\n\n")), interval))
    });
    let last = |ended: Ended| Ok(format!("event: token_ended\ndata: {}\n\n", ended.label()).into());
    let events = EndsWithToken::new(seconds.take(EVENTS), until_ended).with_last(last);
    HttpResponse::Ok().content_type("text/event-stream").streaming(events)
}

/// Fetches the tenant's keys if they are missing, and answers 204 if the client has keys. So an API that was started
/// during an outage of the tenant becomes ready as soon as the outage ends.
async fn ready(api: Data<ApiClient>) -> (&'static str, StatusCode) {
    if !api.is_ready() {
        // An error if one of several tenants is down. The others are served all the same, and `is_ready` says so.
        _ = api.warm_up().await;
    }
    ("", if api.is_ready() { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE })
}

/// The events of one stream. Orchestrators give a program 30 s to stop.
const EVENTS: usize = 20;
