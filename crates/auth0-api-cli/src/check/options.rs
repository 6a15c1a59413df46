//! The flags of `auth0-api check`.

use std::path::PathBuf;
use std::time::SystemTime;

use auth0_api_core::Algorithm;
use clap::builder::NonEmptyStringValueParser;

use super::moment;
use crate::api_settings::Dpop;
use crate::exit_status;

/// What to check, and against which configuration.
#[derive(Debug, clap::Args)]
#[command(after_help = help())]
#[expect(clippy::doc_markdown, reason = "a terminal would show the backticks")]
pub(crate) struct CheckOptions {
    /// Domain of the tenant; repeat the flag for several [default: AUTH0_DOMAIN]
    #[arg(long, value_parser = NonEmptyStringValueParser::new(), help_heading = API)]
    pub(super) domain: Vec<String>,
    /// Identifier of your API; repeat the flag for several [default: AUTH0_AUDIENCE]
    #[arg(long, help_heading = API)]
    pub(super) audience: Vec<String>,
    /// Signature algorithm that your API accepts; repeat the flag for several [default: AUTH0_ALGORITHMS, or RS256]
    #[arg(long, value_name = "ALG", help_heading = API)]
    pub(super) algorithm: Vec<Algorithm>,
    /// What your API does with DPoP [default: AUTH0_DPOP, or accept]
    #[arg(long, value_name = "MODE", value_enum, help_heading = API)]
    pub(super) dpop: Option<Dpop>,
    /// Accept only tokens with the RFC 9068 profile [default: AUTH0_STRICT_RFC9068]
    #[arg(long, help_heading = API)]
    pub(super) strict_rfc9068: bool,
    /// Private key of your API, for encrypted tokens (PEM or JWK) [default: AUTH0_DECRYPTION_KEY_FILE]
    #[arg(long, value_name = "FILE", help_heading = API)]
    pub(super) decryption_key: Option<PathBuf>,
    /// Scopes that the route requires, separated by blanks
    #[arg(long, value_name = "SCOPES", help_heading = API)]
    pub(super) scope: Vec<String>,

    /// Method of the request [default: that of the input, or GET]
    #[arg(long, help_heading = REQUEST)]
    pub(super) method: Option<String>,
    /// URL that the client called, for which a DPoP proof is made [default: that of the input]
    #[arg(long, help_heading = REQUEST)]
    pub(super) url: Option<String>,
    /// Judge at another time: 2026-11-27T04:21:00Z, or seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment::parse, help_heading = REQUEST)]
    pub(super) at: Option<SystemTime>,
    /// Use the key set in this file, and send no request (see EXAMPLES)
    #[arg(long, value_name = "FILE", help_heading = REQUEST)]
    pub(super) jwks: Option<PathBuf>,

    /// Show the values of all claims: they can be personal data
    #[arg(long, help_heading = OUTPUT)]
    pub(super) claims: bool,
    /// Print JSON, for other programs
    #[arg(long, help_heading = OUTPUT)]
    pub(super) json: bool,
}

impl CheckOptions {
    /// The settings that are also flags, by their keys.
    pub(super) fn settings(&self) -> [(&'static str, String); 6] {
        let algorithms: Vec<_> = self.algorithm.iter().map(|algorithm| algorithm.name()).collect();
        let strict = if self.strict_rfc9068 { "on" } else { "" };
        let key = self.decryption_key.as_ref().map(|file| file.display().to_string());
        [
            ("domain", self.domain.join(" ")),
            ("audience", self.audience.join(" ")),
            ("algorithms", algorithms.join(" ")),
            ("dpop", self.dpop.map(Dpop::name).unwrap_or_default().to_owned()),
            ("strict_rfc9068", strict.to_owned()),
            ("decryption_key_file", key.unwrap_or_default()),
        ]
    }
}

const API: &str = "Your API";
const REQUEST: &str = "The request";
const OUTPUT: &str = "Output";

fn help() -> String {
    format!("{MORE}\n\n{}", exit_status::OF_CHECK)
}

const MORE: &str = "\
The input comes from standard input, so that no token lands in the history of your shell: a token; the lines \
Authorization and DPoP; a whole request; the output of curl -v; or a command of \"Copy as cURL\" in the developer tools \
of a browser. The program never prints a token or a signature.

It judges as your API does, because it reads the variables of your API: AUTH0_DOMAIN, AUTH0_AUDIENCE, AUTH0_LEEWAY, \
AUTH0_REQUIRED_CLAIMS, AUTH0_OWN_HOSTS, and all others that decide on a token. A flag wins over its variable. If the \
code of your API sets something, such as an algorithm, pass it as a flag.

EXAMPLES
  auth0-api check --domain tenant.eu.auth0.com --audience urn:api
      Paste, and press ctrl-d. Most terminals cut a pasted line after 4095
      characters: for a longer token, use one of the next two.
  auth0-api check < request.txt
      With the variables of your API in the environment.
  curl -v https://api.example.com/orders -H @headers.txt 2>&1 | auth0-api check
      Checks what curl has sent, with the method and the URL.
  auth0-api check --scope read:orders --at 2026-11-27T04:21:00Z < token.txt
      Would the route have accepted it at that time?
  curl https://tenant.eu.auth0.com/.well-known/jwks.json > jwks.json
  auth0-api check --jwks jwks.json < token.txt
      Without a network, with keys that you fetched before.";
