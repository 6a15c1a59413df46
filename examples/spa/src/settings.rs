//! The settings: flags, and environment variables for a real tenant. Where a value is required, its name is that of the
//! variable, so that the error names both.

use clap::Parser;

/// Starts a page with auth0-spa-js and the APIs that it calls, and prints the URL of the page. The tenant is a local one,
/// unless `AUTH0_DOMAIN` names a real one.
#[derive(Parser)]
pub(crate) struct Settings {
    /// Host of the page and of the local tenant: 127.0.0.1 or localhost
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// Port of the page; 0 means any free port
    #[arg(long, env = "PORT", default_value_t = 5173)]
    pub(crate) port: u16,
    /// Sign in at once, without the page of the local tenant
    #[arg(long)]
    pub(crate) at_once: bool,
    #[command(flatten)]
    pub(crate) tenant: RealTenant,
}

/// A real tenant. The README says what to make in its dashboard.
#[derive(clap::Args)]
#[command(next_help_heading = "A real tenant")]
pub(crate) struct RealTenant {
    /// Domain, such as tenant.eu.auth0.com
    #[arg(long, env = "AUTH0_DOMAIN", value_name = "AUTH0_DOMAIN", requires = "audience", requires = "page_client_id")]
    pub(crate) domain: Option<String>,
    /// Identifier of the first API
    #[arg(long, env = "AUTH0_AUDIENCE", value_name = "AUTH0_AUDIENCE")]
    pub(crate) audience: Option<String>,
    /// Client id of the page: a Single Page Application
    #[arg(long, env = "AUTH0_PAGE_CLIENT_ID", value_name = "AUTH0_PAGE_CLIENT_ID")]
    pub(crate) page_client_id: Option<String>,
    /// Identifier of the second API
    #[arg(long, env = "AUTH0_CALENDAR_AUDIENCE", default_value = crate::tenant::CALENDAR)]
    pub(crate) calendar_audience: String,
    /// Client id of the first API, for Token Vault: a Custom API client
    #[arg(long, env = "AUTH0_CLIENT_ID", value_name = "AUTH0_CLIENT_ID", requires = "client_secret")]
    pub(crate) client_id: Option<String>,
    /// Secret of that client
    #[arg(long, env = "AUTH0_CLIENT_SECRET", value_name = "AUTH0_CLIENT_SECRET", hide_env_values = true)]
    pub(crate) client_secret: Option<String>,
    /// Organizations that users can switch to, separated by commas
    #[arg(long, env = "AUTH0_ORGANIZATIONS", value_delimiter = ',')]
    pub(crate) organizations: Vec<String>,
    /// Connection whose accounts users can connect
    #[arg(long, env = "AUTH0_CONNECTION", default_value = crate::tenant::CONNECTION)]
    pub(crate) connection: String,
    /// URL of the third party that the first API asks for events
    #[arg(long, env = "EVENTS_URL", default_value = GOOGLE_CALENDAR)]
    pub(crate) events_url: String,
    /// Scope of the third party for these events
    #[arg(long, env = "EVENTS_SCOPE", default_value = GOOGLE_SCOPE)]
    pub(crate) events_scope: String,
}

/// <https://developers.google.com/workspace/calendar/api/v3/reference/events/list>
const GOOGLE_CALENDAR: &str = "https://www.googleapis.com/calendar/v3/calendars/primary/events?maxResults=5";
const GOOGLE_SCOPE: &str = "https://www.googleapis.com/auth/calendar.readonly";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Tenant;

    fn parse(arguments: &[&str]) -> Result<Settings, clap::Error> {
        Settings::try_parse_from([&["spa"], arguments].concat())
    }

    #[test]
    fn a_real_tenant_needs_its_audience_and_the_client_of_the_page() {
        let domain = ["--domain", "tenant.eu.auth0.com"];
        let error = parse(&domain).err().map(|error| error.to_string()).unwrap_or_default();
        let names = ["--audience <AUTH0_AUDIENCE>", "--page-client-id <AUTH0_PAGE_CLIENT_ID>"];
        assert!(names.iter().all(|name| error.contains(name)), "{error}");
        let all = [&domain[..], &["--audience", "https://api.example.com", "--page-client-id", "x"]].concat();
        let tenant = parse(&all).ok().and_then(|settings| Tenant::real(&settings.tenant));
        let url = tenant.map(|tenant| (tenant.url(), tenant.api_client, tenant.legacy_session));
        assert_eq!(url, Some(("https://tenant.eu.auth0.com".into(), None, None)));
        assert!(parse(&[]).is_ok_and(|settings| Tenant::real(&settings.tenant).is_none()));
    }
}
