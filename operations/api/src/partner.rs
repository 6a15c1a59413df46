//! Another API, which this API calls on behalf of its caller.

use std::error::Error;

use auth0_api_axum::{ApiClient, HandlerError, OnBehalfOf, Token};
use auth0_api_fetcher::Fetcher;
use axum::extract::State;
use clap::Args;

/// Which other API is called, and how this API authenticates to the tenant for it.
#[derive(Debug, Args)]
pub(crate) struct PartnerSettings {
    /// The URL of another API, which `/partner` calls on behalf of its caller.
    #[arg(long, env = "PARTNER_URL", requires_all = ["partner_audience", "client_id", "client_secret"])]
    partner_url: Option<String>,
    /// The identifier of that API.
    #[arg(long, env = "PARTNER_AUDIENCE")]
    partner_audience: Option<String>,
    /// The id of the client as which this API exchanges tokens.
    #[arg(long, env = "AUTH0_CLIENT_ID")]
    pub(crate) client_id: Option<String>,
    /// The secret of that client.
    #[arg(long, env = "AUTH0_CLIENT_SECRET", hide_env_values = true)]
    pub(crate) client_secret: Option<String>,
}

impl PartnerSettings {
    /// `None` if no other API is configured.
    pub(crate) fn fetcher(&self, api: &ApiClient) -> Result<Option<Fetcher>, Box<dyn Error>> {
        let (Some(url), Some(audience)) = (&self.partner_url, &self.partner_audience) else { return Ok(None) };
        let builder = Fetcher::on_behalf_of(api, url, OnBehalfOf::audience(audience.as_str()).scope("read:orders"));
        let builder = if url.starts_with("http://127.0.0.1:") { builder.insecure_http() } else { builder };
        Ok(Some(builder.build()?))
    }
}

pub(crate) async fn orders(State(partner): State<Fetcher>, Token(token): Token) -> Result<String, HandlerError> {
    let response = partner.for_caller(&token).get("/orders").send().await?;
    Ok(response.error_for_status()?.text().await?)
}
