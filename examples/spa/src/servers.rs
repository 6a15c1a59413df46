//! Everything that one command starts, each on a port of its own, as in production.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::{ApiClient, ApiClientBuilder, ClientAuth, CorsOrigins, DpopPolicy};
use auth0_api_testing::SignIn;
use axum::Router;
use serde_json::json;
use tokio::net::TcpListener;

use crate::events::Events;
use crate::legacy::LegacySessions;
use crate::page::Page;
use crate::settings::Settings;
use crate::tenant::Tenant;
use crate::third_party::Accounts;
use crate::{calendar, events, page, request_log, third_party};

/// The running servers.
pub(crate) struct Servers {
    pub(crate) tenant: Tenant,
    pub(crate) api_url: String,
    pub(crate) calendar_url: String,
    pub(crate) page_url: String,
}

impl Servers {
    pub(crate) async fn start(settings: &Settings, library: String) -> Result<Self, Box<dyn Error>> {
        let host = settings.host.as_str();
        let (page_listener, page_url) = listen(host, settings.port).await?;
        let (api_listener, api_url) = listen(host, 0).await?;
        let (calendar_listener, calendar_url) = listen(host, 0).await?;
        let legacy = Arc::new(LegacySessions::new()?);
        let sign_in = if settings.at_once { SignIn::Immediate } else { SignIn::Page };
        let tenant = match Tenant::real(&settings.tenant) {
            Some(tenant) => tenant,
            None => Tenant::start(host, sign_in, Arc::clone(&legacy)).await?,
        };
        // Only this page may call the APIs.
        let origins = CorsOrigins::these([page_url.as_str()])?;
        let api = api(&tenant, &api_url)?;
        let events = events(&tenant, api.clone(), host).await?;
        let app = axum_api::app(api.clone(), origins.clone()).merge(events::app(events, origins.clone()));
        serve(api_listener, request_log::around(app, "api"));
        let app = calendar::app(calendar_api(&tenant, &calendar_url)?, origins);
        serve(calendar_listener, request_log::around(app, "calendar"));
        let page = Page {
            configuration: Arc::new(json!({
                "domain": tenant.domain,
                "clientId": tenant.page,
                "api": { "url": api_url, "audience": tenant.audience },
                "calendar": { "url": calendar_url, "audience": tenant.calendar },
                "organizations": tenant.organizations,
                "connection": tenant.connection,
                "connectionScopes": [tenant.events_scope],
                "legacySessionType": tenant.legacy_session,
            })),
            tenant_url: tenant.url(),
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
fn api(tenant: &Tenant, url: &str) -> Result<ApiClient, Box<dyn Error>> {
    let mut builder = builder(tenant, &tenant.audience, url);
    if let Some((id, secret)) = &tenant.api_client {
        builder = builder.client_auth(ClientAuth::secret_post(id.as_str(), secret.as_str()));
    }
    Ok(builder.dpop(DpopPolicy::accept().nonce(RotatingNonce::generate()?)).build()?)
}

fn calendar_api(tenant: &Tenant, url: &str) -> Result<ApiClient, Box<dyn Error>> {
    Ok(builder(tenant, &tenant.calendar, url).build()?)
}

fn builder(tenant: &Tenant, audience: &str, url: &str) -> ApiClientBuilder {
    let builder = ApiClient::builder(&tenant.domain, audience).public_url(url);
    // The local tenant has no TLS.
    if tenant.local.is_some() { builder.insecure_http_loopback() } else { builder }
}

/// Starts the pretend third party, if the tenant is a local one.
async fn events(tenant: &Tenant, api: ApiClient, host: &str) -> Result<Events, Box<dyn Error>> {
    let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
    let Some(local) = &tenant.local else {
        let url = tenant.events_url.clone().unwrap_or_default();
        return Ok(Events { api, client: client.build()?, connection: tenant.connection.clone(), url });
    };
    // Everything that the API calls is on this machine, which a proxy cannot reach.
    let client = client.no_proxy().build()?;
    let (listener, url) = listen(host, 0).await?;
    let accounts = local.third_party_url("").trim_end_matches('/').to_owned();
    serve(listener, third_party::app(Accounts { client: client.clone(), url: accounts }));
    let url = format!("{url}/{}/events", tenant.connection);
    Ok(Events { api, client, connection: tenant.connection.clone(), url })
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

/// A person waits for the answer of the third party.
const TIMEOUT: Duration = Duration::from_secs(10);
