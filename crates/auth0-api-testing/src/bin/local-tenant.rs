//! A local Auth0 tenant to develop an API against, in any language.

#![expect(clippy::print_stdout, reason = "a command-line program talks to its user")]

use std::process::ExitCode;

use auth0_api_testing::LocalTenant;
use clap::Parser;

/// Runs a local Auth0 tenant to develop an API against. For development only: it gives tokens to anyone who asks.
#[derive(Debug, Parser)]
#[command(name = "local-tenant")]
struct Options {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 4711)]
    port: u16,
    /// Identifier of the API that tokens are for
    #[arg(long, default_value = "https://api.example.com")]
    audience: String,
    /// Id of the client that gets tokens
    #[arg(long, default_value = "local-client")]
    client_id: String,
    /// Secret of that client
    #[arg(long, default_value = "local-secret")]
    client_secret: String,
    /// Demand a nonce in DPoP proofs
    #[arg(long)]
    nonce: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    let builder = LocalTenant::builder().port(options.port).audience(options.audience);
    let tenant = match builder.client(options.client_id, options.client_secret).start().await {
        Ok(tenant) => tenant,
        Err(error) => {
            eprintln!("cannot listen on 127.0.0.1:{}: {error} (choose another port with --port)", options.port);
            return ExitCode::FAILURE;
        }
    };
    tenant.require_dpop_nonce(options.nonce);
    introduce(&tenant);
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot wait for ctrl-c: {error}");
            ExitCode::FAILURE
        }
    }
}

fn introduce(tenant: &LocalTenant) {
    let (domain, audience, id) = (quoted(tenant.domain()), quoted(tenant.audience()), quoted(tenant.client_id()));
    println!("A local Auth0 tenant. For development only: it gives tokens to anyone who asks.");
    println!();
    println!("  domain         {}", tenant.domain());
    println!("  audience       {}", tenant.audience());
    println!("  client id      {}", tenant.client_id());
    println!("  client secret  {}", tenant.client_secret());
    println!();
    println!("Start your API with:");
    println!();
    println!("  export AUTH0_DOMAIN={domain} AUTH0_AUDIENCE={audience}");
    println!();
    println!("Get a token:");
    println!();
    println!("  TOKEN=$(curl -s {} \\", quoted(&format!("{}/oauth/token", tenant.domain())));
    println!("    --data-urlencode grant_type=client_credentials \\");
    println!("    --data-urlencode client_id={id} \\");
    println!("    --data-urlencode client_secret={} \\", quoted(tenant.client_secret()));
    println!("    --data-urlencode audience={audience} \\");
    println!("    --data-urlencode scope=read:messages \\");
    println!(r#"    | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"#);
    println!();
    println!("Call your API with it:");
    println!();
    println!(r#"  curl -i http://127.0.0.1:3000/api/private -H "Authorization: Bearer $TOKEN""#);
    println!();
    println!("Stop with ctrl-c.");
}

/// As one word of a shell: left alone where nothing in it is special.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:/@,+=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
