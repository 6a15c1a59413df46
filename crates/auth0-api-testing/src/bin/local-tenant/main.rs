//! A local Auth0 tenant to develop an API against, in any language.

#![expect(clippy::print_stdout, reason = "a command-line program prints text for its user")]

mod introduction;

use std::process::ExitCode;

use auth0_api_testing::{
    Api, Application, ExchangeRejection, ExchangeRequest, LinkedAccount, LocalTenant, LocalTenantBuilder, User,
};
use clap::Parser;

/// Runs a local Auth0 tenant to develop an API against. For development only: it issues tokens to anyone who asks.
#[derive(Debug, Parser)]
#[command(name = "local-tenant")]
struct Options {
    /// Port on 127.0.0.1; 0 means any free port
    #[arg(long, default_value_t = 4711)]
    port: u16,
    /// Identifier of your API, the audience of the tokens
    #[arg(long, default_value = "https://api.example.com")]
    audience: String,
    /// Id of the client that gets tokens for your API
    #[arg(long, default_value = "local-client")]
    client_id: String,
    /// Secret of that client
    #[arg(long, default_value = "local-secret")]
    client_secret: String,
    /// Id of the Custom API client: your API authenticates as this client to exchange tokens
    #[arg(long, default_value = "local-api-client")]
    api_client_id: String,
    /// Secret of that client
    #[arg(long, default_value = "local-api-secret")]
    api_client_secret: String,
    /// Identifier of the API that your API calls on behalf of its users
    #[arg(long, default_value = "https://downstream.example.com")]
    downstream: String,
    /// Require a nonce in DPoP proofs
    #[arg(long)]
    nonce: bool,
    /// Let public clients register themselves, as MCP clients do
    #[arg(long)]
    client_registration: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    let tenant = match builder(&options).start().await {
        Ok(tenant) => tenant,
        Err(error) => {
            eprintln!("cannot listen on 127.0.0.1:{}: {error} (choose another port with --port)", options.port);
            return ExitCode::FAILURE;
        }
    };
    tenant.require_dpop_nonce(options.nonce);
    introduction::print(&tenant, &options.downstream);
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot wait for ctrl-c: {error}");
            ExitCode::FAILURE
        }
    }
}

fn builder(options: &Options) -> LocalTenantBuilder {
    let mut builder = LocalTenant::builder()
        .port(options.port)
        .audience(&options.audience)
        .client(&options.client_id, &options.client_secret)
        .api_client(&options.api_client_id, &options.api_client_secret)
        .application(Application::single_page(PAGE))
        .user(User::new(USER).claim("email", "user@example.com").claim("name", "Local User"))
        .exchange_profile(PROFILE, legacy_session)
        .linked_account(USER, LinkedAccount::new(LINKED))
        .connection(UNLINKED);
    if options.downstream != options.audience {
        builder = builder.api(Api::new(&options.downstream));
    }
    if options.client_registration { builder.client_registration() } else { builder }
}

/// The Action of the exchange profile: the subject token `legacy:USER` is a session of the user with that id.
fn legacy_session(request: &ExchangeRequest) -> Result<User, ExchangeRejection> {
    match request.subject_token().strip_prefix("legacy:") {
        Some(user) if !user.is_empty() => Ok(User::new(user)),
        _ => Err(ExchangeRejection::reject_subject_token("a legacy session reads legacy:USER")),
    }
}

const PAGE: &str = "local-page";
const USER: &str = "auth0|local-user";
const PROFILE: &str = "urn:local:legacy-session";
const LINKED: &str = "google-oauth2";
const UNLINKED: &str = "slack";
