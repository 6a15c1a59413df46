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
//! variables to export and how to get a token. The page `settings` of the guide of auth0-api-core lists every variable, and
//! `routes.rs` has the routes.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use auth0_api_axum::{ApiClient, Settings, Summary};
use auth0_api_redis::share_used_proofs;
use clap::Parser;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// A protected API for a real tenant or a local one.
///
/// The variables AUTH0_DOMAIN and AUTH0_AUDIENCE are mandatory. The page `settings` of the guide of auth0-api-core lists all
/// others.
#[derive(Debug, Parser)]
#[expect(clippy::doc_markdown, reason = "clap prints this text")]
struct Arguments {
    /// The port to listen on. With 0, the system chooses a free port, and the program prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    let colours = io::stdout().is_terminal();
    tracing_subscriber::fmt().with_ansi(colours).with_env_filter(EnvFilter::new("info")).init();
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env();
    let api = share_used_proofs(settings.builder(), &settings).build()?;
    let listener = listen(arguments.port).await?;
    if let Err(error) = api.warm_up().await {
        // Not a fatal error: the client fetches the keys again for the first token.
        tracing::warn!(%error, "the keys of the tenant are not available yet");
    }
    let url = format!("http://{}", listener.local_addr()?);
    let try_it = format!("curl -i {url}/api/private -H \"Authorization: Bearer $TOKEN\"");
    let start = format!("listening on {url}\n{}\n\ntry it\n  {try_it}\n", summary(&api, &settings));
    // A closed standard output does not stop the API.
    _ = io::stdout().write_all(start.as_bytes());
    let service = axum_api::app(api, settings.cors_origins()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(interrupted()).await?;
    Ok(())
}

/// What the operator sees at the start.
fn summary(api: &ApiClient, settings: &Settings) -> Summary {
    api.summary()
        .and("Redis", if settings.has("redis_url") { "records used proofs" } else { "none" })
        .and("CORS", settings.cors_origins())
}

async fn listen(port: u16) -> Result<TcpListener, String> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    listener.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!("PORT: another program listens on port {port}; 0 chooses a free port"),
        _ => format!("PORT: cannot listen on port {port}: {error}"),
    })
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
