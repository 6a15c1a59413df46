//! A protected API for a real tenant or a local one.
//!
//! ```sh
//! AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_AUDIENCE=https://api.example.com cargo run -p axum-api
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
//! variables to export and how to get a token. `cargo run -p axum-api -- --help` lists every variable.

mod cors_origins;
mod routes;
mod settings;

use std::error::Error;
use std::io::IsTerminal as _;
use std::net::SocketAddr;

use clap::Parser as _;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::settings::Settings;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let colours = std::io::stdout().is_terminal();
    tracing_subscriber::fmt().with_ansi(colours).with_env_filter(EnvFilter::new("info")).init();
    let settings = Settings::parse();
    let api = settings.client()?;
    if let Err(error) = api.warm_up().await {
        // Not a fatal error: the client fetches the keys again for the first token.
        tracing::warn!(%error, "the keys of the tenant are not available yet");
    }
    let listener = TcpListener::bind(("127.0.0.1", settings.port())).await?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let service = routes::app(api, settings.cors_origins()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(interrupted()).await?;
    Ok(())
}

/// Waits for Ctrl-C or, on Unix, for SIGTERM, which orchestrators send. The server then finishes the requests in
/// progress.
async fn interrupted() {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => _ = terminate.recv().await,
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
