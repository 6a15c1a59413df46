//! The flags.

use std::time::Duration;

use auth0_api_core::Algorithm;

/// What the code of the API has set, and how to look. The environment has the other settings: `environment.rs`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = MORE)]
#[expect(clippy::struct_excessive_bools, reason = "each of them is a flag")]
pub(crate) struct DoctorOptions {
    /// Algorithm that the API accepts (repeatable)
    #[arg(long = "algorithm", value_name = "NAME", default_value = "RS256", help_heading = API)]
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
    /// Another host that has the tenant's keys
    #[arg(long = "jwks-host", value_name = "HOST", help_heading = API)]
    pub(super) jwks_hosts: Vec<String>,
    /// Replicas of Redis that must have each proof (replicas)
    #[arg(long, value_name = "NUMBER", help_heading = API)]
    pub(super) redis_replicas: Option<u32>,
    /// The API keeps logouts in Redis
    #[arg(long, help_heading = API)]
    pub(super) logouts: bool,

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
}

const API: &str = "What the code of the API has set";

const MORE: &str = "\
The environment of the API has its other settings:
  AUTH0_DOMAIN, AUTH0_AUDIENCE             the tenant and the API
  AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET     the client of the API
  AUTH0_DECRYPTION_KEY_FILE                the key of encrypted tokens
  DPOP                                     accept (default), ignore or require
  REDIS_URL                                where the API records proofs
  HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE     the way to the tenant

With a management token, the doctor also compares the tenant's own record of
the API. The token needs the scope read:resource_servers:
  AUTH0_MANAGEMENT_TOKEN                   the token, or a file with it:
  AUTH0_MANAGEMENT_TOKEN_FILE
  AUTH0_MANAGEMENT_CLIENT_ID               an application that gets the token,
  AUTH0_MANAGEMENT_CLIENT_SECRET           and its secret, or a file with it:
  AUTH0_MANAGEMENT_CLIENT_SECRET_FILE
  AUTH0_MANAGEMENT_DOMAIN                  the canonical domain, if AUTH0_DOMAIN
                                           is a custom domain

Examples:
  AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_AUDIENCE=https://api.example.com auth0-api doctor
  auth0-api doctor --algorithm PS256 --scope read:orders --permissions
  AUTH0_MANAGEMENT_TOKEN_FILE=/run/secrets/management auth0-api doctor --json

Marks: ✓ as it should be, ! worth a look, ✗ a problem, – not looked at.
Exit status: 0 no problem, 1 problems, 2 wrong usage, 3 something could not be
looked at.";
