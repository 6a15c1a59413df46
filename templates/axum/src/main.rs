//! Serves the API on port 3000. `AUTH0_DOMAIN` and `AUTH0_AUDIENCE` name the tenant and this API. The guide lists all
//! [settings](https://docs.rs/auth0-api-core/latest/auth0_api_core/guide/settings/).

use std::error::Error;

use auth0_api_axum::{ApiClient, DpopPolicy};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("info"))
        .init();

    // Code wins over variables: remove `dpop` to let `AUTH0_DPOP` decide.
    let api = ApiClient::from_env().dpop(DpopPolicy::{{dpop}}()).build()?;
    if let Err(error) = api.warm_up().await {
        // Not fatal: the client fetches the keys again for the first token.
        tracing::warn!(%error, "the keys of the tenant are not available yet");
    }

    let listener = TcpListener::bind(("127.0.0.1", 3000)).await?;
    tracing::info!(
        "listening on http://{}\n{}",
        listener.local_addr()?,
        api.summary()
    );
    axum::serve(listener, {{crate_name}}::app(api))
        .with_graceful_shutdown(interrupted())
        .await?;
    Ok(())
}

/// Waits for Ctrl-C or, on Unix, for SIGTERM, which containers send. The server then
/// finishes the requests in progress.
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
