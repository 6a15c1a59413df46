//! An API whose OpenAPI document is made from the requirements that guard its routes.
//!
//! `documented_auth.rs` is the file to copy. `tests/it.rs` compares the document with what the API does.

pub mod documented_auth;

use auth0_api_axum::{ApiClient, Requirement, Token};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::documented_auth::DocumentedAuth;

/// An order of a customer.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct Order {
    id: u64,
    item: String,
}

/// Returns the routes, and the document that describes them, which the API serves at `/openapi.json`.
pub fn app(api: &ApiClient) -> (Router, OpenApi) {
    let auth = DocumentedAuth::new(api);
    let reading = Requirement::any_scope(["read:orders", "admin:orders"]);
    let cancelling = Requirement::scopes(["write:orders", "cancel:orders"]).and(Requirement::user());
    let protected = OpenApiRouter::new()
        .routes(auth.require(Requirement::scope("read:orders"), routes!(list)))
        .routes(auth.require(Requirement::scope("write:orders"), routes!(create)))
        .routes(auth.require(reading, routes!(show)))
        .routes(auth.require(cancelling, routes!(cancel)))
        .routes(routes!(profile));
    // The public routes come after the layer, which covers only the routes before it.
    let (router, document) = auth.protect(protected).routes(routes!(health)).split_for_parts();
    let served = Json(document.clone());
    (router.route("/openapi.json", get(async move || served)), document)
}

/// The orders.
#[utoipa::path(get, path = "/orders", responses((status = OK, body = Vec<Order>)))]
async fn list() -> Json<Vec<Order>> {
    Json(vec![Order { id: 1, item: "tea".into() }])
}

/// Creates an order.
#[utoipa::path(post, path = "/orders", request_body = Order, responses((status = CREATED, body = Order)))]
async fn create(Json(order): Json<Order>) -> (StatusCode, Json<Order>) {
    (StatusCode::CREATED, Json(order))
}

/// One order.
#[utoipa::path(get, path = "/orders/{id}", params(("id" = u64, Path)), responses((status = OK, body = Order)))]
async fn show(Path(id): Path<u64>) -> Json<Order> {
    Json(Order { id, item: "tea".into() })
}

/// Cancels an order.
#[utoipa::path(delete, path = "/orders/{id}", params(("id" = u64, Path)), responses((status = NO_CONTENT)))]
async fn cancel(Path(_): Path<u64>) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Who calls.
#[utoipa::path(get, path = "/profile", responses((status = OK, body = Option<String>)))]
async fn profile(Token(token): Token) -> Json<Option<String>> {
    Json(token.subject().map(ToOwned::to_owned))
}

/// Whether the API runs.
#[utoipa::path(get, path = "/health", responses((status = NO_CONTENT)))]
async fn health() -> StatusCode {
    StatusCode::NO_CONTENT
}
