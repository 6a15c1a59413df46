//! A protected API on bare hyper. The API uses `ApiClient` directly, without a framework or an adapter.
//!
//! ```sh
//! AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_AUDIENCE=https://api.example.com \
//! AUTH0_CLIENT_ID=… AUTH0_CLIENT_SECRET=… DOWNSTREAM_AUDIENCE=https://downstream.example.com \
//! DOWNSTREAM_URL=http://127.0.0.1:3001 cargo run -p custom-server
//!
//! curl -i http://127.0.0.1:3000/api/private -H "Authorization: Bearer $USER_TOKEN"
//! curl -i http://127.0.0.1:3000/api/downstream -H "Authorization: Bearer $USER_TOKEN"   # calls the other API
//! ```
//!
//! A second instance of this program can be the other API: start it with `PORT=3001` and
//! `AUTH0_AUDIENCE=https://downstream.example.com`.
//!
//! `cargo run -p auth0-api-testing --bin local-tenant` starts a tenant on this machine. This program prints the
//! variables to export and how to get a `USER_TOKEN`.
//!
//! `adapter.rs` shows the parts of an adapter for another framework. `routes.rs` is the part that you would write
//! yourself.

mod adapter;
mod routes;
mod server;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use auth0_api_core::adapter::Gate;
use auth0_api_core::{ApiClient, BuildError, OnBehalfOf, Settings};
use auth0_api_fetcher::{Fetcher, FetcherBuildError};
use clap::Parser;
use tokio::net::TcpListener;

use crate::routes::App;

/// A protected API on bare hyper, which calls another API on behalf of its users.
///
/// The variables AUTH0_DOMAIN, AUTH0_AUDIENCE, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET are mandatory. The page `settings` of
/// the guide of auth0-api-core lists all others.
#[derive(Debug, Parser)]
#[expect(clippy::doc_markdown, reason = "clap prints this text")]
struct Arguments {
    /// The identifier of the API that this API calls on behalf of its users.
    #[arg(long, env = "DOWNSTREAM_AUDIENCE", default_value = "https://downstream.example.com")]
    downstream_audience: String,
    /// The URL of that API.
    #[arg(long, env = "DOWNSTREAM_URL", default_value = "https://downstream.example.com")]
    downstream_url: String,
    /// The port to listen on. With 0, the system chooses a free port, and the program prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let api = client(&Settings::from_env())?;
    let listener = listen(arguments.port).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let summary = api
        .summary()
        .and("calls", &arguments.downstream_url)
        .and("try", format_args!("curl -i {url}/api/private -H \"Authorization: Bearer $USER_TOKEN\""));
    // A closed standard output does not stop the API.
    _ = io::stdout().write_all(format!("listening on {url}\n{summary}\n").as_bytes());
    let app = Arc::new(App { downstream: downstream(&api, arguments)?, gate: Gate::new(api) });
    tokio::select! {
        never = server::serve(listener, app) => match never {},
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}

fn client(settings: &Settings) -> Result<ApiClient, BuildError> {
    let builder = settings.builder();
    // Any client can verify tokens. This one also exchanges them.
    let builder = if settings.has("client_id") || settings.has("client_secret") {
        builder
    } else {
        builder.setting_problem("AUTH0_CLIENT_ID", "not set, and calls to the other API need it")
    };
    builder.build()
}

fn downstream(api: &ApiClient, arguments: &Arguments) -> Result<Fetcher, FetcherBuildError> {
    let asked = OnBehalfOf::audience(arguments.downstream_audience.as_str()).scope("read:messages");
    let mut builder = Fetcher::on_behalf_of(api, arguments.downstream_url.as_str(), asked);
    if arguments.downstream_url.starts_with("http://127.0.0.1:") {
        builder = builder.insecure_http();
    }
    builder.build()
}

async fn listen(port: u16) -> Result<TcpListener, String> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    listener.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!("PORT: another program listens on port {port}; 0 chooses a free port"),
        _ => format!("PORT: cannot listen on port {port}: {error}"),
    })
}
