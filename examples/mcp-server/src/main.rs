//! An MCP server that verifies its callers and calls another API on their behalf.
//!
//! ```sh
//! cargo run -p mcp-server                 # starts a tenant and a calendar API in this process: no account needed
//!
//! curl -i http://127.0.0.1:3000/mcp -X POST                                     # 401, with the metadata's URL
//! curl http://127.0.0.1:3000/.well-known/oauth-protected-resource/mcp           # names the tenant
//! npx @modelcontextprotocol/inspector                                           # connect to http://127.0.0.1:3000/mcp
//! ```
//!
//! With a real tenant, the API's identifier must be the URL that clients connect to:
//!
//! ```sh
//! AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_AUDIENCE=https://mcp.example.com/mcp AUTH0_CLIENT_ID=… AUTH0_CLIENT_SECRET=… \
//!   CALENDAR_URL=https://calendar.example.com CALENDAR_AUDIENCE=https://calendar.example.com cargo run -p mcp-server
//! ```
//!
//! `server.rs` protects the endpoint. `tools.rs` uses the caller's identity. `session.rs` lets only the user and client
//! that opened a session continue it. The guide of `auth0-api-core` shows which part of this SDK meets each requirement
//! of the MCP authorization specification.

#![expect(clippy::print_stdout, reason = "this program prints for its user")]

mod calendar;
mod local;
mod server;
mod session;
mod settings;
mod tools;

use std::error::Error;

use clap::Parser as _;
use tokio::net::TcpListener;

use crate::local::Local;
use crate::settings::Settings;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::parse();
    let listener = TcpListener::bind(("127.0.0.1", settings.port)).await?;
    let url = format!("http://{}/mcp", listener.local_addr()?);
    // The tenant stops when `_tenant` is dropped.
    let (app, _tenant) = if let Some(remote) = settings.remote()? {
        (server::app(&remote.api, remote.calendar, &remote.resource)?, None)
    } else {
        let local = Local::start(&url).await?;
        println!("tenant       {}", local.tenant.domain());
        (server::app(&local.api, local.calendar, &url)?, Some(local.tenant))
    };
    println!("listening on {url}");
    let interrupted = async { _ = tokio::signal::ctrl_c().await };
    axum::serve(listener, app).with_graceful_shutdown(interrupted).await?;
    Ok(())
}
