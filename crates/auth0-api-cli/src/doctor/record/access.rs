//! The Management API: how to reach it, and why there is no record.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::ClientAuth;
use auth0_api_core::http::HttpClient;
use auth0_api_management::{ManagementClient, ManagementError};
use secrecy::ExposeSecret as _;

use super::super::environment::ManagementVariables;
use super::super::finding::Finding;
use super::super::secret_file::Secret;

/// Builds the client; `None` if no management token is configured.
pub(super) fn client(
    variables: &ManagementVariables,
    http: Arc<dyn HttpClient>,
) -> Result<Option<ManagementClient>, Finding> {
    let domain = variables.domain.clone().unwrap_or_default();
    let is_http = domain.starts_with("http://");
    let builder = match (&variables.token, &variables.client_id, &variables.client_secret) {
        (Secret::Missing, None, Secret::Missing) => return Ok(None),
        (Secret::Unreadable { variable }, _, _) | (Secret::Missing, _, Secret::Unreadable { variable }) => {
            let text = format!("the file that {variable} names cannot be read, or holds no secret");
            return Err(Finding::problem("secret_file_unreadable", text)
                .machine(format!("let {variable} name a file that this user can read")));
        }
        (Secret::Known(token), _, _) => ManagementClient::builder_with_token(domain, token.clone())
            .map_err(|error| Finding::problem("management_token_rejected", error.to_string()).machine(TOKEN))?,
        (Secret::Missing, Some(id), Secret::Known(secret)) => {
            ManagementClient::builder(domain, ClientAuth::secret_post(id.as_str(), secret.expose_secret()))
        }
        (Secret::Missing, _, _) => {
            let text = "AUTH0_MANAGEMENT_CLIENT_ID and AUTH0_MANAGEMENT_CLIENT_SECRET are not both set";
            return Err(Finding::problem("management_credentials_incomplete", text)
                .machine("set both, or AUTH0_MANAGEMENT_TOKEN"));
        }
    };
    let builder = if is_http { builder.insecure_http_loopback() } else { builder };
    let built = builder.http_client(http).longest_wait(LONGEST_WAIT).build();
    built.map(Some).map_err(|error| {
        Finding::problem("management_domain_unusable", error.to_string()).machine("correct AUTH0_MANAGEMENT_DOMAIN")
    })
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
const TOKEN: &str = "get a new management token (it lives for a day), of the tenant that AUTH0_MANAGEMENT_DOMAIN names";
const CREDENTIALS: &str = "correct AUTH0_MANAGEMENT_CLIENT_ID and AUTH0_MANAGEMENT_CLIENT_SECRET; AUTH0_MANAGEMENT_DOMAIN is \
                           the canonical domain";
const GRANT: &str = "give the application the scope read:resource_servers (Applications, APIs, Auth0 Management API, Machine to \
                     Machine Applications)";
