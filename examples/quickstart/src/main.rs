//! A guided tour in one program: a local tenant, a protected API, and a client that sends valid and invalid requests.
//!
//! ```sh
//! cargo run -p quickstart                # runs the tour and exits with 0 if the API kept every promise
//! cargo run -p quickstart -- --verbose   # shows every header and body
//! cargo run -p quickstart -- --serve     # keeps running and prints curl commands with valid tokens
//! ```
//!
//! No account is needed: the tenant runs in this process. `api.rs` is the part that you would write yourself. If your
//! API calls other APIs for its users, you would also write `partners.rs`.

mod api;
mod calendar;
mod page;
mod partners;
mod serve;
mod tour;

use std::error::Error;
use std::io;
use std::process::ExitCode;

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::{ApiClient, ApiClientBuilder, ClientAuth, DpopPolicy};
use auth0_api_testing::{Api, ExchangeRejection, LinkedAccount, LocalTenant, User};
use axum::Router;
use clap::Parser;
use reqwest::redirect::Policy;
use tokio::net::TcpListener;

use crate::page::{DIM, HEADING};
use crate::partners::Partners;
use crate::tour::Servers;

/// Protects an API with a local tenant, and shows what it accepts and rejects.
#[derive(Debug, Parser)]
struct Arguments {
    /// Keep running and print curl commands with valid tokens.
    #[arg(long, conflicts_with = "verbose")]
    serve: bool,
    /// Show every header and body.
    #[arg(long, short)]
    verbose: bool,
    /// Accept a proof more than once, to see a broken promise.
    #[arg(long)]
    allow_replays: bool,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Arguments { serve, verbose, allow_replays } = Arguments::parse();
    let servers = start_servers(allow_replays).await?;
    introduce(&servers);
    if serve {
        serve::until_interrupted(&servers.tenant, &servers.url).await?;
        return Ok(ExitCode::SUCCESS);
    }
    if !tour::run(&servers, verbose).await? {
        return Ok(ExitCode::FAILURE);
    }
    anstream::println!("{NEXT}");
    Ok(ExitCode::SUCCESS)
}

fn introduce(Servers { tenant, url, calendar_url, .. }: &Servers) {
    let title = format!("{HEADING}Auth0 API SDK for Rust: a tour{HEADING:#}");
    anstream::println!("{title}   {DIM}needs no account, and runs on this machine only{DIM:#}");
    let port = |url: &str| url.rsplit(':').next().unwrap_or_default().to_owned();
    let (tenant_port, api, calendar) = (port(tenant.domain()), port(url), port(calendar_url));
    let audience = tenant.audience();
    anstream::println!("tenant :{tenant_port}   API :{api}   calendar :{calendar}   audience {audience}");
}

/// Starts a tenant and the APIs that trust it.
async fn start_servers(allow_replays: bool) -> Result<Servers, Box<dyn Error>> {
    let tenant = tenant().await?;
    let dpop = DpopPolicy::accept();
    let dpop = if allow_replays { dpop.insecure_without_replay_protection() } else { dpop };
    let api = client_of(&tenant).dpop(dpop).build()?;
    let with_nonces = client_of(&tenant).dpop(DpopPolicy::accept().nonce(RotatingNonce::generate()?)).build()?;
    let calendar = ApiClient::builder(tenant.domain(), CALENDAR).insecure_http_loopback().build()?;
    let calendar_url = start(calendar::app(calendar)).await?;
    // Everything that this program calls is on this machine, by plain HTTP: without a proxy, and without certificates.
    let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).tls_certs_only([]).build()?;
    let partners = |api: &ApiClient| Partners::new(api, &client, &calendar_url, &tenant);
    let url = start(api::app(api.clone(), partners(&api)?)).await?;
    let nonce_url = start(api::app(with_nonces.clone(), partners(&with_nonces)?)).await?;
    Ok(Servers { tenant, api, url, nonce_url, calendar_url })
}

/// Starts the local tenant. For a real tenant, you would make these settings in Auth0's dashboard.
async fn tenant() -> io::Result<LocalTenant> {
    LocalTenant::builder()
        .api(Api::new(CALENDAR).scopes(["read:events"]))
        .linked_account("auth0|local-user", LinkedAccount::new("google-oauth2").name("user@google.example"))
        .connection("slack")
        .exchange_profile(LEGACY_SESSION, |request| match request.subject_token() {
            "session-of-ada" => Ok(User::new("auth0|ada")),
            _ => Err(ExchangeRejection::reject_subject_token("no such session")),
        })
        .start()
        .await
}

/// Configures a client for the local tenant. For a real tenant, use `ApiClient::from_env()`.
fn client_of(tenant: &LocalTenant) -> ApiClientBuilder {
    let secret = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
    ApiClient::builder(tenant.domain(), tenant.audience()).client_auth(secret).insecure_http_loopback()
}

/// Serves an API on a free port of this machine and returns its URL.
async fn start(app: Router) -> io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(url)
}

/// The identifier of the calendar API, which the protected API calls.
const CALENDAR: &str = "https://calendar.example.com";

/// What to do after the tour.
const NEXT: &str = "
Next
  every header and body    cargo run -p quickstart -- --verbose
  try it with curl         cargo run -p quickstart -- --serve
  see a promise broken     cargo run -p quickstart -- --allow-replays
  the code you would write examples/quickstart/src/api.rs
  your own tenant          AUTH0_DOMAIN=… AUTH0_AUDIENCE=… cargo run -p axum-api";

/// The type of the subject tokens that the exchange profile accepts.
const LEGACY_SESSION: &str = "urn:acme:legacy-session";
