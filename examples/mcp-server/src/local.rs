//! The servers that the MCP server needs, started in this process: a tenant and the calendar API.

use std::error::Error;

use auth0_api_core::{ApiClient, ClientAuth};
use auth0_api_testing::{Api, LocalTenant};
use tokio::net::TcpListener;

use crate::calendar::{self, Calendar};
use crate::server::metadata;

/// A local tenant in which MCP clients can register themselves, the `ApiClient` of the MCP server, and the calendar
/// API.
pub(crate) struct Local {
    pub(crate) tenant: LocalTenant,
    pub(crate) api: ApiClient,
    pub(crate) calendar: Calendar,
}

impl Local {
    /// Starts the tenant and the calendar API for the MCP server at this URL.
    pub(crate) async fn start(url: &str) -> Result<Self, Box<dyn Error>> {
        let builder = LocalTenant::builder().audience(url).api(Api::new(CALENDAR)).client_registration();
        let tenant = builder.start().await?;
        let api = ApiClient::builder(tenant.domain(), url)
            .insecure_http_loopback()
            .client_auth(ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret()))
            .resource_metadata(metadata(url))
            .build()?;
        let calendar_client = ApiClient::builder(tenant.domain(), CALENDAR).insecure_http_loopback().build()?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let calendar = Calendar { url: format!("http://{}", listener.local_addr()?), audience: CALENDAR.to_owned() };
        tokio::spawn(async move { axum::serve(listener, calendar::app(calendar_client)).await });
        Ok(Self { tenant, api, calendar })
    }
}

const CALENDAR: &str = "https://calendar.example.com";
