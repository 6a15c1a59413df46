//! An MCP server that one could deploy: a scope for each tool, calls to other APIs for the caller, and pages at which people
//! connect their accounts.
//!
//! ```sh
//! cargo run -p mcp-server                 # starts a tenant and a calendar API in this process: no account needed
//!
//! curl -i http://127.0.0.1:3000/mcp -X POST                                     # 401, with the metadata's URL
//! curl http://127.0.0.1:3000/.well-known/oauth-protected-resource/mcp           # names the tenant
//! npx @modelcontextprotocol/inspector                                           # connect to http://127.0.0.1:3000/mcp
//! ```
//!
//! | tool | needs | what it shows |
//! |---|---|---|
//! | `whoami` | `use:tools` | the caller's identity |
//! | `calendar.create` | also `write:events` | a call to another API on behalf of the user |
//! | `calendar.clear` | also `delete:events` | a step-up: a scope that no client gets at first, and that implies `write:events` |
//! | `contacts.list` | also `read:contacts` | an account at another company, from Token Vault; the page to connect it |
//!
//! With a real tenant, the API's identifier must be the URL that clients connect to. The *Regular Web Application* needs the
//! callback URLs `https://mcp.example.com/connect/signed-in` and `https://mcp.example.com/connect/connected`, and the scope
//! `create:me:connected_accounts` of the My Account API.
//!
//! ```sh
//! export AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_AUDIENCE=https://mcp.example.com/mcp
//! export AUTH0_CLIENT_ID=… AUTH0_CLIENT_SECRET=…             # the Custom API client of this API
//! export AUTH0_WEB_CLIENT_ID=… AUTH0_WEB_CLIENT_SECRET=…     # the Regular Web Application
//! export CALENDAR_URL=https://calendar.example.com
//! export MCP_SECRET="$(openssl rand -base64 32)"             # for all replicas
//! cargo run -p mcp-server
//! ```
//!
//! Read `server.rs`, which protects the endpoint, and then `tools.rs`. `apis.rs` configures what the tools call. The guide of
//! `auth0-api-core` shows which part of this SDK meets each requirement of the MCP authorization specification.

#![expect(clippy::print_stdout, reason = "this program prints for its user")]

mod apis;
mod calendar;
mod local;
mod log;
mod server;
mod settings;
mod tools;

use std::error::Error;
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::process::ExitCode;

use auth0_api_core::Settings;
use axum::middleware::from_fn;
use clap::Parser as _;
use tokio::net::TcpListener;

use crate::local::Local;
use crate::settings::Arguments;

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
    let settings = Settings::from_env();
    let key = arguments.key()?;
    let remote = arguments.remote(&settings, &key)?;
    let listener = listen(arguments.host, arguments.port).await?;
    let url = format!("http://{}/mcp", listener.local_addr()?);
    // The tenant stops when `_tenant` is dropped.
    let (api, app, _tenant) = if let Some(remote) = remote {
        (remote.api.clone(), server::app(&remote.api, remote.apis, &remote.resource, &key)?, None)
    } else {
        let local = Local::start(&url, arguments.log, &key).await?;
        println!("AUTH0_DOMAIN is not set: a tenant for development runs in this process");
        println!("tenant       {}", local.tenant.domain());
        (local.api.clone(), server::app(&local.api, local.apis, &url, &key)?, Some(local.tenant))
    };
    let app = if arguments.log { app.layer(from_fn(log::print)) } else { app };
    let summary = api
        .summary()
        .and("Redis", if settings.has("redis_url") { "records used proofs and links" } else { "none" })
        .and("CORS", "any")
        .and("try", format_args!("curl -i {url} -X POST"));
    // A closed standard output does not stop the API.
    _ = io::stdout().write_all(format!("listening on {url}\n{summary}\n").as_bytes());
    axum::serve(listener, app).with_graceful_shutdown(interrupted()).await?;
    Ok(())
}

/// Waits for Ctrl-C or, on Unix, for SIGTERM, which containers send. The server then finishes the requests in progress.
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

async fn listen(host: IpAddr, port: u16) -> Result<TcpListener, String> {
    let listener = TcpListener::bind((host, port)).await;
    listener.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!("PORT: another program listens on port {port}; 0 chooses a free port"),
        _ => format!("PORT: cannot listen on {host}, port {port}: {error}"),
    })
}
