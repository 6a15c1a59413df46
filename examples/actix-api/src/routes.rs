//! The routes.

use actix_web::Route;
use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, ServiceConfig, resource, route, scope};
use auth0_api_actix::{ApiClient, Auth, Requirement, Token};
use serde_json::{Map, Value, json};

pub(crate) fn configure(config: &mut ServiceConfig, api: &ApiClient) {
    let auth = Auth::new(api.clone());
    let reading = auth.require(Requirement::scope("read:messages"));
    let protected = scope("")
        .service(resource("/api/private").route(read().to(private)))
        .service(resource("/api/private-scoped").wrap(reading).route(read().to(private_scoped)))
        .service(resource("/api/claims").route(read().to(claims)))
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

/// Fetches the tenant's keys if they are missing, and answers 204 if the client has keys. So an API that was started
/// during an outage of the tenant becomes ready as soon as the outage ends.
async fn ready(api: Data<ApiClient>) -> (&'static str, StatusCode) {
    match api.warm_up().await {
        Ok(()) => ("", StatusCode::NO_CONTENT),
        Err(_) => ("", StatusCode::SERVICE_UNAVAILABLE),
    }
}
