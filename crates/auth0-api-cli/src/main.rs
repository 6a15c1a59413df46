//! `auth0-api`: a local Auth0 tenant as a program. The tenant itself is in `auth0-api-testing`.

mod profiles;

use std::process::ExitCode;

use auth0_api_testing::cli::{TenantOptions, run};
use clap::{Parser, Subcommand};

/// Tools to develop APIs with Auth0.
#[derive(Debug, Parser)]
#[command(name = "auth0-api", version, arg_required_else_help = true)]
struct Command {
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Debug, Subcommand)]
enum Tool {
    /// Read and change the token exchange profiles of a tenant
    Profiles(Box<profiles::ProfilesOptions>),
    /// Run a local Auth0 tenant. For development only: it issues tokens to anyone who asks
    Tenant(Box<TenantOptions>),
}

fn main() -> ExitCode {
    match Command::parse().tool {
        Tool::Profiles(options) => profiles::run(&options),
        Tool::Tenant(options) => run(*options),
    }
}
