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
mod list;
mod plan;
mod printable;
mod report;
mod step;
mod wanted;

use std::io;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use access::Access;
use failure::Failure;
use report::Report;

/// The arguments of `auth0-api profiles`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
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

/// Runs a subcommand, and returns the exit code of the process.
pub(crate) fn run(options: &ProfilesOptions) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome =
        runtime.map_err(|error| Failure::runtime(&error)).and_then(|runtime| runtime.block_on(perform(options)));
    let report = outcome.unwrap_or_else(Report::failed);
    // An error is ignored: the reader may have closed its end.
    drop(report.print(options.json, &mut io::stdout().lock(), &mut io::stderr().lock()));
    report.exit_code()
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

const HELP: &str = "\
Credentials: an application (Machine to Machine) that is authorised for the Auth0 Management API with
the scopes read:token_exchange_profiles and, for changes, create:…, update:… and delete:… of the same.
Its client secret comes from the variable AUTH0_MANAGEMENT_CLIENT_SECRET, or from a file, and never
from a flag. The domain is the canonical one, such as tenant.eu.auth0.com, and no custom domain.

Exit status: 0 done, or nothing to do; 1 failed; 2 wrong arguments, settings or file; 3 there are
changes to make, and nobody has confirmed them.

Example:
  export AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_MANAGEMENT_CLIENT_ID=…
  auth0-api profiles ensure profiles.toml --client-secret-file secret.txt --yes";
