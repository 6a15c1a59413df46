//! The Management API: how to reach it, and why there is no record.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::http::HttpClient;
use auth0_api_management::{ManagementClient, ManagementError};

use super::super::finding::Finding;
use crate::management::{self, AccessProblem, ManagementOptions, TOKEN};
use crate::printable::printable;

/// Builds the client; `None` if no credentials for the Management API are configured.
pub(super) fn client(
    options: &ManagementOptions,
    http: Arc<dyn HttpClient>,
) -> Result<Option<ManagementClient>, Finding> {
    let builder = match options.client(&management::domain(None).unwrap_or_default()) {
        Ok(builder) => builder,
        Err(error) if error.kind == AccessProblem::Missing => return Ok(None),
        Err(error) => return Err(Finding::problem(name(error.kind), printable(&error.problem)).machine(error.mend)),
    };
    let built = builder.http_client(http).longest_wait(LONGEST_WAIT).build();
    built.map(Some).map_err(|error| {
        Finding::problem("management_domain_unusable", error.to_string()).machine("correct AUTH0_MANAGEMENT_DOMAIN")
    })
}

/// The name of the finding.
fn name(problem: AccessProblem) -> &'static str {
    match problem {
        AccessProblem::Domain => "management_domain_unusable",
        AccessProblem::File => "secret_file_unreadable",
        AccessProblem::Incomplete | AccessProblem::Missing => "management_credentials_incomplete",
        AccessProblem::Key => "management_key_unusable",
        AccessProblem::Token => "management_token_rejected",
    }
}

/// Says that the credentials were not sent.
pub(super) fn withheld(issuer: &str) -> Finding {
    let text = format!("the record: {issuer} has another fault, so the doctor sends no management credentials there");
    Finding::not_looked("record", text).machine(DOMAIN)
}

/// Says why there is no record.
pub(super) fn explain(error: &ManagementError) -> Finding {
    let label = error.label();
    match error {
        ManagementError::Forbidden { missing_scope: Some(scope), .. } => {
            let text = format!("the management token lacks the scope {scope}");
            Finding::problem("management_scope_missing", text).tenant(GRANT)
        }
        ManagementError::Unauthorized(_) => {
            let text = "the Management API rejects the management token (401)";
            Finding::problem("management_token_rejected", text).machine(TOKEN)
        }
        ManagementError::Token(_) if error.retry_after().is_none() => {
            let text = format!("no management token for the application ({label})");
            Finding::problem("management_credentials_rejected", text).machine(CREDENTIALS).tenant(GRANT)
        }
        error => {
            let finding =
                Finding::not_looked("record", format!("the Management API gives no record: {error} ({label})"));
            match error.hint() {
                Some(hint) => finding.machine(hint),
                None => finding,
            }
        }
    }
}

/// Within the usual time limit of the examination.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const CREDENTIALS: &str = "correct AUTH0_MANAGEMENT_CLIENT_ID and AUTH0_MANAGEMENT_CLIENT_SECRET; AUTH0_MANAGEMENT_DOMAIN is \
                           the canonical domain";
const DOMAIN: &str = "mend the other fault first; or set AUTH0_MANAGEMENT_DOMAIN to the canonical domain of the tenant";
const GRANT: &str = "give the application the scope read:resource_servers (Applications, APIs, Auth0 Management API, Machine to \
                     Machine Applications)";
