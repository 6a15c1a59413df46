//! `auth0-api profiles`: the token exchange profiles of a tenant, by the Management API.
//!
//! Each subcommand that changes something makes a [`Plan`](plan::Plan) first, shows it, and changes the tenant only after
//! a yes: of a person at a terminal, or of `--yes`.

mod access;
mod confirm;
mod create;
mod delete;
mod ensure;
mod failure;
mod file;
mod line;
mod list;
mod plan;
mod report;
mod step;
mod wanted;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use access::Access;
use failure::Failure;
use report::Report;

use crate::{exit_status, management, runtime};

/// The arguments of `auth0-api profiles`.
#[derive(Debug, Args)]
#[command(after_help = help())]
pub(crate) struct ProfilesOptions {
    #[command(subcommand)]
    task: Task,
    #[command(flatten)]
    access: Access,
    /// Print one JSON document, also for a failure
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// List the token exchange profiles of the tenant
    List,
    /// Create a profile, unless one has its subject token type
    Create(create::Options),
    /// Create, rename or replace profiles until they are as a file describes them
    Ensure(ensure::Options),
    /// Delete profiles
    Delete(delete::Options),
}

/// Runs a subcommand, and returns the exit status.
pub(crate) fn run(options: &ProfilesOptions) -> ExitCode {
    let outcome = runtime::block_on(perform(options)).unwrap_or_else(|problem| Err(Failure::runtime(problem)));
    let report = outcome.unwrap_or_else(Report::failed);
    // If nobody reads the report, its exit status still counts.
    drop(report.print(options.json));
    report.exit_status().into()
}

async fn perform(options: &ProfilesOptions) -> Result<Report, Failure> {
    let tenant = || options.access.tenant();
    match &options.task {
        Task::List => list::run(&tenant()?).await,
        Task::Create(task) => create::run(task, tenant).await,
        Task::Ensure(task) => ensure::run(task, tenant).await,
        Task::Delete(task) => delete::run(task, &tenant()?).await,
    }
}

fn help() -> String {
    format!("{MORE}\n{}\n\n{EXAMPLES}\n\n{}", management::VARIABLES, exit_status::OF_PROFILES)
}

const MORE: &str = "\
The credentials are those of an application (Machine to Machine) that is authorised for the Auth0 Management API. It \
needs the scope read:token_exchange_profiles, and for changes also create:token_exchange_profiles, \
update:token_exchange_profiles and delete:token_exchange_profiles. The domain is the canonical one, such as \
tenant.eu.auth0.com, and no custom domain. A flag wins over these variables:";

const EXAMPLES: &str = "\
EXAMPLES
  export AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_MANAGEMENT_CLIENT_ID=...
  auth0-api profiles list --client-secret-file secret.txt
  auth0-api profiles ensure profiles.toml --client-secret-file secret.txt
      Prints the plan, and asks. In a pipeline, add --yes.";
