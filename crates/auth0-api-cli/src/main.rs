//! `auth0-api`: tools to develop and operate APIs with Auth0. The local tenant is in `auth0-api-testing`.

mod api_settings;
mod arguments;
mod check;
mod doctor;
mod environment;
mod exit_status;
mod file;
mod generated;
mod json;
mod management;
mod printable;
mod profiles;
mod proof;
mod runtime;
mod terminal;

use std::process::ExitCode;

use auth0_api_testing::cli::{TenantOptions, run};
use clap::{CommandFactory as _, Parser, Subcommand};

/// Tools to develop and operate APIs with Auth0.
#[derive(Debug, Parser)]
#[command(name = "auth0-api", version, arg_required_else_help = true, max_term_width = 80)]
struct Command {
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Debug, Subcommand)]
enum Tool {
    /// Explain why an API accepts or rejects a token: reads it from standard input
    Check(Box<check::CheckOptions>),
    /// Find out what keeps an API from verifying the tokens of its tenant
    Doctor(Box<doctor::DoctorOptions>),
    /// Read and change the token exchange profiles of a tenant
    Profiles(Box<profiles::ProfilesOptions>),
    /// Make a DPoP proof by hand, to debug a client or an API: reads the token from standard input
    Proof(Box<proof::ProofOptions>),
    /// Run a local Auth0 tenant. For development only: it issues tokens to anyone who asks
    Tenant(Box<TenantOptions>),
    /// Print the completions for a shell
    #[command(after_help = generated::COMPLETIONS_HELP)]
    Completions {
        /// Shell
        shell: clap_complete::Shell,
    },
    /// Print the man page of this program
    #[command(after_help = generated::MAN_HELP)]
    Man,
}

fn main() -> ExitCode {
    let command: Command = match arguments::parse() {
        Ok(command) => command,
        Err(status) => return status,
    };
    match command.tool {
        Tool::Check(options) => check::run(&options),
        Tool::Doctor(options) => doctor::run(&options),
        Tool::Profiles(options) => profiles::run(&options),
        Tool::Proof(options) => proof::run(&options),
        Tool::Tenant(options) => run(*options),
        Tool::Completions { shell } => generated::completions(shell, Command::command()),
        Tool::Man => generated::man_page(Command::command()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// clap breaks longer lines. That is right for a paragraph, and destroys an example or a table.
    #[test]
    fn examples_and_tables_of_the_help_fit_80_columns() {
        let command = Command::command();
        let tools = command.get_subcommands().flat_map(|tool| std::iter::once(tool).chain(tool.get_subcommands()));
        for tool in tools.filter(|tool| tool.get_name() != "tenant") {
            let help = tool.get_after_help().map(ToString::to_string).unwrap_or_default();
            let wide = help.lines().find(|line| line.starts_with(' ') && line.chars().count() > 80);
            assert_eq!(wide, None, "{}", tool.get_name());
        }
    }
}
