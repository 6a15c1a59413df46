//! The other APIs that the tools call, and the pages at which people connect accounts.

use std::error::Error;

use auth0_api_core::{ApiClient, ApiClientBuilder, ClientAuth, Connection, OnBehalfOf};
use auth0_api_fetcher::{Fetcher, FetcherBuilder};
use auth0_api_mcp::SharedKey;
use auth0_api_mcp::connect::ConnectAccounts;
use auth0_api_redis::RedisReplayStore;

use crate::calendar::{DELETE, WRITE};

/// What the tools need beside the caller. Clones are cheap.
#[derive(Clone, Debug)]
pub(crate) struct Apis {
    pub(crate) calendar: Calendar,
    /// An API of another company, for an account that the caller has connected.
    pub(crate) contacts: Fetcher,
    pub(crate) accounts: ConnectAccounts,
}

/// The calendar API, on behalf of the caller. Each fetcher asks for the scope of its tool only.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    pub(crate) create: Fetcher,
    pub(crate) clear: Fetcher,
}

/// Where the other APIs are.
pub(crate) struct Places {
    pub(crate) calendar_url: String,
    pub(crate) calendar_audience: String,
    pub(crate) contacts_url: String,
    pub(crate) contacts_connection: String,
    pub(crate) contacts_scope: String,
}

/// The *Regular Web Application* with which people log in to connect an account.
pub(crate) struct WebClient {
    pub(crate) domain: String,
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Apis {
    /// `resource` is the public URL of this server.
    pub(crate) fn new(
        api: &ApiClient,
        places: Places,
        web: &WebClient,
        resource: &str,
        key: &SharedKey,
        used_links: Option<RedisReplayStore>,
    ) -> Result<Self, Box<dyn Error>> {
        let Places { calendar_url, calendar_audience, .. } = places;
        let calendar = |scope| {
            let asked = OnBehalfOf::audience(calendar_audience.as_str()).scope(scope);
            plain_on_this_machine(Fetcher::on_behalf_of(api, calendar_url.as_str(), asked), &calendar_url).build()
        };
        let account = Connection::name(places.contacts_connection).scope(places.contacts_scope);
        let contacts = Fetcher::for_connection(api, places.contacts_url.as_str(), account);
        Ok(Self {
            calendar: Calendar { create: calendar(WRITE)?, clear: calendar(DELETE)? },
            contacts: plain_on_this_machine(contacts, &places.contacts_url).build()?,
            accounts: accounts(web, resource, key, used_links)?,
        })
    }
}

fn accounts(
    web: &WebClient,
    resource: &str,
    key: &SharedKey,
    used_links: Option<RedisReplayStore>,
) -> Result<ConnectAccounts, Box<dyn Error>> {
    let login = ClientAuth::secret_post(web.id.as_str(), web.secret.clone());
    let mut accounts = ConnectAccounts::builder(&web.domain, login, pages(resource), key);
    if web.domain.starts_with("http://") {
        accounts = accounts.login_client(ApiClientBuilder::insecure_http_loopback);
    }
    Ok(match used_links {
        Some(store) => accounts.used_tickets(store),
        None => accounts,
    }
    .build()?)
}

/// The URL of the pages: `/connect` at the host of this server.
pub(crate) fn pages(resource: &str) -> String {
    let origin = resource.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    format!("{origin}/connect")
}

/// Tokens travel by plain HTTP only within this machine.
fn plain_on_this_machine(fetcher: FetcherBuilder, url: &str) -> FetcherBuilder {
    if url.starts_with("http://127.0.0.1:") { fetcher.insecure_http() } else { fetcher }
}
