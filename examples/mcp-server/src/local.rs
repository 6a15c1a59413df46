//! The servers that the MCP server needs, started in this process: a tenant and the calendar API.

use std::error::Error;

use auth0_api_core::{ApiClient, ClientAuth};
use auth0_api_mcp::SharedKey;
use auth0_api_testing::{Api, Application, Connection, LocalTenant};
use tokio::net::TcpListener;

use crate::apis::{Apis, Places, WebClient, pages};
use crate::calendar;
use crate::server::metadata;

/// A local tenant in which MCP clients can register themselves, the `ApiClient` of the MCP server, and what its tools call.
pub(crate) struct Local {
    pub(crate) tenant: LocalTenant,
    pub(crate) api: ApiClient,
    pub(crate) apis: Apis,
}

impl Local {
    /// Starts the tenant and the calendar API for the MCP server at this URL. The tenant prints its requests if `log` is set.
    pub(crate) async fn start(url: &str, log: bool, key: &SharedKey) -> Result<Self, Box<dyn Error>> {
        let base = pages(url);
        let web = Application::regular_web(WEB_CLIENT, WEB_SECRET)
            .callbacks([format!("{base}/signed-in"), format!("{base}/connected")]);
        let builder = LocalTenant::builder().audience(url).api(Api::new(CALENDAR)).client_registration();
        let builder = builder.application(web).connection(Connection::new(CONTACTS)).client_id_metadata_documents();
        let builder = if log { builder.request_log(|request| println!("> tenant {request}")) } else { builder };
        let tenant = builder.start().await?;
        let api = ApiClient::builder(tenant.domain(), url)
            .insecure_http_loopback()
            .client_auth(ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret()))
            .resource_metadata(metadata(url))
            .build()?;
        let places = Places {
            calendar_url: calendar_api(&tenant).await?,
            calendar_audience: CALENDAR.to_owned(),
            contacts_url: tenant.third_party_url(CONTACTS),
            contacts_connection: CONTACTS.to_owned(),
            contacts_scope: "contacts.readonly".to_owned(),
        };
        let web =
            WebClient { domain: tenant.domain().to_owned(), id: WEB_CLIENT.to_owned(), secret: WEB_SECRET.to_owned() };
        let apis = Apis::new(&api, places, &web, url, key, None)?;
        Ok(Self { tenant, api, apis })
    }
}

/// Starts the calendar API, and returns its URL.
async fn calendar_api(tenant: &LocalTenant) -> Result<String, Box<dyn Error>> {
    let client = ApiClient::builder(tenant.domain(), CALENDAR).insecure_http_loopback().build()?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, calendar::app(client)).await });
    Ok(url)
}

const CALENDAR: &str = "https://calendar.example.com";
const CONTACTS: &str = "google-oauth2";
const WEB_CLIENT: &str = "local-web-client";
const WEB_SECRET: &str = "local-web-secret";
