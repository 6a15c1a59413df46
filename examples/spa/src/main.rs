//! A single-page application with the real [auth0-spa-js](https://github.com/auth0/auth0-spa-js), in front of the API of
//! `examples/axum-api`, a second API, and a local tenant. One command starts all of it:
//!
//! ```sh
//! cargo run -p spa
//! ```
//!
//! Open the printed URL. The page signs in and out, calls the API with Bearer and with DPoP, gets a token for the second
//! API with its refresh token (MRRT), switches organizations, continues a session of an old system, connects an account
//! at a third party and shows the events that the API fetched there (Token Vault), asks for more scopes in a popup, and
//! signs out when the API rejects its token.
//!
//! The page is in `page/`: plain HTML and JavaScript, without a build. auth0-spa-js comes from npm, in the version of
//! `package-lock.json`.

#![expect(clippy::print_stdout, reason = "this program prints for its user")]

mod calendar;
mod events;
mod legacy;
mod package;
mod page;
mod request_log;
mod servers;
mod settings;
mod tenant;
mod third_party;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;

use crate::servers::Servers;
use crate::settings::Settings;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Settings::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: &Settings) -> Result<(), Box<dyn Error>> {
    let library = package::library()?;
    let servers = Servers::start(settings, library).await?;
    let tenant = &servers.tenant;
    let kind = if tenant.local.is_some() { "local, for development only" } else { "real" };
    println!("A tenant, two APIs and a page.\n");
    println!("  tenant        {} ({kind})", tenant.domain);
    println!("  API           {} ({})", servers.api_url, tenant.audience);
    println!("  calendar API  {} ({})", servers.calendar_url, tenant.calendar);
    println!(
        "\nOpen {}\nStop with ctrl-c. Each line below is a request: to the tenant, or to an API.\n",
        servers.page_url
    );
    tokio::signal::ctrl_c().await?;
    Ok(())
}
