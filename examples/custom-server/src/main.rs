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

#![expect(clippy::print_stdout, reason = "this program prints for its user")]

mod adapter;
mod routes;
mod server;

use std::error::Error;
use std::sync::Arc;

use auth0_api_core::adapter::Gate;
use auth0_api_core::{ApiClient, ClientAuth, OnBehalfOf};
use auth0_api_fetcher::{Fetcher, FetcherBuildError};
use clap::Parser;
use tokio::net::TcpListener;

use crate::routes::App;

/// A protected API on bare hyper.
#[derive(Debug, Parser)]
struct Settings {
    /// The tenant's domain; `http://127.0.0.1:port` for a local tenant.
    #[arg(long, env = "AUTH0_DOMAIN")]
    domain: String,
    /// The API's identifier, which clients name as the audience.
    #[arg(long, env = "AUTH0_AUDIENCE")]
    audience: String,
    /// The id of this API's Custom API client.
    #[arg(long, env = "AUTH0_CLIENT_ID")]
    client_id: String,
    /// The secret of the Custom API client.
    #[arg(long, env = "AUTH0_CLIENT_SECRET", hide_env_values = true)]
    client_secret: String,
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
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::parse();
    let api = client(&settings)?;
    let listener = TcpListener::bind(("127.0.0.1", settings.port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let app = Arc::new(App { downstream: downstream(&api, &settings)?, gate: Gate::new(api) });
    tokio::select! {
        never = server::serve(listener, app) => match never {},
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}

fn downstream(api: &ApiClient, settings: &Settings) -> Result<Fetcher, FetcherBuildError> {
    let asked = OnBehalfOf::audience(settings.downstream_audience.as_str()).scope("read:messages");
    let mut builder = Fetcher::on_behalf_of(api, settings.downstream_url.as_str(), asked);
    if settings.downstream_url.starts_with("http://127.0.0.1:") {
        builder = builder.insecure_http();
    }
    builder.build()
}

fn client(settings: &Settings) -> Result<ApiClient, Box<dyn Error>> {
    let secret = ClientAuth::secret_post(settings.client_id.as_str(), settings.client_secret.as_str());
    let mut builder = ApiClient::builder(&settings.domain, settings.audience.as_str()).client_auth(secret);
    if settings.domain.starts_with("http://") {
        // Allows http for loopback addresses only; any other http domain is still rejected.
        builder = builder.insecure_http_loopback();
    }
    Ok(builder.build()?)
}
