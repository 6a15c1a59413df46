//! The configuration. The local tenant needs no settings. A real tenant needs those that `domain` requires: their values have
//! the names of the variables, so that the error of clap names them.

use std::error::Error;
use std::net::IpAddr;

use auth0_api_core::{ApiClient, ClientAuth};
use auth0_api_mcp::SharedKey;
use auth0_api_redis::RedisReplayStore;
use clap::Parser;

use crate::apis::{Apis, Places, WebClient};
use crate::server::metadata;

/// An MCP server that verifies its callers. If no domain is set, a local tenant runs in this process.
#[derive(Debug, Parser)]
pub(crate) struct Settings {
    /// The port to listen on. With 0, the system chooses a free port, and the program prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub(crate) port: u16,
    /// The address to listen on: `0.0.0.0` in a container.
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Prints each request to this server and to the local tenant.
    #[arg(long)]
    pub(crate) log: bool,
    /// The tenant's domain; `http://127.0.0.1:port` for a local tenant.
    #[arg(long, env = "AUTH0_DOMAIN", value_name = "AUTH0_DOMAIN", requires_all = REMOTE)]
    domain: Option<String>,
    /// The API's identifier: the URL at which clients reach this server.
    #[arg(long, env = "AUTH0_AUDIENCE", value_name = "AUTH0_AUDIENCE")]
    audience: Option<String>,
    /// The id of this API's Custom API client, for calls on behalf of users.
    #[arg(long, env = "AUTH0_CLIENT_ID", value_name = "AUTH0_CLIENT_ID")]
    client_id: Option<String>,
    /// The secret of the Custom API client.
    #[arg(long, env = "AUTH0_CLIENT_SECRET", value_name = "AUTH0_CLIENT_SECRET", hide_env_values = true)]
    client_secret: Option<String>,
    /// The id of the Regular Web Application with which people log in to connect an account.
    #[arg(long, env = "AUTH0_WEB_CLIENT_ID", value_name = "AUTH0_WEB_CLIENT_ID")]
    web_client_id: Option<String>,
    /// The secret of the Regular Web Application.
    #[arg(long, env = "AUTH0_WEB_CLIENT_SECRET", value_name = "AUTH0_WEB_CLIENT_SECRET", hide_env_values = true)]
    web_client_secret: Option<String>,
    /// The URL of the calendar API.
    #[arg(long, env = "CALENDAR_URL", value_name = "CALENDAR_URL")]
    calendar_url: Option<String>,
    /// The calendar API's identifier; by default, its URL.
    #[arg(long, env = "CALENDAR_AUDIENCE")]
    calendar_audience: Option<String>,
    /// The URL of the contacts at the other company.
    #[arg(long, env = "CONTACTS_URL", default_value = "https://people.googleapis.com/v1/people/me/connections")]
    contacts_url: String,
    /// The connection of the tenant to the other company.
    #[arg(long, env = "CONTACTS_CONNECTION", default_value = "google-oauth2")]
    contacts_connection: String,
    /// The scope at the other company.
    #[arg(long, env = "CONTACTS_SCOPE", default_value = "https://www.googleapis.com/auth/contacts.readonly")]
    contacts_scope: String,
    /// At least 32 random characters, the same for all replicas: seals links, cookies and session ids.
    #[arg(long, env = "MCP_SECRET", value_name = "MCP_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// The URL of the Redis server in which all replicas record used links. Without Redis, each replica records its own.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,
}

/// What a real tenant needs.
const REMOTE: [&str; 7] =
    ["audience", "client_id", "client_secret", "web_client_id", "web_client_secret", "calendar_url", "secret"];

/// The client, the other APIs and the resource for a real tenant.
pub(crate) struct Remote {
    pub(crate) api: ApiClient,
    pub(crate) apis: Apis,
    pub(crate) resource: String,
}

impl Settings {
    /// Returns the key that seals links, cookies and session ids.
    pub(crate) fn key(&self) -> Result<SharedKey, Box<dyn Error>> {
        Ok(self.secret.as_ref().map_or_else(SharedKey::generate, SharedKey::new)?)
    }

    /// Returns the values for a real tenant if a domain is configured.
    pub(crate) fn remote(&self, key: &SharedKey) -> Result<Option<Remote>, Box<dyn Error>> {
        let Some(domain) = &self.domain else { return Ok(None) };
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let resource = text(&self.audience);
        let mut builder = ApiClient::builder(domain, resource.as_str());
        if domain.starts_with("http://") {
            // Allows http for loopback addresses only; any other http domain is still rejected.
            builder = builder.insecure_http_loopback();
        }
        let api = builder
            .client_auth(ClientAuth::secret_post(text(&self.client_id), text(&self.client_secret)))
            .resource_metadata(metadata(&resource))
            .build()?;
        let web =
            WebClient { domain: domain.clone(), id: text(&self.web_client_id), secret: text(&self.web_client_secret) };
        let used = self.redis_url.as_deref().map(RedisReplayStore::new).transpose()?;
        let apis = Apis::new(&api, self.places(), &web, &resource, key, used)?;
        Ok(Some(Remote { api, apis, resource }))
    }

    fn places(&self) -> Places {
        let calendar_url = self.calendar_url.clone().unwrap_or_default();
        Places {
            calendar_audience: self.calendar_audience.clone().unwrap_or_else(|| calendar_url.clone()),
            calendar_url,
            contacts_url: self.contacts_url.clone(),
            contacts_connection: self.contacts_connection.clone(),
            contacts_scope: self.contacts_scope.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    #[test]
    fn a_real_tenant_needs_its_variables_and_the_error_names_them() {
        let error =
            Settings::try_parse_from(["mcp-server", "--domain", "tenant.eu.auth0.com"]).unwrap_err().to_string();
        for name in [
            "AUTH0_AUDIENCE",
            "AUTH0_CLIENT_ID",
            "AUTH0_CLIENT_SECRET",
            "AUTH0_WEB_CLIENT_ID",
            "AUTH0_WEB_CLIENT_SECRET",
            "CALENDAR_URL",
            "MCP_SECRET",
        ] {
            assert!(error.contains(&format!("<{name}>")), "{name}: {error}");
        }
    }
}
