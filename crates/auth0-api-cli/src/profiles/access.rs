//! The tenant, and the credentials for its Management API.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use auth0_api_core::ClientAuth;
use auth0_api_core::jose::PrivateKey;
use auth0_api_management::{ManagementClient, ProfileClient};
use clap::Args;

use super::failure::Failure;

/// The flags of every subcommand. A secret is never one of them, because other users of a machine can read the
/// arguments of its processes.
#[derive(Debug, Args)]
pub(super) struct Access {
    /// The canonical domain of the tenant (`AUTH0_DOMAIN`)
    #[arg(long, env = DOMAIN, hide_env = true, global = true, value_name = "DOMAIN")]
    domain: Option<String>,
    /// The client id of the application (`AUTH0_MANAGEMENT_CLIENT_ID`)
    #[arg(long, env = CLIENT_ID, hide_env = true, global = true, value_name = "ID")]
    client_id: Option<String>,
    /// Read the client secret from this file, not from the environment
    #[arg(long, global = true, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// Authenticate with the private key in this file, in PEM
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "client_secret_file")]
    private_key_file: Option<PathBuf>,
}

/// A tenant whose profiles can be read and changed.
#[derive(Debug)]
pub(super) struct Tenant {
    pub(super) domain: String,
    pub(super) profiles: ProfileClient,
}

impl Access {
    /// Connects the settings. Nothing is sent.
    pub(super) fn tenant(&self) -> Result<Tenant, Failure> {
        let mut problems = Vec::new();
        let domain = required(self.domain.as_deref(), DOMAIN, "--domain", &mut problems);
        let client_id = required(self.client_id.as_deref(), CLIENT_ID, "--client-id", &mut problems);
        let auth = self.auth(client_id).map_err(|problem| problems.push(problem)).ok();
        let Some(auth) = auth.filter(|_| problems.is_empty()) else {
            return Err(Failure::settings(problems));
        };
        let builder = ManagementClient::builder(domain, auth);
        // The client accepts plain HTTP for loopback addresses only, such as that of a local tenant.
        let builder = if domain.starts_with("http://") { builder.insecure_http_loopback() } else { builder };
        let client = builder.build().map_err(|error| Failure::settings(vec![error.to_string()]))?;
        Ok(Tenant { domain: domain.to_owned(), profiles: client.token_exchange_profiles() })
    }

    fn auth(&self, client_id: &str) -> Result<ClientAuth, String> {
        if let Some(file) = &self.private_key_file {
            let unusable = |error| format!("the private key in {} is unusable: {error}", file.display());
            let key = PrivateKey::from_pem(&read(file)?).map_err(unusable)?;
            return Ok(ClientAuth::private_key_jwt(client_id, key));
        }
        let secret = self.client_secret_file.as_deref().map(read).transpose()?.or_else(secret_of_environment);
        let secret = secret.map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty());
        let secret = secret.ok_or_else(|| {
            format!("there is no client secret: set {CLIENT_SECRET}, or name a file with --client-secret-file or --private-key-file")
        })?;
        Ok(ClientAuth::secret_post(client_id, secret))
    }
}

fn required<'a>(value: Option<&'a str>, variable: &str, flag: &str, problems: &mut Vec<String>) -> &'a str {
    let value = value.map(str::trim).unwrap_or_default();
    if value.is_empty() {
        problems.push(format!("{variable} is not set: set it, or pass {flag}"));
    }
    value
}

fn read(file: &Path) -> Result<String, String> {
    let mut text = String::new();
    let opened = File::open(file).and_then(|opened| opened.take(LONGEST_FILE).read_to_string(&mut text));
    opened.map(|_| text).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

#[expect(clippy::disallowed_methods, reason = "a program reads its own settings; a flag would show the secret")]
fn secret_of_environment() -> Option<String> {
    std::env::var(CLIENT_SECRET).ok()
}

const DOMAIN: &str = "AUTH0_DOMAIN";
const CLIENT_ID: &str = "AUTH0_MANAGEMENT_CLIENT_ID";
const CLIENT_SECRET: &str = "AUTH0_MANAGEMENT_CLIENT_SECRET";
/// The longest private keys have 14 KB.
const LONGEST_FILE: u64 = 64 * 1024;
