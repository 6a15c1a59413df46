//! A single-page application with the real [auth0-spa-js](https://github.com/auth0/auth0-spa-js), in front of the API of
//! `examples/axum-api`, a second API, and a local tenant. One command starts all of it:
//!
//! ```sh
//! cargo run -p spa
//! ```
//!
//! Open the printed URL. The page signs in and out, calls the API with Bearer and with DPoP, gets a token for the second
//! API with its refresh token (MRRT), switches organisations, continues a session of an old system, connects an account
//! at a third party and shows the events that the API fetched there (Token Vault), asks for more scopes in a popup, and
//! signs out when the API rejects its token.
//!
//! The page is in `page/`: plain HTML and JavaScript, without a build. auth0-spa-js comes from npm, in the version of
//! `package-lock.json`.

#![expect(clippy::print_stdout, reason = "this program prints for its user")]

mod calendar;
#[path = "../../axum-api/src/cors_origins.rs"]
mod cors_origins;
mod events;
mod legacy;
mod package;
mod page;
#[path = "../../axum-api/src/routes.rs"]
mod routes;
mod servers;
mod tenant;
mod third_party;

use std::error::Error;
use std::process::ExitCode;

use auth0_api_testing::SignIn;
use clap::Parser;

use crate::servers::Servers;

/// Starts a tenant, two APIs and a page that uses them, and prints the URL of the page.
#[derive(Debug, Parser)]
struct Arguments {
    /// Host of the page and of the tenant: 127.0.0.1 or localhost
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port of the page; 0 means any free port
    #[arg(long, default_value_t = 5173)]
    port: u16,
    /// Sign in at once, without the tenant's page
    #[arg(long)]
    at_once: bool,
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
    let library = package::library()?;
    let sign_in = if arguments.at_once { SignIn::Immediate } else { SignIn::Page };
    let servers = Servers::start(&arguments.host, arguments.port, sign_in, library).await?;
    println!("A local tenant, two APIs and a page. For development only.\n");
    println!("  tenant        {}", servers.tenant.domain());
    println!("  API           {} ({})", servers.api_url, servers.tenant.audience());
    println!("  calendar API  {} ({})", servers.calendar_url, tenant::CALENDAR);
    println!("\nOpen {}\nStop with ctrl-c.", servers.page_url);
    tokio::signal::ctrl_c().await?;
    Ok(())
}
