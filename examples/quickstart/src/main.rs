//! The main job in one program: a tenant, an API that it protects, and a client that tries what clients try.
//!
//! ```sh
//! cargo run -p quickstart              # walks through it and exits with 0 if all came out as promised
//! cargo run -p quickstart -- --serve   # stays up and prints curl lines with live tokens
//! ```
//!
//! No account is needed: the tenant runs in this process. `api.rs` is the part that you would write yourself.

#![expect(clippy::print_stdout, reason = "this program talks to the person who runs it")]

mod api;
mod serve;
mod tour;

use std::error::Error;
use std::process::ExitCode;

use auth0_api_core::{ApiClient, ApiClientBuilder, DpopPolicy, RotatingNonce};
use auth0_api_testing::LocalTenant;
use clap::Parser;

/// Protects an API with a local Auth0 tenant, and shows what happens.
#[derive(Debug, Parser)]
struct Arguments {
    /// Stay up and print curl lines with live tokens.
    #[arg(long)]
    serve: bool,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let tenant = LocalTenant::start().await?;
    let url = api::start(client_of(&tenant).build()?).await?;
    println!("tenant    {}\naudience  {}\nAPI       {url}\n", tenant.domain(), tenant.audience());
    if arguments.serve {
        serve::until_interrupted(&tenant, &url).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let with_nonces = client_of(&tenant).dpop(DpopPolicy::accept().nonce(RotatingNonce::generate()?)).build()?;
    let nonce_url = api::start(with_nonces).await?;
    let broken_promises = tour::walk(&tenant, &url, &nonce_url).await?;
    if broken_promises == 0 {
        println!("All came out as promised.");
        Ok(ExitCode::SUCCESS)
    } else {
        println!("{broken_promises} step(s) did not come out as promised.");
        Ok(ExitCode::FAILURE)
    }
}

/// With a real tenant, this is `ApiClient::from_env()`.
fn client_of(tenant: &LocalTenant) -> ApiClientBuilder {
    ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback()
}
