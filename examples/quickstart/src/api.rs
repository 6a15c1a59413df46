//! The protected API: what you would write yourself.

use std::io;

use auth0_api_axum::{AuthLayer, VerifiedToken};
use auth0_api_core::{ApiClient, Requirement};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

fn app(api: ApiClient) -> Router {
    let auth = AuthLayer::new(api);
    let reading = auth.require(Requirement::scope("read:messages"));
    Router::new()
        .route("/api/private", get(private))
        .route("/api/private-scoped", get(private_scoped).route_layer(reading))
        .layer(auth)
        .route("/api/public", get(public))
}

async fn public() -> Json<Value> {
    Json(json!({ "message": "Hello from a public endpoint! Anybody may see this." }))
}

async fn private(token: VerifiedToken) -> Json<Value> {
    Json(json!({ "message": "Hello from a private endpoint!", "subject": token.subject() }))
}

async fn private_scoped(token: VerifiedToken) -> Json<Value> {
    let scopes: Vec<_> = token.scopes().collect();
    Json(json!({ "message": "Hello from a private endpoint that needs read:messages!", "scopes": scopes }))
}

/// Serves the API on a free port of this machine and gives its URL.
pub(crate) async fn start(api: ApiClient) -> io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app(api)).await });
    Ok(url)
}
