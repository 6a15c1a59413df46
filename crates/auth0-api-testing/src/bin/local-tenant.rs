//! A local Auth0 tenant to develop an API against, in any language: `auth0-api tenant` under its first name.

use std::process::ExitCode;

use auth0_api_testing::cli::{TenantOptions, run};
use clap::Parser;

/// Runs a local Auth0 tenant. For development only: it issues tokens to anyone who asks.
#[derive(Debug, Parser)]
#[command(name = "local-tenant", version, max_term_width = 80)]
struct Command {
    #[command(flatten)]
    options: TenantOptions,
}

fn main() -> ExitCode {
    run(Command::parse().options)
}
