//! The credentials for the Management API of the tenant, from flags, variables and files.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use auth0_api_core::ClientAuth;
use auth0_api_core::jose::PrivateKey;
use auth0_api_management::{ManagementClient, ManagementClientBuilder};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::environment::variable;
use crate::file;

/// The flags. A secret is never one of them, because other users of a machine can read the arguments of its processes.
#[derive(Clone, Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "a terminal would show the backticks")]
pub(crate) struct ManagementOptions {
    /// Client id of the application [default: AUTH0_MANAGEMENT_CLIENT_ID]
    #[arg(long, global = true, value_name = "ID", help_heading = HEADING)]
    client_id: Option<String>,
    /// File with the client secret of the application
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING, conflicts_with_all = ["private_key_file", "token_file"])]
    client_secret_file: Option<PathBuf>,
    /// File with the private key of the application, in PEM
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING, conflicts_with = "token_file")]
    private_key_file: Option<PathBuf>,
    /// File with a management token, in place of an application
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING)]
    token_file: Option<PathBuf>,
}

/// Why there is no client for the Management API.
#[derive(Debug)]
pub(crate) struct AccessError {
    pub(crate) kind: AccessProblem,
    pub(crate) problem: String,
    pub(crate) mend: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessProblem {
    /// The domain is a list, as that of an API may be.
    Domain,
    /// A file cannot be read, or has no secret.
    File,
    /// One of the two is set: the application, and its secret.
    Incomplete,
    /// The private key cannot be used.
    Key,
    /// Nothing is configured.
    Missing,
    /// The token has characters that no token has.
    Token,
}

/// A secret, and the flag or the variable that it is from.
struct Secret {
    name: &'static str,
    text: Zeroizing<String>,
}

impl ManagementOptions {
    /// Returns a builder for the client. Nothing is sent.
    pub(crate) fn client(&self, domain: &str) -> Result<ManagementClientBuilder, AccessError> {
        let builder = match self.token()? {
            Some(token) => ManagementClient::builder_with_token(domain, SecretString::from(token.text.as_str()))
                .map_err(|error| AccessError::new(AccessProblem::Token, format!("{}: {error}", token.name), TOKEN))?,
            None => ManagementClient::builder(domain, self.application()?),
        };
        if domain.contains(|char: char| char == ',' || char.is_whitespace()) {
            let problem = "the domain is a list, and the Management API is that of one tenant";
            return Err(AccessError::new(AccessProblem::Domain, problem, ONE_DOMAIN));
        }
        // The client accepts plain HTTP for loopback addresses only, such as that of a local tenant.
        Ok(if domain.starts_with("http://") { builder.insecure_http_loopback() } else { builder })
    }

    fn token(&self) -> Result<Option<Secret>, AccessError> {
        if self.client_secret_file.is_some() || self.private_key_file.is_some() {
            return Ok(None);
        }
        secret(("--token-file", self.token_file.as_deref()), &["AUTH0_MANAGEMENT_TOKEN"], "AUTH0_MANAGEMENT_TOKEN_FILE")
    }

    fn application(&self) -> Result<ClientAuth, AccessError> {
        let id = self.client_id.clone().or_else(|| variable(CLIENT_ID));
        let key = if self.client_secret_file.is_some() { None } else { self.key()? };
        let secret = if key.is_some() { None } else { self.secret()? };
        match (id, key, secret) {
            (Some(id), Some(key), _) => PrivateKey::from_pem(&key.text)
                .map(|key| ClientAuth::private_key_jwt(id.as_str(), key))
                .map_err(|error| AccessError::new(AccessProblem::Key, format!("{}: {error}", key.name), KEY)),
            (Some(id), None, Some(secret)) => Ok(ClientAuth::secret_post(id.as_str(), secret.text.as_str())),
            (Some(_), None, None) => Err(AccessError::new(
                AccessProblem::Incomplete,
                "the application for the Management API has a client id, and neither a secret nor a key",
                format_args!("set {CLIENT_SECRET}, or name a file with --client-secret-file or --private-key-file"),
            )),
            (None, None, None) => Err(AccessError::new(
                AccessProblem::Missing,
                "there are no credentials for the Management API",
                format_args!(
                    "set {CLIENT_ID} and {CLIENT_SECRET}; or name a file with --client-secret-file, --private-key-file or \
                     --token-file"
                ),
            )),
            (None, _, _) => Err(AccessError::new(
                AccessProblem::Incomplete,
                "the application for the Management API has a secret or a key, and no client id",
                format_args!("set {CLIENT_ID}, or pass --client-id"),
            )),
        }
    }

