//! The configuration. The local tenant needs no settings. A real tenant needs all settings except the port and the
//! audience of the calendar API.

use std::error::Error;

use auth0_api_core::{ApiClient, ClientAuth};
use clap::Parser;

use crate::calendar::Calendar;
use crate::server::metadata;

/// An MCP server that verifies its callers. If no domain is set, a local tenant runs in this process.
#[derive(Debug, Parser)]
pub(crate) struct Settings {
    /// The port to listen on. With 0, the system chooses a free port, and the program prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub(crate) port: u16,
    /// The tenant's domain.
    #[arg(long, env = "AUTH0_DOMAIN", requires_all = ["audience", "client_id", "client_secret", "calendar_url"])]
    domain: Option<String>,
    /// The API's identifier: the URL at which clients reach this server.
    #[arg(long, env = "AUTH0_AUDIENCE")]
    audience: Option<String>,
    /// The id of this API's Custom API client, for calls on behalf of users.
    #[arg(long, env = "AUTH0_CLIENT_ID")]
    client_id: Option<String>,
    /// The secret of the Custom API client.
    #[arg(long, env = "AUTH0_CLIENT_SECRET", hide_env_values = true)]
    client_secret: Option<String>,
    /// The URL of the calendar API.
    #[arg(long, env = "CALENDAR_URL")]
    calendar_url: Option<String>,
    /// The calendar API's identifier; by default, the URL of the calendar API.
    #[arg(long, env = "CALENDAR_AUDIENCE")]
    calendar_audience: Option<String>,
}

/// The client, calendar API and resource for a real tenant.
pub(crate) struct Remote {
    pub(crate) api: ApiClient,
    pub(crate) calendar: Calendar,
    pub(crate) resource: String,
}

impl Settings {
    /// Returns the values for a real tenant if a domain is configured.
    pub(crate) fn remote(&self) -> Result<Option<Remote>, Box<dyn Error>> {
        let Some(domain) = &self.domain else { return Ok(None) };
        let text = |value: Option<&String>| value.cloned().unwrap_or_default();
        let (resource, url) = (text(self.audience.as_ref()), text(self.calendar_url.as_ref()));
        let mut builder = ApiClient::builder(domain, resource.as_str());
        if domain.starts_with("http://") {
            // Allows http for loopback addresses only; any other http domain is still rejected.
            builder = builder.insecure_http_loopback();
        }
        let api = builder
            .client_auth(ClientAuth::secret_post(text(self.client_id.as_ref()), text(self.client_secret.as_ref())))
            .resource_metadata(metadata(&resource))
            .build()?;
        let audience = self.calendar_audience.clone().unwrap_or_else(|| url.clone());
        Ok(Some(Remote { api, calendar: Calendar { url, audience }, resource }))
    }
}
