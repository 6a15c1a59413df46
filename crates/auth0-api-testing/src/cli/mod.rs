//! The program that serves a [`LocalTenant`](crate::LocalTenant): the binaries `auth0-api` (as `auth0-api tenant`, in
//! the crate `auth0-api-cli`) and `local-tenant` are this module with a name.
//!
//! ```no_run
//! use auth0_api_testing::cli::{TenantOptions, run};
//! use clap::Parser;
//!
//! #[derive(Parser)]
//! struct Command {
//!     #[command(flatten)]
//!     options: TenantOptions,
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     run(Command::parse().options)
//! }
//! ```

mod action;
mod applications;
mod ca_file;
mod examples;
mod exports;
mod file;
mod introduction;
mod options;
mod plan;
mod problems;
mod program;
mod recipes;
mod refresh_tokens;
mod registrations;
mod section;
mod stop;
mod wrap;

pub use options::TenantOptions;
pub use program::run;
