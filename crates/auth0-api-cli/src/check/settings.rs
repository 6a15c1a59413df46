//! The configuration that the flags describe, and the client that it makes: the real verifier.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::SystemTime;

use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::{Algorithm, ApiClient, ApiClientBuilder, Clock, DpopPolicy, Requirement, TrustedDomains};

use super::offline::OfflineKeys;
use super::options::{CheckOptions, Dpop};

/// What the tokens and requests are checked against.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(super) api: ApiClient,
    /// The names of the accepted algorithms.
    pub(super) algorithms: Vec<String>,
    pub(super) audiences: Vec<String>,
    pub(super) dpop: Dpop,
    pub(super) is_strict: bool,
    pub(super) now: SystemTime,
    pub(super) scopes: Vec<String>,
}

/// A clock that stands still: every part of the output is about one moment.
#[derive(Clone, Copy, Debug)]
struct Moment(SystemTime);

impl Clock for Moment {
    fn now(&self) -> SystemTime {
        self.0
    }
}

impl Settings {
    /// Reads the flags. The error is a text for the person who set them.
    pub(super) fn new(options: &CheckOptions, present: SystemTime) -> Result<Self, String> {
        let audiences: Vec<String> = words(&options.audience);
        if options.domain.is_empty() {
            return Err("the domain of the tenant is missing: set --domain or AUTH0_DOMAIN".into());
        }
        if audiences.is_empty() {
            return Err("the identifier of your API is missing: set --audience or AUTH0_AUDIENCE".into());
        }
        let now = options.at.unwrap_or(present);
        let mut builder = builder(options, &audiences).clock(Moment(now));
        if let Some(file) = &options.jwks {
            builder = builder.http_client(OfflineKeys::new(read(file)?)?);
        }
        if let Some(file) = &options.decryption_key {
            builder = builder.decryption_keys([decryption_key(file)?]);
        }
        Ok(Self {
            api: builder.build().map_err(|error| error.to_string())?,
            algorithms: names(&options.algorithm),
            audiences,
            dpop: options.dpop,
            is_strict: options.strict_rfc9068,
            now,
            scopes: words(&options.scope),
        })
    }

    /// What the route requires; `None` without scopes.
    pub(super) fn requirement(&self) -> Option<Requirement> {
        (!self.scopes.is_empty()).then(|| Requirement::scopes(self.scopes.iter().map(String::as_str)))
    }
}

fn builder(options: &CheckOptions, audiences: &[String]) -> ApiClientBuilder {
    let domains = TrustedDomains::list(options.domain.iter().map(|domain| domain.trim()));
    let mut builder =
        ApiClient::builder(domains, "").audiences(audiences.iter().map(String::as_str)).dpop(policy(options.dpop));
    if options.domain.iter().any(|domain| domain.trim().starts_with("http://")) {
        builder = builder.insecure_http_loopback();
    }
    if !options.algorithm.is_empty() {
        builder = builder.algorithms(options.algorithm.iter().copied());
    }
    if options.strict_rfc9068 { builder.strict_rfc9068() } else { builder }
}

fn policy(mode: Dpop) -> DpopPolicy {
    match mode {
        Dpop::Accept => DpopPolicy::accept(),
        Dpop::Ignore => DpopPolicy::ignore(),
        Dpop::Require => DpopPolicy::require(),
    }
}

/// The default is that of core.
fn names(algorithms: &[Algorithm]) -> Vec<String> {
    if algorithms.is_empty() {
        vec![Algorithm::RS256.to_string()]
    } else {
        algorithms.iter().map(ToString::to_string).collect()
    }
}

fn words(values: &[String]) -> Vec<String> {
    values.iter().flat_map(|value| value.split_whitespace()).map(str::to_owned).collect()
}

fn decryption_key(file: &Path) -> Result<DecryptionKey, String> {
    let text = read(file)?;
    text.parse().map_err(|error| format!("{}: {error}", file.display()))
}

/// Reads a file, up to a limit.
fn read(file: &Path) -> Result<String, String> {
    let mut text = String::new();
    let opened = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    opened.take(LONGEST_FILE).read_to_string(&mut text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(text)
}

/// A key set has at most 512 KiB; a longer file ends in the middle, and is then rejected as malformed.
const LONGEST_FILE: u64 = 1024 * 1024;
