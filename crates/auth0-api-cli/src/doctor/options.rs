//! The flags.

use std::time::Duration;

use auth0_api_core::Algorithm;

use crate::exit_status;
use crate::management::{self, ManagementOptions};

/// What the code of the API has set, and how to look. The environment has the other settings: `environment.rs`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = help())]
#[expect(clippy::struct_excessive_bools, reason = "each of them is a flag")]
#[expect(clippy::doc_markdown, reason = "a terminal would show the backticks")]
pub(crate) struct DoctorOptions {
    /// Algorithm that the API accepts (repeatable) [default: AUTH0_ALGORITHMS, or RS256]
    #[arg(long = "algorithm", value_name = "NAME", help_heading = API)]
    pub(super) algorithms: Vec<Algorithm>,
    /// Scope that a route of the API requires (repeatable)
    #[arg(long = "scope", value_name = "SCOPE", help_heading = API)]
    pub(super) scopes: Vec<String>,
    /// The API reads the claim permissions
    #[arg(long, help_heading = API)]
    pub(super) permissions: bool,
    /// The API requires tokens of RFC 9068
    #[arg(long, help_heading = API)]
    pub(super) rfc9068: bool,
    /// The API tells agents from users
    #[arg(long, help_heading = API)]
    pub(super) agents: bool,
    /// The API serves anonymous sessions
    #[arg(long, help_heading = API)]
    pub(super) anonymous: bool,
    /// Clients of the API get refresh tokens
    #[arg(long, help_heading = API)]
    pub(super) refresh_tokens: bool,
    /// The API accepts tokens that are bound to a certificate
    #[arg(long, help_heading = API)]
    pub(super) client_certificates: bool,
    /// Another host that has the tenant's keys (repeatable)
    #[arg(long = "jwks-host", value_name = "HOST", help_heading = API)]
    pub(super) jwks_hosts: Vec<String>,
    /// Replicas of Redis that must have each proof (replicas)
    #[arg(long, value_name = "NUMBER", help_heading = API)]
    pub(super) redis_replicas: Option<u32>,
    /// The API keeps logouts in Redis
    #[arg(long, help_heading = API)]
    pub(super) logouts: bool,

    #[command(flatten)]
    pub(super) management: ManagementOptions,

    /// Stop after this time, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(super) time_limit: u64,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

impl DoctorOptions {
    pub(super) fn time_limit(&self) -> Duration {
        Duration::from_secs(self.time_limit)
    }

    /// The settings that are also flags, by their keys.
    pub(super) fn settings(&self) -> [(&'static str, String); 2] {
        let algorithms: Vec<_> = self.algorithms.iter().map(|algorithm| algorithm.name()).collect();
        let strict = if self.rfc9068 { "on" } else { "" };
        [("algorithms", algorithms.join(" ")), ("strict_rfc9068", strict.to_owned())]
    }
}

const API: &str = "What the code of the API has set";

fn help() -> String {
    format!("{MORE}\n{}\n\n{EXAMPLES}\n\n{}", management::VARIABLES, exit_status::OF_DOCTOR)
}

const MORE: &str = "\
The doctor reads the environment of the API. So run it where the API runs, with the variables of the API. It knows \
every variable of an API with auth0-api-core. The most important ones are:
  AUTH0_DOMAIN, AUTH0_AUDIENCE             the tenant and the API
  AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET     the client of the API
  AUTH0_DECRYPTION_KEY_FILE                the key of encrypted tokens
  AUTH0_DPOP                               accept (default), ignore or require
  AUTH0_REDIS_URL                          where the API records proofs
  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE     the way to the tenant

With credentials for the Management API, the doctor also compares the tenant's own record of the API with these \
settings. The credentials need the scope read:resource_servers. A flag wins over these variables:";

const EXAMPLES: &str = "\
EXAMPLES
  auth0-api doctor
      With the variables of the API in the environment.
  auth0-api doctor --algorithm PS256 --scope read:orders --permissions
      With what only the code of the API says.
  auth0-api doctor --token-file /run/secrets/management --json
      With the record of the tenant, for a pipeline.

MARKS
  ✓  as it should be
  !  works, and is worth a look
  ✗  a problem
  –  not looked at";
