//! The configuration: each setting is an environment variable or a flag.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::{ApiClient, DpopPolicy, TrustedProxies};
use auth0_api_redis::RedisReplayStore;
use clap::{Parser, ValueEnum};

use crate::cors_origins::{CorsOrigins, is_local};

/// A protected API for a real tenant or a local one.
#[derive(Debug, Parser)]
pub(crate) struct Settings {
    /// The tenant's domain; `http://127.0.0.1:port` for a local tenant.
    #[arg(long, env = "AUTH0_DOMAIN")]
    domain: String,
    /// The API's identifier, which clients name as the audience.
    #[arg(long, env = "AUTH0_AUDIENCE")]
    audience: String,
    /// A file with the private key of the API, PEM or JWK, if the tenant encrypts its access tokens.
    #[arg(long, env = "AUTH0_DECRYPTION_KEY_FILE")]
    decryption_key_file: Option<PathBuf>,
    /// The port to listen on. With 0, the system chooses a free port, and the program prints it.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    port: u16,
    /// The URL that clients call, if a proxy is in front of this server.
    #[arg(long, env = "PUBLIC_URL")]
    public_url: Option<String>,
    /// The hosts that clients call, separated by commas, if there is no single public URL.
    #[arg(long, env = "OWN_HOSTS", value_delimiter = ',')]
    own_hosts: Option<Vec<String>>,
    /// The proxies whose forwarded headers the API trusts: a number of hops, networks separated by commas, or `none`.
    #[arg(long, env = "TRUSTED_PROXIES")]
    trusted_proxies: Option<TrustedProxies>,
    /// The tokens that the API accepts: Bearer and DPoP-bound (accept), only Bearer (ignore), or only DPoP-bound
    /// (require).
    #[arg(long, env = "DPOP", value_enum, default_value_t = Dpop::Accept)]
    dpop: Dpop,
    /// Whether proofs must contain a nonce that this process has issued.
    #[arg(long, env = "DPOP_NONCE", value_enum, default_value_t = Switch::Off)]
    dpop_nonce: Switch,
    /// The URL of the Redis server in which all replicas record used proofs. Without Redis, each replica records only
    /// the proofs that it receives.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,
    /// The origins of pages that may call this API: origins separated by commas, `local` for the pages of this machine,
    /// `any`, or `none`. Without this setting: `local` if the domain is that of a local tenant, `none` otherwise.
    #[arg(long, env = "CORS_ORIGINS")]
    cors_origins: Option<CorsOrigins>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Dpop {
    Accept,
    Ignore,
    Require,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Switch {
    Off,
    On,
}

impl Settings {
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn cors_origins(&self) -> CorsOrigins {
        let default = if is_local_tenant(&self.domain) { CorsOrigins::Local } else { CorsOrigins::None };
        self.cors_origins.clone().unwrap_or(default)
    }

    pub(crate) fn client(&self) -> Result<ApiClient, Box<dyn Error>> {
        let mut builder = ApiClient::builder(&self.domain, self.audience.as_str()).dpop(self.dpop_policy()?);
        if self.domain.starts_with("http://") {
            // Allows http for loopback addresses only; any other http domain is still rejected.
            builder = builder.insecure_http_loopback();
        }
        if let Some(file) = &self.decryption_key_file {
            builder = builder.decryption_keys([decryption_key(file)?]);
        }
        if let Some(url) = &self.public_url {
            builder = builder.public_url(url);
        }
        if let Some(hosts) = &self.own_hosts {
            builder = builder.own_hosts(hosts.iter().map(String::as_str));
        }
        if let Some(proxies) = &self.trusted_proxies {
            builder = builder.trusted_proxies(proxies.clone());
        }
        Ok(builder.build()?)
    }

    fn dpop_policy(&self) -> Result<DpopPolicy, Box<dyn Error>> {
        let mut policy = match self.dpop {
            Dpop::Accept => DpopPolicy::accept(),
            Dpop::Ignore => DpopPolicy::ignore(),
            Dpop::Require => DpopPolicy::require(),
        };
        if self.dpop_nonce == Switch::On {
            policy = policy.nonce(RotatingNonce::generate()?);
        }
        if let Some(url) = &self.redis_url {
            policy = policy.replay_store(RedisReplayStore::new(url)?);
        }
        Ok(policy)
    }
}

fn decryption_key(file: &Path) -> Result<DecryptionKey, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    text.parse().map_err(|error| format!("{}: {error}", file.display()))
}

/// Returns whether the tenant runs on this machine. A domain without a scheme stands for an `https` URL.
fn is_local_tenant(domain: &str) -> bool {
    let url = if domain.contains("://") { domain.to_owned() } else { format!("https://{domain}") };
    is_local(url.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_of_this_machine_is_recognised_with_and_without_tls() {
        for (domain, local) in [
            ("http://127.0.0.1:4711", true),
            ("https://localhost:4711/", true),
            ("localhost:4711", true),
            ("tenant.eu.auth0.com", false),
            ("localhost.example.com", false),
        ] {
            assert_eq!(is_local_tenant(domain), local, "{domain}");
        }
    }
}
