//! The tenant whose profiles are read and changed.

use auth0_api_management::ProfileClient;
use clap::Args;

use super::failure::Failure;
use crate::management::{self, HEADING, ManagementOptions};

/// The flags of every subcommand.
#[derive(Debug, Args)]
#[expect(clippy::doc_markdown, reason = "a terminal would show the backticks")]
pub(super) struct Access {
    /// Canonical domain of the tenant [default: AUTH0_MANAGEMENT_DOMAIN, or AUTH0_DOMAIN]
    #[arg(long, global = true, value_name = "DOMAIN", help_heading = HEADING)]
    domain: Option<String>,
    #[command(flatten)]
    management: ManagementOptions,
}

/// A tenant whose profiles can be read and changed.
#[derive(Debug)]
pub(super) struct Tenant {
    pub(super) domain: String,
    pub(super) profiles: ProfileClient,
}

impl Access {
    /// Connects the settings. Nothing is sent.
    pub(super) fn tenant(&self) -> Result<Tenant, Failure> {
        let domain = management::domain(self.domain.as_deref());
        // Both problems are told at once.
        let builder = self.management.client(domain.as_deref().unwrap_or_default());
        match (domain, builder) {
            (Some(domain), Ok(builder)) => {
                let client = builder.build().map_err(|error| Failure::settings(vec![error.to_string()]))?;
                Ok(Tenant { domain, profiles: client.token_exchange_profiles() })
            }
            (domain, builder) => {
                let missing = domain.is_none().then(|| NO_DOMAIN.to_owned());
                let access = builder.err().map(|error| format!("{}: {}", error.problem, error.mend));
                Err(Failure::settings(missing.into_iter().chain(access).collect()))
            }
        }
    }
}

const NO_DOMAIN: &str = "the domain of the tenant is missing: set AUTH0_DOMAIN, or pass --domain";
