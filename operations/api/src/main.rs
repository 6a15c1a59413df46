//! An API to operate: its traces go to a collector of OpenTelemetry, and Prometheus reads its metrics.
//!
//! ```sh
//! export AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_AUDIENCE=https://api.example.com
//! export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
//! cargo run --manifest-path operations/Cargo.toml -p observed-api
//!
//! curl -i http://127.0.0.1:3000/orders -H "Authorization: Bearer $TOKEN"   # needs read:orders
//! curl -i http://127.0.0.1:9464/metrics
//! ```
//!
//! `telemetry.rs` is the part to copy.

mod clock;
mod operators;
mod partner;
mod proofs;
mod routes;
mod settings;
mod stream;
mod telemetry;

use std::error::Error;

use clap::Parser as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::settings::Settings;
use crate::telemetry::Telemetry;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::parse();
    // Before the listener: as soon as the program listens, an orchestrator may end it.
    let terminated = terminated()?;
    // Before the client: it reports metrics from its first request on.
    let telemetry = Telemetry::install(settings.collector.as_deref())?;
    let clock = settings.clock();
    let api = settings.client(clock.clone())?;
    if let Err(error) = api.warm_up().await {
        // Not a fatal error: the client fetches the keys again for the first token.
        tracing::warn!(%error, "the keys of the tenant are not available yet");
    }
    let listener = TcpListener::bind(("127.0.0.1", settings.port)).await?;
    // A port of its own, which the load balancer does not publish.
    let operators_listener = TcpListener::bind(("127.0.0.1", settings.operators_port)).await?;
    tracing::info!(api = %listener.local_addr()?, operators = %operators_listener.local_addr()?, "listening");
    let app = routes::app(&api, &settings)?;
    let for_operators = operators::app(api, telemetry.metrics.clone(), clock);
    let stopped = tokio::spawn(axum::serve(operators_listener, for_operators).into_future());
    axum::serve(listener, app).with_graceful_shutdown(terminated).await?;
    stopped.abort();
    // Sends the spans that are still in memory.
    telemetry.shut_down()
}

/// Returns a future that ends with Ctrl-C, or with SIGTERM, which orchestrators send.
fn terminated() -> Result<impl Future<Output = ()>, std::io::Error> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
