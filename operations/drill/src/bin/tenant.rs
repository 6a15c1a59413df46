//! A local tenant as a process of its own, which can be killed, paused and started again with the same keys.
//!
//! Prints its port. Then it reads lines, each with the path of a file of keys, and answers each line with `ok` when it uses
//! the keys: it publishes all of them, and signs with the last one.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};

use auth0_api_core::Algorithm;
use auth0_api_testing::{Api, LocalTenant, SigningKey};
use clap::Parser;
use serde_json::Value;

/// A local tenant whose keys are in a file.
#[derive(Debug, Parser)]
struct Settings {
    /// The URL that the APIs call.
    #[arg(long)]
    public_url: String,
    /// The identifier of the API.
    #[arg(long)]
    audience: String,
    /// The identifier of another API, which the first one calls.
    #[arg(long)]
    partner: String,
    /// The client as which the first API exchanges tokens.
    #[arg(long)]
    client_id: String,
    /// Its secret.
    #[arg(long, env = "CLIENT_SECRET", hide_env_values = true)]
    client_secret: String,
    /// The file of keys.
    #[arg(long)]
    keys: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings::parse();
    let tenant = LocalTenant::builder()
        .public_url(&settings.public_url)
        .audience(&settings.audience)
        .api_client(&settings.client_id, &settings.client_secret)
        .api(Api::new(&settings.partner).scopes(["read:orders"]))
        .start()
        .await?;
    let mut published = use_keys(&tenant, &settings.keys, Vec::new())?;
    let port = tenant.local_url().rsplit(':').next().unwrap_or_default();
    answer(port)?;
    // This thread waits for lines. Those of the runtime serve.
    for path in io::stdin().lines() {
        published = use_keys(&tenant, &path?, published)?;
        answer("ok")?;
    }
    Ok(())
}

/// Publishes the keys of the file that are not published yet, signs with the last one, and removes those that have left the
/// file. Returns the ids of the keys.
fn use_keys(tenant: &LocalTenant, path: &str, published: Vec<String>) -> Result<Vec<String>, Box<dyn Error>> {
    let keys: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    let keys = keys.as_array().ok_or("the file of keys is no list")?;
    let kids: Vec<_> = keys.iter().filter_map(|key| key["kid"].as_str()).map(str::to_owned).collect();
    for key in keys.iter().filter(|key| key["kid"].as_str().is_some_and(|kid| !published.iter().any(|old| old == kid)))
    {
        let (kid, pem) = (key["kid"].as_str().unwrap_or_default(), key["pem"].as_str().unwrap_or_default());
        let key = SigningKey::from_private_key_pem(Algorithm::RS256, pem).ok_or("a key cannot be read")?;
        tenant.sign_with(&key.with_kid(kid));
    }
    for kid in published.iter().filter(|kid| !kids.contains(kid)) {
        tenant.remove_key(kid);
    }
    Ok(kids)
}

fn answer(line: &str) -> io::Result<()> {
    let mut output = io::stdout();
    writeln!(output, "{line}")?;
    output.flush()
}