    fn key(&self) -> Result<Option<Secret>, AccessError> {
        secret(("--private-key-file", self.private_key_file.as_deref()), &[], "AUTH0_MANAGEMENT_PRIVATE_KEY_FILE")
    }

    fn secret(&self) -> Result<Option<Secret>, AccessError> {
        let flag = ("--client-secret-file", self.client_secret_file.as_deref());
        secret(flag, &[CLIENT_SECRET], "AUTH0_MANAGEMENT_CLIENT_SECRET_FILE")
    }
}

impl AccessError {
    pub(crate) fn new(kind: AccessProblem, problem: impl Display, mend: impl Display) -> Self {
        Self { kind, problem: problem.to_string(), mend: mend.to_string() }
    }
}

/// Returns the canonical domain of the tenant, if one is configured.
pub(crate) fn domain(flag: Option<&str>) -> Option<String> {
    let flag = flag.map(|domain| domain.trim().to_owned()).filter(|domain| !domain.is_empty());
    flag.or_else(|| variable("AUTH0_MANAGEMENT_DOMAIN")).or_else(|| variable("AUTH0_DOMAIN"))
}

/// Takes the first of these that is given: the file of the flag, the variables, and the file of a variable.
fn secret(
    (flag, named): (&'static str, Option<&Path>),
    variables: &[&'static str],
    file_variable: &'static str,
) -> Result<Option<Secret>, AccessError> {
    if let Some(file) = named {
        return of_file(flag, file).map(Some);
    }
    let value = variables.iter().find_map(|name| Some(Secret { name, text: Zeroizing::new(variable(name)?) }));
    match variable(file_variable) {
        Some(file) if value.is_none() => of_file(file_variable, Path::new(&file)).map(Some),
        _ => Ok(value),
    }
}

fn of_file(name: &'static str, file: &Path) -> Result<Secret, AccessError> {
    let text = file::read(file).map_err(|error| {
        let mend = format_args!("let {name} name a file with the secret that this user can read");
        AccessError::new(AccessProblem::File, format_args!("{name}: {error}"), mend)
    })?;
    Ok(Secret { name, text: Zeroizing::new(text.trim().to_owned()) })
}

pub(crate) const HEADING: &str = "Management API";
const CLIENT_ID: &str = "AUTH0_MANAGEMENT_CLIENT_ID";
const CLIENT_SECRET: &str = "AUTH0_MANAGEMENT_CLIENT_SECRET";
const ONE_DOMAIN: &str = "set AUTH0_MANAGEMENT_DOMAIN to the canonical domain of one tenant";
const KEY: &str = "name a file with the private key of the application, in PEM";
pub(crate) const TOKEN: &str =
    "get a new management token (it lives for a day), of the tenant that AUTH0_MANAGEMENT_DOMAIN names";

/// The part of the help that both tools have.
pub(crate) const VARIABLES: &str = "  AUTH0_MANAGEMENT_CLIENT_ID               the application,
  AUTH0_MANAGEMENT_CLIENT_SECRET           and its secret, or a file with it:
  AUTH0_MANAGEMENT_CLIENT_SECRET_FILE
  AUTH0_MANAGEMENT_PRIVATE_KEY_FILE        or a file with its private key (PEM)
  AUTH0_MANAGEMENT_TOKEN                   or a management token, or a file with
  AUTH0_MANAGEMENT_TOKEN_FILE              it: then no application is needed
  AUTH0_MANAGEMENT_DOMAIN                  the canonical domain, if AUTH0_DOMAIN
                                           is a custom domain";
