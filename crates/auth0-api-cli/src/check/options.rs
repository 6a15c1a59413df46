//! The flags of `auth0-api check`.

use std::path::PathBuf;
use std::time::SystemTime;

use auth0_api_core::Algorithm;
use clap::builder::NonEmptyStringValueParser;

use super::moment;

/// What to check, and against which configuration.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct CheckOptions {
    /// Domain of the tenant, such as tenant.eu.auth0.com; repeat the flag for several
    #[arg(long, env = "AUTH0_DOMAIN", value_parser = NonEmptyStringValueParser::new(), help_heading = API)]
    pub(super) domain: Vec<String>,
    /// Identifier of your API; repeat the flag for several
    #[arg(long, env = "AUTH0_AUDIENCE", help_heading = API)]
    pub(super) audience: Vec<String>,
    /// Signature algorithm that your API accepts; repeat the flag for several [default: RS256]
    #[arg(long, value_name = "ALG", help_heading = API)]
    pub(super) algorithm: Vec<Algorithm>,
    /// What your API does with DPoP
    #[arg(long, value_name = "MODE", value_enum, default_value_t = Dpop::Accept, help_heading = API)]
    pub(super) dpop: Dpop,
    /// Accept only tokens with the RFC 9068 profile
    #[arg(long, help_heading = API)]
    pub(super) strict_rfc9068: bool,
    /// Private key of your API, for encrypted tokens (PEM or JWK)
    #[arg(long, env = "AUTH0_DECRYPTION_KEY_FILE", value_name = "FILE", help_heading = API)]
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

/// The mode of [`DpopPolicy`](auth0_api_core::DpopPolicy). The values have no help of their own, so that `--help` stays
/// short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Dpop {
    Accept,
    Ignore,
    Require,
}

const API: &str = "Your API";
const REQUEST: &str = "The request";
const OUTPUT: &str = "Output";

const AFTER_HELP: &str = "\
The input comes from standard input, so that no token lands in the history of your shell:
a token; the lines Authorization and DPoP; a whole request; the output of curl -v; or a
command of \"Copy as cURL\" in the developer tools of a browser. The program never prints a
token or a signature.

EXAMPLES
  auth0-api check --domain tenant.eu.auth0.com --audience https://api.example.com
      Paste, and press ctrl-d. Most terminals cut a pasted line after 4095 characters:
      for a longer token, use one of the next two.
  auth0-api check < request.txt
      With AUTH0_DOMAIN and AUTH0_AUDIENCE in the environment, as your API reads them.
  curl -v https://api.example.com/orders -H @headers.txt 2>&1 | auth0-api check
      Checks what curl has sent, with the method and the URL.
  auth0-api check --scope read:orders --at 2026-11-27T04:21:00Z < token.txt
      Would the route have accepted it at that time?
  curl https://tenant.eu.auth0.com/.well-known/jwks.json > jwks.json
  auth0-api check --jwks jwks.json < token.txt
      Without a network, with keys that you fetched before.

EXIT STATUS
  0  accepted
  1  rejected
  2  the command or its input cannot be used
  3  not judged: the keys of the tenant are unavailable, or the token is bound to a
     certificate, which only your API sees";
