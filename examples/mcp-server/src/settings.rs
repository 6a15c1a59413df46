//! The configuration: nothing for the local tenant, all of it for a real one.

use std::error::Error;

use auth0_api_core::{ApiClient, ClientAuth};
use clap::Parser;

use crate::calendar::Calendar;
use crate::server::metadata;

/// An MCP server that knows its callers. Without a domain, a tenant runs in this process.
#[derive(Debug, Parser)]
pub(crate) struct Settings {
    /// The port to listen on; 0 takes a free one and prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub(crate) port: u16,
    /// The tenant's domain.
    #[arg(long, env = "AUTH0_DOMAIN", requires_all = ["audience", "client_id", "client_secret", "calendar_url"])]
    domain: Option<String>,
    /// The API's identifier: the URL of this server, as clients connect to it.
    #[arg(long, env = "AUTH0_AUDIENCE")]
    audience: Option<String>,
    /// The Custom API client of this API, for calling on behalf of users.
    #[arg(long, env = "AUTH0_CLIENT_ID")]
    client_id: Option<String>,
    /// Its secret.
    #[arg(long, env = "AUTH0_CLIENT_SECRET", hide_env_values = true)]
    client_secret: Option<String>,
    /// Where the calendar API is.
    #[arg(long, env = "CALENDAR_URL")]
    calendar_url: Option<String>,
    /// The calendar API's identifier; its URL by default.
    #[arg(long, env = "CALENDAR_AUDIENCE")]
    calendar_audience: Option<String>,
}

/// What is needed with a real tenant.
pub(crate) struct Remote {
    pub(crate) api: ApiClient,
    pub(crate) calendar: Calendar,
    pub(crate) resource: String,
}

impl Settings {
    /// The real tenant's, if there is one.
    pub(crate) fn remote(&self) -> Result<Option<Remote>, Box<dyn Error>> {
        let Some(domain) = &self.domain else { return Ok(None) };
        let text = |value: Option<&String>| value.cloned().unwrap_or_default();
        let (resource, url) = (text(self.audience.as_ref()), text(self.calendar_url.as_ref()));
        let api = ApiClient::builder(domain, resource.as_str())
            .client_auth(ClientAuth::secret_post(text(self.client_id.as_ref()), text(self.client_secret.as_ref())))
            .resource_metadata(metadata(&resource))
            .build()?;
        let audience = self.calendar_audience.clone().unwrap_or_else(|| url.clone());
        Ok(Some(Remote { api, calendar: Calendar { url, audience }, resource }))
    }
}
