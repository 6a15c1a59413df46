//! A function that is an axum router.

use auth0_api_axum::{ApiClient, AuthLayer, CertificateSource, Requirement, Token};
use axum::middleware::{map_request, map_response};
use axum::{Router, body::Bytes, routing::get, routing::post};
use lambda_adapter::gateway;

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let api = ApiClient::from_env()
        // `from_env` reads PUBLIC_URL too. Here it is mandatory: without it, the scheme is
        // `http`.
        .public_url(std::env::var("PUBLIC_URL")?)
        // Only for tokens that are bound to a certificate, with mutual TLS.
        .client_certificates(CertificateSource::of_connection())
        .build()?;
    let auth = AuthLayer::new(api);
    let writes = auth.require(Requirement::scope("write:orders"));
    let app = Router::new()
        .route("/me", get(me))
        .route("/echo", post(async |body: Bytes| body).route_layer(writes))
        .layer(auth)
        .layer(map_request(async |request| gateway::describe(request)))
        .layer(map_response(async |response| gateway::join_lines(response)));
    lambda_http::run(app).await
}

async fn me(Token(token): Token) -> String {
    token.subject().unwrap_or("nobody").to_owned()
}
