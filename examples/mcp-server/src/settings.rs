//! The configuration. The local tenant needs no settings. With a real tenant, `AUTH0_DOMAIN` and other variables are
//! mandatory: all that are missing are reported at once.

use std::error::Error;
use std::net::IpAddr;

use auth0_api_core::{ApiClient, Settings};
use auth0_api_mcp::SharedKey;
use auth0_api_redis::{RedisReplayStore, share_used_proofs};
use clap::Parser;
use secrecy::ExposeSecret as _;

use crate::apis::{Apis, Places, WebClient};
use crate::server::metadata;

/// An MCP server that verifies its callers. If AUTH0_DOMAIN is not set, a local tenant runs in this process.
///
/// With a real tenant, AUTH0_AUDIENCE is the URL at which clients reach this server, and AUTH0_CLIENT_ID and
/// AUTH0_CLIENT_SECRET are those of its Custom API client. The page `settings` of the guide of auth0-api-core lists all others.
#[derive(Parser)]
#[expect(clippy::doc_markdown, reason = "clap prints this text")]
pub(crate) struct Arguments {
    /// The port to listen on. With 0, the system chooses a free port, and the program prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub(crate) port: u16,
    /// The address to listen on: `0.0.0.0` in a container.
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Prints each request to this server and to the local tenant.
    #[arg(long)]
    pub(crate) log: bool,
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
}

/// The client, the other APIs and the resource for a real tenant.
pub(crate) struct Remote {
    pub(crate) api: ApiClient,
    pub(crate) apis: Apis,
    pub(crate) resource: String,
}

impl Arguments {
    /// Returns the key that seals links, cookies and session ids.
    pub(crate) fn key(&self) -> Result<SharedKey, Box<dyn Error>> {
        Ok(self.secret.as_ref().map_or_else(SharedKey::generate, SharedKey::new)?)
    }

    /// Returns the values for a real tenant if a domain is configured.
    pub(crate) fn remote(&self, settings: &Settings, key: &SharedKey) -> Result<Option<Remote>, Box<dyn Error>> {
        if !settings.has("domain") {
            return Ok(None);
        }
        let (domain, resource) =
            (settings.get("domain").unwrap_or_default(), settings.get("audience").unwrap_or_default());
        let mut builder = share_used_proofs(settings.builder(), settings);
        if settings.has("audience") {
            builder = builder.resource_metadata(metadata(&resource));
        }
        for name in self.missing(settings) {
            builder = builder.setting_problem(name, "not set, and a real tenant needs it");
        }
        let api = builder.build()?;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let web = WebClient { domain, id: text(&self.web_client_id), secret: text(&self.web_client_secret) };
        let used = settings.redis_url().map(|url| RedisReplayStore::new(url.expose_secret())).transpose()?;
        let apis = Apis::new(&api, self.places(), &web, &resource, key, used)?;
        Ok(Some(Remote { api, apis, resource }))
    }

    /// Returns what a real tenant needs and is not set.
    fn missing(&self, settings: &Settings) -> impl Iterator<Item = &'static str> {
        let needed = [
            ("AUTH0_CLIENT_ID", settings.has("client_id")),
            ("AUTH0_WEB_CLIENT_ID", self.web_client_id.is_some()),
            ("AUTH0_WEB_CLIENT_SECRET", self.web_client_secret.is_some()),
            ("CALENDAR_URL", self.calendar_url.is_some()),
            ("MCP_SECRET", self.secret.is_some()),
        ];
        needed.into_iter().filter(|(_, is_set)| !is_set).map(|(name, _)| name)
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
        let arguments = Arguments::try_parse_from(["mcp-server"]).unwrap();
        let domain = |name: &str| (name == "AUTH0_DOMAIN").then(|| "tenant.eu.auth0.com".to_owned());
        let key = arguments.key().unwrap();
        let error = arguments.remote(&Settings::from_variables(domain), &key).err().unwrap().to_string();
        for name in [
            "AUTH0_AUDIENCE",
            "AUTH0_CLIENT_ID",
            "AUTH0_WEB_CLIENT_ID",
            "AUTH0_WEB_CLIENT_SECRET",
            "CALENDAR_URL",
            "MCP_SECRET",
        ] {
            assert!(error.contains(&format!("{name}: not set")), "{name}: {error}");
        }
    }
}
