//! A protected API for a real tenant or a local one: the same as `axum-api`, with actix-web.
//!
//! ```sh
//! AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_AUDIENCE=https://api.example.com cargo run -p actix-api
//!
//! curl -i http://127.0.0.1:3000/api/public
//! curl -i http://127.0.0.1:3000/api/private -H "Authorization: Bearer $TOKEN"
//! curl -i http://127.0.0.1:3000/api/private-scoped -H "Authorization: Bearer $TOKEN"   # needs read:messages
//! curl -i http://127.0.0.1:3000/api/claims -H "Authorization: Bearer $TOKEN"
//! curl -iN http://127.0.0.1:3000/api/stream -H "Authorization: Bearer $TOKEN"   # ends with the token
//! curl -i http://127.0.0.1:3000/health/ready
//! ```
//!
//! `cargo run -p auth0-api-testing --bin local-tenant` starts a tenant on this machine. This program prints the
//! variables to export and how to get a token. `cargo run -p actix-api -- --help` lists every variable.

#[path = "../../axum-api/src/cors_origins.rs"]
mod cors_origins;
mod routes;
// `actix-api` and `axum-api` have the same settings, and build the client from the settings in the same way.
#[path = "../../axum-api/src/settings.rs"]
mod settings;

use std::error::Error;
use std::io::IsTerminal as _;

use actix_cors::Cors;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::{App, HttpServer};
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::cors_origins::CorsOrigins;
use crate::settings::Settings;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let colours = std::io::stdout().is_terminal();
    tracing_subscriber::fmt().with_ansi(colours).with_env_filter(EnvFilter::new("info")).init();
    let settings = Settings::parse();
    let api = settings.client()?;
    if let Err(error) = api.warm_up().await {
        // Not a fatal error: the client fetches the keys again for the first token.
        tracing::warn!(%error, "the keys of the tenant are not available yet");
    }
    let origins = settings.cors_origins();
    // Each worker builds the application. All workers share one client. CORS is outside of the auth middleware: a
    // browser sends a preflight request without a token, and a page can read a rejection only if the rejection has the
    // headers of CORS too.
    let app = move || App::new().wrap(cors(&origins)).configure(|config| routes::configure(config, &api));
    let server = HttpServer::new(app).bind_auto_h2c(("127.0.0.1", settings.port()))?;
    for address in server.addrs() {
        tracing::info!("listening on http://{address}");
    }
    // On SIGTERM, which orchestrators send, actix-web finishes the requests in progress.
    server.run().await?;
    Ok(())
}

/// The headers that a page may send, and the response headers that it must be able to read: the nonce for its next
/// proof, and the reason of a rejection.
fn cors(origins: &CorsOrigins) -> Cors {
    let origins = origins.clone();
    Cors::default()
        .allowed_origin_fn(move |origin, _| origins.allow(origin.as_bytes()))
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([AUTHORIZATION.as_str(), CONTENT_TYPE.as_str(), "dpop"])
        .expose_headers(["dpop-nonce", WWW_AUTHENTICATE.as_str()])
        .max_age(PREFLIGHT_LIFETIME_S)
}

/// Browsers ask again after this time. It is short, so that a changed configuration soon has its effect.
const PREFLIGHT_LIFETIME_S: usize = 600;
