//! Everything that one command starts, each on a port of its own, as in production.

use std::error::Error;
use std::io;
use std::sync::Arc;

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::{ApiClient, ClientAuth, DpopPolicy};
use auth0_api_testing::{LocalTenant, SignIn};
use axum::Router;
use serde_json::json;
use tokio::net::TcpListener;

use crate::cors_origins::CorsOrigins;
use crate::events::Events;
use crate::legacy::LegacySessions;
use crate::page::Page;
use crate::tenant::{CALENDAR, CONNECTION, LEGACY_SESSION, PAGE};
use crate::third_party::Accounts;
use crate::{calendar, events, page, routes, tenant, third_party};

/// The running servers.
pub(crate) struct Servers {
    pub(crate) tenant: LocalTenant,
    pub(crate) api_url: String,
    pub(crate) calendar_url: String,
    pub(crate) page_url: String,
}

impl Servers {
    pub(crate) async fn start(
        host: &str,
        page_port: u16,
        sign_in: SignIn,
        library: String,
    ) -> Result<Self, Box<dyn Error>> {
        let (page_listener, page_url) = listen(host, page_port).await?;
        let (api_listener, api_url) = listen(host, 0).await?;
        let (calendar_listener, calendar_url) = listen(host, 0).await?;
        let (third_party_listener, third_party_url) = listen(host, 0).await?;
        let legacy = Arc::new(LegacySessions::new()?);
        let tenant = tenant::start(host, sign_in, Arc::clone(&legacy)).await?;
        // Only this page may call the APIs.
        let origins = CorsOrigins::These(vec![page_url.clone()]);
        // Everything that the API calls is on this machine, which a proxy cannot reach.
        let client = reqwest::Client::builder().no_proxy().build()?;

        let api = api(&tenant, &api_url)?;
        let events = Events { api: api.clone(), client: client.clone(), third_party_url };
        serve(api_listener, routes::app(api.clone(), origins.clone()).merge(events::app(events, origins.clone())));
        serve(calendar_listener, calendar::app(calendar_api(&tenant, &calendar_url)?, origins));
        let url = tenant.third_party_url("").trim_end_matches('/').to_owned();
        serve(third_party_listener, third_party::app(Accounts { client, url }));
        let page = Page {
            configuration: Arc::new(json!({
                "domain": tenant.domain(),
                "clientId": PAGE,
                "api": { "url": api_url, "audience": tenant.audience() },
                "calendar": { "url": calendar_url, "audience": CALENDAR },
                "organizations": ["acme", "globex"],
                "connection": CONNECTION,
                "legacySessionType": LEGACY_SESSION,
            })),
            tenant_url: tenant.domain().to_owned(),
            api_urls: format!("{api_url} {calendar_url}"),
            library: library.into(),
            legacy,
            api,
        };
        serve(page_listener, page::app(page));
        Ok(Self { tenant, api_url, calendar_url, page_url })
    }
}

/// The first API accepts Bearer and DPoP, and requires a nonce in proofs. It exchanges tokens with its own credentials.
fn api(tenant: &LocalTenant, url: &str) -> Result<ApiClient, Box<dyn Error>> {
    let secret = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
    let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback().client_auth(secret);
    Ok(builder.public_url(url).dpop(DpopPolicy::accept().nonce(RotatingNonce::generate()?)).build()?)
}

fn calendar_api(tenant: &LocalTenant, url: &str) -> Result<ApiClient, Box<dyn Error>> {
    Ok(ApiClient::builder(tenant.domain(), CALENDAR).insecure_http_loopback().public_url(url).build()?)
}

async fn listen(host: &str, port: u16) -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind((host, port)).await.map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {host}:{port}: {error} (choose another --port)"))
    })?;
    let url = format!("http://{host}:{}", listener.local_addr()?.port());
    Ok((listener, url))
}

fn serve(listener: TcpListener, app: Router) {
    tokio::spawn(async move { axum::serve(listener, app).await });
}
